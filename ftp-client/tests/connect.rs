//! Connectors: proxies, pipes in memory, and who may be at the other end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use core::net::SocketAddr;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use ftp_client::connect::{Connection, Connector, Endpoint, HttpConnect, Socks5};
use ftp_client::data::{Active, Auto, BoxFuture, DataStream};
use ftp_client::{Client, ClientBuilder, ErrorKind};
use support::proxy::{SECRET_NAME, http, socks5};
use support::{Server, both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpListener;

/// A server that greets; and the port that it is at.
async fn server() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn greeting(listener: &TcpListener) -> Server {
    let mut server = Server::accept(listener).await;
    server.say("220 ready").await;
    server
}

async fn fetch(
    builder: &ClientBuilder,
    host: &str,
    port: u16,
) -> Result<Vec<u8>, ftp_client::Error> {
    let mut client = builder.connect((host, port)).await?;
    let mut download = client.download("a").await?;
    let mut bytes = Vec::new();
    // Whether it was all is what the end tells.
    let _ = download.read_to_end(&mut bytes).await;
    download.finish().await?;
    Ok(bytes)
}

#[tokio::test]
async fn control_and_data_go_through_the_proxy() {
    let (socks, socks_asked) = socks5(None, None).await;
    let (shut, shut_asked) = socks5(Some(("bob", "secret")), None).await;
    let (plain, plain_asked) = http(None).await;
    let (closed, closed_asked) = http(Some("Basic Ym9iOnNlY3JldA==")).await;
    let cases: [(Arc<dyn Connector>, _); 4] = [
        (Arc::new(Socks5::new(socks)), socks_asked),
        (
            Arc::new(Socks5::new(shut).with_login("bob", "secret")),
            shut_asked,
        ),
        (Arc::new(HttpConnect::new(plain)), plain_asked),
        (
            Arc::new(HttpConnect::new(closed).with_login("bob", "secret")),
            closed_asked,
        ),
    ];
    for (connector, asked) in cases {
        for host in [SECRET_NAME, "127.0.0.1"] {
            let (listener, port) = server().await;
            let script = async {
                let mut server = greeting(&listener).await;
                server.send_file("a", b"through").await;
                server
            };
            let builder = Client::builder()
                .connector(Arc::clone(&connector))
                .data(Auto::new());
            let (bytes, _server) = both(fetch(&builder, host, port), script).await;
            assert_eq!(bytes.unwrap(), b"through", "{connector:?} {host}");
            let asked = core::mem::take(&mut *asked.lock().unwrap());
            assert_eq!(
                asked,
                [format!("CONNECT {host}"), format!("CONNECT {host}")]
            );
        }
    }
}

#[tokio::test]
async fn what_the_proxy_refuses_is_told() {
    let (shut, _) = socks5(Some(("bob", "secret")), None).await;
    let (closed, _) = http(Some("Basic Ym9iOnNlY3JldA==")).await;
    let (open, _) = http(None).await;
    let (nobody, port) = server().await;
    drop(nobody);
    let cases: [(Arc<dyn Connector>, _); 4] = [
        (
            Arc::new(Socks5::new(shut.clone())),
            io::ErrorKind::PermissionDenied,
        ),
        (
            Arc::new(Socks5::new(shut).with_login("bob", "guess")),
            io::ErrorKind::PermissionDenied,
        ),
        (
            Arc::new(HttpConnect::new(closed)),
            io::ErrorKind::PermissionDenied,
        ),
        (
            Arc::new(HttpConnect::new(open)),
            io::ErrorKind::HostUnreachable,
        ),
    ];
    for (connector, kind) in cases {
        let builder = Client::builder().connector(Arc::clone(&connector));
        let error = builder.connect((SECRET_NAME, port)).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Connect, "{connector:?}");
        assert_eq!(
            error.io_error().unwrap().kind(),
            kind,
            "{connector:?}: {error}"
        );
        assert!(!error.to_string().contains("guess"), "{error}");
    }
}

/// Plays an active download, for which the server connects to where it was told to.
async fn active_download(listener: &TcpListener) -> Option<Server> {
    let mut server = greeting(listener).await;
    server.answer("TYPE I", "200 ok").await;
    server.answer("SIZE a", "550 can't say").await;
    let offer = server.line().await?;
    let port = offer
        .strip_prefix("EPRT |1|127.0.0.1|")?
        .trim_end_matches('|')
        .parse()
        .ok()?;
    server.say("200 ok").await;
    server.expect("RETR a").await;
    server.say("150 ok").await;
    let mut data = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .ok()?;
    data.write_all(b"back").await.ok()?;
    drop(data);
    server.say("226 done").await;
    Some(server)
}

