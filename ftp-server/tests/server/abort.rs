//! What is served in the middle of a transfer.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

use crate::client::{Client, read_all, soon};
use crate::site::Site;

const GIB: u64 = 1 << 30;

/// "At once", on a machine that has other things to do as well.
const AT_ONCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn abort_in_the_middle_of_a_download_yields_426_then_226() {
    let site = Site::new().await;
    site.sparse("big", GIB);
    site.write("small", b"content");
    let mut client = Client::log_in(site.address).await;
    for reads in [true, false] {
        let mut data = client.passive().await;
        client.begin("RETR big").await;
        if reads {
            soon("data", data.read_exact(&mut vec![0; 1 << 20]))
                .await
                .unwrap();
        }
        let asked = Instant::now();
        client.send("ABOR\r\n").await;
        client.expect_reply(426).await;
        client.expect_reply(226).await;
        assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
        // A cut-off file doesn't look whole.
        let mut rest = Vec::new();
        assert!(soon("data", data.read_to_end(&mut rest)).await.is_err());
        assert_eq!(
            client.fetch("RETR small").await,
            b"content",
            "reads: {reads}"
        );
    }
}

#[tokio::test]
async fn abort_with_the_telnet_synch_is_understood() {
    let site = Site::new().await;
    site.sparse("big", GIB);
    let mut client = Client::log_in(site.address).await;
    let _data = client.passive().await;
    client.begin("RETR big").await;
    client.send(b"\xff\xf4").await;
    let stream = client.into_stream();
    socket2::SockRef::from(&stream)
        .send_out_of_band(b"\xff")
        .unwrap();
    let mut client = Client::on(stream);
    client.send(b"\xf2ABOR\r\n").await;
    client.expect_reply(426).await;
    client.expect_reply(226).await;
    client.expect("NOOP", 200).await;
}

#[tokio::test]
async fn abort_of_an_upload_keeps_the_earlier_file() {
    let site = Site::new().await;
    site.write("file", b"earlier");
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client.begin("STOR file").await;
    data.write_all(&[b'x'; 300_000]).await.unwrap();
    client.send("ABOR\r\n").await;
    client.expect_reply(426).await;
    client.expect_reply(226).await;
    assert_eq!(site.read("file"), b"earlier");
    client.store("STOR file", b"later").await;
    assert_eq!(site.read("file"), b"later");
}

#[tokio::test]
async fn abort_with_nothing_to_abort_is_answered_too() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    let (code, text) = client.ask("ABOR").await;
    assert!(code == 225 || code == 226, "{text}");
    client.epsv().await;
    let (code, text) = client.ask("ABOR").await;
    assert!(code == 225 || code == 226, "{text}");
    client.expect("NOOP", 200).await;
}

#[tokio::test]
async fn abort_before_the_data_connection_is_answered() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    client.epsv().await;
    client.send("RETR file\r\n").await;
    client.begun().await;
    client.send("ABOR\r\n").await;
    client.expect_reply(426).await;
    client.expect_reply(226).await;
    assert_eq!(client.fetch("RETR file").await, b"content");
}

#[tokio::test]
async fn status_in_the_middle_of_a_transfer_is_answered_at_once() {
    let site = Site::new().await;
    site.sparse("big", GIB);
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client.begin("RETR big").await;
    soon("data", data.read_exact(&mut vec![0; 1 << 20]))
        .await
        .unwrap();
    let asked = Instant::now();
    let (code, text) = client.ask("STAT").await;
    assert!((211..=213).contains(&code), "{text}");
    client.expect("NOOP", 200).await;
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    client.send("ABOR\r\n").await;
    client.expect_reply(426).await;
    client.expect_reply(226).await;
}

#[tokio::test]
async fn commands_pipelined_behind_a_transfer_are_answered_after_its_226() {
    let site = Site::new().await;
    site.write("file", vec![b'x'; 3_000_000]);
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client
        .send("RETR file\r\nPWD\r\nNOOP\r\nSIZE file\r\n")
        .await;
    client.begun().await;
    assert_eq!(read_all(&mut data).await.len(), 3_000_000);
    for code in [226, 257, 200, 213] {
        client.expect_reply(code).await;
    }
}

#[tokio::test]
async fn quit_waits_for_the_transfer() {
    let site = Site::new().await;
    site.write("file", vec![b'x'; 3_000_000]);
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client.begin("RETR file").await;
    client.send("QUIT\r\n").await;
    assert_eq!(read_all(&mut data).await.len(), 3_000_000);
    client.expect_reply(226).await;
    client.expect_reply(221).await;
    client.expect_end().await;
}
