//! Data connections: made, refused, or made by a stranger.

use super::*;

#[tokio::test]
async fn a_refused_passive_transfer_is_an_error_at_once() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE nope", "550 no").await;
        let _never_accepted = server.epsv().await;
        server.answer("RETR nope", "550 no such file").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let error = client.download("nope").await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    assert!(error.is_not_found() && error.is_permanent() && !error.is_closed());
    assert_eq!(error.command(), Some("RETR nope"));
    assert_eq!(
        error.to_string(),
        "RETR nope: refused: 550 no such file",
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_active_transfer_is_an_error_at_once() {
    let (mut client, mut server) = pair_with(&Client::builder().data(Active::new())).await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let offer = server.line().await.unwrap();
        assert!(offer.starts_with("EPRT |1|127.0.0.1|"), "{offer}");
        server.say("200 ok").await;
        server.answer("RETR nope", "550 no such file").await;
    };
    let (result, ()) = both(client.download_with("nope", unsized_download()), script).await;
    assert!(result.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_mode_that_is_refused_is_not_blamed_on_the_file() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", "500 what?").await;
        server.answer("PASV", "502 not here").await;
    };
    let (result, ()) = both(client.download_with("a", unsized_download()), script).await;
    assert_eq!(
        result.unwrap_err().to_string(),
        "PASV: refused: 502 not here"
    );
}

#[tokio::test]
async fn epsv_falls_back_on_pasv_whose_address_is_not_trusted() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", "500 what?").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // An address of TEST-NET-1, where nobody answers.
        let reply = format!("227 ok (192,0,2,1,{},{})", port >> 8, port & 0xff);
        server.answer("PASV", &reply).await;
        server.answer("RETR a", "150 ok").await;
        let (mut data, _) = listener.accept().await.unwrap();
        data.write_all(b"found").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"found");
}

/// Connects to the address of an EPRT command from an address of one's own choice.
async fn dial_back(offer: &str, from: &str) -> TcpStream {
    let port = offer.rsplit('|').nth(1).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let to = format!("127.0.0.1:{port}").parse().unwrap();
    socket.connect(to).await.unwrap()
}

#[tokio::test]
async fn an_active_listener_serves_only_the_server() {
    let (mut client, mut server) = pair_with(&Client::builder().data(Active::eprt())).await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let offer = server.line().await.unwrap();
        server.say("200 ok").await;
        server.answer("RETR a", "150 ok").await;
        let mut stranger = dial_back(&offer, "127.0.0.2").await;
        let _ = stranger.write_all(b"poison").await;
        let (_, end) = read_all(stranger).await;
        end.unwrap_err();
        let mut data = dial_back(&offer, "127.0.0.1").await;
        data.write_all(b"medicine").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        download.finish().await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"medicine");
}

#[tokio::test]
async fn a_data_connection_that_cannot_be_made_is_told_with_its_address() {
    let (mut client, mut server) = pair().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let port = address.port();
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", &format!("229 ok (|||{port}|)")).await;
        server.answer("PASV", "502 no").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let error = client
            .download_with("a", unsized_download())
            .await
            .unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    assert_eq!(error.address(), Some(address), "{error}");
    assert!(error.io_error().is_some(), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_last_byte_costs_nothing() {
    for (size, complete) in [("213 4", true), ("213 5", false), ("550 no", false)] {
        let (mut client, mut server) = pair().await;
        let (read, was_read) = tokio::sync::oneshot::channel();
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer("SIZE a", size).await;
            let mut data = server.begin_again("RETR a").await;
            data.write_all(b"data").await.unwrap();
            was_read.await.unwrap();
            reset(data);
            server.say("226 done").await;
        };
        let get = async {
            let mut download = client.download("a").await.unwrap();
            let mut bytes = [0; 4];
            download.read_exact(&mut bytes).await.unwrap();
            read.send(()).unwrap();
            download.finish().await
        };
        let (result, ()) = both(get, script).await;
        assert_eq!(result.is_ok(), complete, "{size}: {result:?}");
    }
}

#[tokio::test]
async fn a_passive_reply_without_an_address_is_told_as_that() {
    for (strategy, command, reply) in [
        (Passive::epsv(), "EPSV", "229 ok (|||70000|)"),
        (Passive::pasv(), "PASV", "227 ok (127,0,0,1,256,1)"),
    ] {
        let (mut client, mut server) = pair_with(&Client::builder().data(strategy)).await;
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer(command, reply).await;
        };
        let get = client.download_with("a", unsized_download());
        let error = both(get, script).await.0.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::BadReply, "{error}");
        assert!(error.to_string().contains(reply), "{error}");
    }
}