#[tokio::test]
async fn active_mode_listens_at_the_socks_proxy() {
    for host in [SECRET_NAME, "127.0.0.1"] {
        let (proxy, asked) = socks5(None, None).await;
        let builder = Client::builder()
            .connector(Socks5::new(proxy))
            .data(Active::new());
        let (listener, port) = server().await;
        let (bytes, server) = both(fetch(&builder, host, port), active_download(&listener)).await;
        assert_eq!(bytes.unwrap(), b"back", "{host}");
        assert!(server.is_some());
        assert_eq!(
            *asked.lock().unwrap(),
            [format!("CONNECT {host}"), format!("BIND {host}")]
        );
    }
}

#[tokio::test]
async fn a_stranger_at_the_listener_of_the_proxy_is_not_served() {
    let (proxy, _) = socks5(None, Some("192.0.2.66:1234")).await;
    let builder = Client::builder()
        .connector(Socks5::new(proxy))
        .data(Active::new());
    let (listener, port) = server().await;
    let (bytes, _) = both(
        fetch(&builder, "127.0.0.1", port),
        active_download(&listener),
    )
    .await;
    assert!(matches!(bytes.unwrap_err().kind(), ErrorKind::Data(_)));
}

#[tokio::test]
async fn an_http_proxy_can_not_listen() {
    let (proxy, _) = http(None).await;
    let builder = Client::builder()
        .connector(HttpConnect::new(proxy))
        .data(Active::new());
    let (listener, port) = server().await;
    let (bytes, ()) = both(fetch(&builder, "127.0.0.1", port), async {
        let mut server = greeting(&listener).await;
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 6").await;
        server.expect_end().await;
    })
    .await;
    assert!(matches!(bytes.unwrap_err().kind(), ErrorKind::BadInput(_)));
}

/// Hands out pipes, and says of each who is at its other end.
#[derive(Debug)]
struct Pipes(Mutex<VecDeque<(DuplexStream, Option<SocketAddr>)>>);

impl Connector for Pipes {
    fn connect(&self, _: Endpoint) -> BoxFuture<'static, io::Result<Connection>> {
        let pipe = self.0.lock().unwrap().pop_front();
        Box::pin(async move {
            let (pipe, peer) = pipe.ok_or(io::ErrorKind::NotConnected)?;
            let stream = DataStream::Boxed(Box::new(pipe));
            Ok(match peer {
                Some(peer) => Connection::from_peer(stream, peer),
                None => Connection::trusted(stream),
            })
        })
    }
}

#[tokio::test]
async fn a_client_runs_in_memory_by_one_connector() {
    let (control, far) = tokio::io::duplex(64);
    let (data, mut data_far) = tokio::io::duplex(64);
    let pipes = [(control, None), (data, None)];
    let builder = Client::builder().connector(Pipes(Mutex::new(pipes.into())));
    let script = async {
        let mut server = Server::over(far);
        server.say("220 ready").await;
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 6").await;
        server.answer("EPSV", "229 (|||7|)").await;
        server.answer("RETR a", "150 ok").await;
        data_far.write_all(b"memory").await.unwrap();
        drop(data_far);
        server.say("226 done").await;
        server
    };
    let (bytes, _server) = both(fetch(&builder, "in.memory", 21), script).await;
    assert_eq!(bytes.unwrap(), b"memory");
}

#[tokio::test]
async fn a_data_connection_that_ends_elsewhere_is_not_used() {
    let address = |text: &str| Some(text.parse().unwrap());
    let (control, far) = tokio::io::duplex(64);
    let (data, mut data_far) = tokio::io::duplex(64);
    let pipes = [
        (control, address("192.0.2.1:21")),
        (data, address("192.0.2.2:7")),
    ];
    let builder = Client::builder().connector(Pipes(Mutex::new(pipes.into())));
    let script = async {
        let mut server = Server::over(far);
        server.say("220 ready").await;
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 6").await;
        server.answer("EPSV", "229 (|||7|)").await;
        // Nobody else is there for PASV.
        server.answer("PASV", "227 (192,0,2,1,0,7)").await;
        server.expect_end().await;
        data_far.read_to_end(&mut Vec::new()).await.unwrap()
    };
    let (bytes, sent) = both(fetch(&builder, "in.memory", 21), script).await;
    assert!(matches!(bytes.unwrap_err().kind(), ErrorKind::Data(_)));
    assert_eq!(sent, 0);
}
