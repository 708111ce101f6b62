//! Transfers between two servers, each played by a script.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use ftp_client::{Client, Copied, ErrorKind, FxpError, Side, fxp};
use support::{Server, both, pair, pair_with};

/// Copies a file between two servers that answer as they are told: each line of a dialogue is a
/// command, `=>` and replies, the second of which follow after `&`. A dialogue that ends must be
/// the end of what the client says.
async fn copy(
    (mut from, from_server): (Client, Server),
    (mut to, to_server): (Client, Server),
    dialogues: [&str; 2],
) -> Result<Copied, FxpError> {
    let [source, destination] = dialogues;
    let copying = async move {
        let result = fxp(&mut from, &mut to, "a", "b").await;
        // Whatever happened, both clients are in step.
        for client in [&mut from, &mut to] {
            client.noop().await.unwrap();
        }
        result
    };
    let servers = async {
        tokio::join!(play(from_server, source), play(to_server, destination));
    };
    both(copying, servers).await.0
}

async fn play(mut server: Server, dialogue: &str) {
    let lines = dialogue.lines().map(str::trim).filter(|it| !it.is_empty());
    for line in lines.chain(["NOOP => 200 ok"]) {
        let (command, replies) = line.split_once(" => ").unwrap();
        server.expect(command).await;
        for reply in replies.split(" & ") {
            server.say(reply).await;
        }
    }
    server.expect_end().await;
}

#[tokio::test]
async fn a_file_goes_from_server_to_server() {
    let source = "
        TYPE I => 200 ok
        EPSV => 229 (|||40000|)
        RETR a => 150 ok & 226 sent
    ";
    let destination = "
        TYPE I => 200 ok
        PORT 127,0,0,1,156,64 => 200 ok
        STOR b => 150 ok & 226 stored
    ";
    let copied = copy(pair().await, pair().await, [source, destination]).await;
    let copied = copied.unwrap();
    assert_eq!(copied.source.text(), b"sent");
    assert_eq!(copied.destination.text(), b"stored");
}

#[tokio::test]
async fn the_destination_listens_if_the_source_can_not() {
    for (source, destination) in [
        // The source can't listen.
        (
            "TYPE I => 200 ok
            EPSV => 502 no
            PASV => 502 no
            PORT 127,0,0,1,156,64 => 200 ok
            RETR a => 150 ok & 226 sent",
            "TYPE I => 200 ok
            EPSV => 229 (|||40000|)
            STOR b => 150 ok & 226 stored",
        ),
        // The destination can't connect.
        (
            "TYPE I => 200 ok
            EPSV => 229 (|||40001|)
            PORT 127,0,0,1,156,64 => 200 ok
            RETR a => 150 ok & 226 sent",
            "TYPE I => 200 ok
            PORT 127,0,0,1,156,65 => 500 no
            EPRT |1|127.0.0.1|40001| => 500 no
            EPSV => 229 (|||40000|)
            STOR b => 150 ok & 226 stored",
        ),
    ] {
        let copied = copy(pair().await, pair().await, [source, destination]).await;
        copied.unwrap_or_else(|error| panic!("{source}: {error}"));
    }
}

#[tokio::test]
async fn the_side_that_fails_is_told() {
    let listens = "TYPE I => 200 ok
        EPSV => 229 (|||40000|)
        ";
    let connects = "TYPE I => 200 ok
        PORT 127,0,0,1,156,64 => 200 ok
        ";
    for (source, destination, side, code) in [
        // Nothing is stored of a file that isn't there.
        ("RETR a => 550 no such file", "", Side::Source, 550),
        (
            "RETR a => 150 ok & 451 disk",
            "STOR b => 150 ok & 426 broken",
            Side::Source,
            451,
        ),
        (
            "RETR a => 150 ok & 426 broken",
            "STOR b => 150 ok & 552 full",
            Side::Destination,
            552,
        ),
        (
            "RETR a => 150 ok & 226 sent",
            "STOR b => 150 ok & 552 full",
            Side::Destination,
            552,
        ),
        (
            "RETR a => 150 ok
            ABOR => 426 cut & 226 stopped",
            "STOR b => 553 not here",
            Side::Destination,
            553,
        ),
    ] {
        let dialogues = [
            format!("{listens}{source}"),
            format!("{connects}{destination}"),
        ];
        let [source, destination] = [dialogues[0].as_str(), dialogues[1].as_str()];
        let result = copy(pair().await, pair().await, [source, destination]).await;
        let error = result.unwrap_err();
        assert_eq!(error.side(), side, "{source}: {error}");
        assert_eq!(
            error.error().code().unwrap().value(),
            code,
            "{source}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_can_not_send_the_other_one_to_a_third() {
    let listens = "TYPE I => 200 ok
        EPSV => 502 no
        PASV => 227 (192,0,2,66,156,64)";
    let result = copy(pair().await, pair().await, [listens, listens]).await;
    let error = result.unwrap_err();
    assert_eq!(error.side(), Side::Source);
    let kind = error.error().kind();
    assert_eq!(
        kind,
        &ErrorKind::Data(ftp_client::DataFailure::ForeignAddress)
    );

    // Unless that is wanted.
    let source = "TYPE I => 200 ok
        PASV => 227 (192,0,2,66,156,64)
        RETR a => 150 ok & 226 sent";
    let destination = "TYPE I => 200 ok
        PORT 192,0,2,66,156,64 => 200 ok
        STOR b => 150 ok & 226 stored";
    let lenient = Client::builder().allow_foreign_data(true);
    let from = pair_with(&lenient).await;
    copy(from, pair().await, [source, destination])
        .await
        .unwrap();
}
