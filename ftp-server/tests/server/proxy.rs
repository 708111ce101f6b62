//! The PROXY protocol, on control and on data connections, and from whom it is taken.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ftp_server::data::PortRange;
use ftp_server::{IpNet, ProxyProtocol};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Client, connect_from, read_all, soon};
use crate::site::Site;

/// The client is at 192.0.2.7, the proxy at 127.0.0.1 and, for clients, at 203.0.113.1.
const HEADER: &str = "PROXY TCP4 192.0.2.7 203.0.113.1 4000 21\r\n";

/// The same in version 2.
const BINARY: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xcb\0\x71\x01\x0f\xa0\0\x15";

fn proxies(networks: &[&str]) -> ProxyProtocol {
    let networks = networks.iter().map(|text| text.parse::<IpNet>().unwrap());
    ProxyProtocol::trusting(networks)
}

async fn log_in(site: &Site, header: &[u8]) -> Client {
    let mut client = Client::connect_silently(site.address).await;
    client.send(header).await;
    client.expect_reply(220).await;
    client.expect("USER alice", 331).await;
    client.expect("PASS secret", 230).await;
    client.expect("TYPE I", 200).await;
    client
}

async fn connect(to: SocketAddr, first: &[u8]) -> TcpStream {
    let mut stream = soon("connect", TcpStream::connect(to)).await.unwrap();
    stream.write_all(first).await.unwrap();
    stream
}

#[tokio::test]
async fn a_header_tells_who_is_there() {
    let everyone = ProxyProtocol::trusting_everyone();
    let site = Site::with(|builder| builder.proxy_protocol(everyone).max_sessions_per_address(1));
    let site = site.await;
    let mut client = log_in(&site, HEADER.as_bytes()).await;
    // The client connected to the proxy, so that is what it is told.
    assert_eq!(client.pasv().await.ip().to_string(), "203.0.113.1");

    let mut same = Client::connect_silently(site.address).await;
    same.send(BINARY).await;
    same.expect_reply(421).await;
    let mut other = Client::connect_silently(site.address).await;
    other.send(HEADER.replace("192.0.2.7", "192.0.2.8")).await;
    other.expect_reply(220).await;

    let mut direct = Client::connect_silently(site.address).await;
    direct.send("USER alice\r\n").await;
    direct.expect_end().await;
}

#[tokio::test]
async fn a_header_from_elsewhere_is_not_read_and_the_connection_closed() {
    let site = Site::with(|builder| builder.proxy_protocol(proxies(&["127.0.0.2/31"]))).await;
    for (host, trusted) in [
        ("127.0.0.1", false),
        ("127.0.0.2", true),
        ("127.0.0.3", true),
        ("127.0.0.4", false),
    ] {
        let mut client = Client::on(connect_from(host, site.address).await.unwrap());
        if trusted {
            client.send(HEADER).await;
            client.expect_reply(220).await;
        } else {
            // Without a word, and without a wait for one.
            client.expect_end().await;
        }
    }
}

#[tokio::test]
async fn data_connections_come_through_the_proxy_too() {
    let proxy = proxies(&["127.0.0.1/32"]).with_data(true);
    let site = Site::with(|builder| builder.proxy_protocol(proxy)).await;
    site.write("file", b"content");
    let mut client = log_in(&site, HEADER.as_bytes()).await;
    for header in [HEADER.as_bytes(), BINARY] {
        let mut at = client.pasv().await;
        at.set_ip(site.address.ip());
        // The first bytes of the file come together with the header.
        let mut data = connect(at, &[header, b"first "].concat()).await;
        client.begin("STOR upload").await;
        data.write_all(b"and last").await.unwrap();
        drop(data);
        client.expect_reply(226).await;
        assert_eq!(site.read("upload"), b"first and last");

        let mut data = connect(client.epsv().await, header).await;
        client.begin("RETR file").await;
        assert_eq!(read_all(&mut data).await, b"content");
        drop(data);
        client.expect_reply(226).await;
    }
}

#[tokio::test]
async fn nobody_but_the_client_gets_through_the_proxy_to_its_data() {
    let proxy = proxies(&["127.0.0.1/32"]).with_data(true);
    let site = Site::with(|builder| builder.proxy_protocol(proxy)).await;
    site.write("file", b"content");
    let mut client = log_in(&site, HEADER.as_bytes()).await;
    let at = client.epsv().await;
    let stranger = HEADER.replace("192.0.2.7", "192.0.2.8");
    let mut turned_away = Vec::new();
    for first in [
        // Another client of the proxy, a health check, no header at all.
        stranger.as_bytes(),
        b"PROXY UNKNOWN\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        turned_away.push(connect(at, first).await);
    }
    // Another host that claims to be the proxy.
    let mut liar = connect_from("127.0.0.2", at).await.unwrap();
    let _ = liar.write_all(HEADER.as_bytes()).await;
    turned_away.push(liar);
    // One that says nothing is not waited for.
    let _silent = connect(at, b"").await;
    let mut data = connect(at, HEADER.as_bytes()).await;
    client.begin("RETR file").await;
    assert_eq!(read_all(&mut data).await, b"content");
    client.expect_reply(226).await;
    for mut stream in turned_away {
        let mut got = Vec::new();
        let _ = soon("end", stream.read_to_end(&mut got)).await;
        assert_eq!(got, b"");
    }
}

#[tokio::test]
async fn data_connections_alone_may_come_through_the_proxy() {
    let proxy = proxies(&["127.0.0.1/32"])
        .with_control(false)
        .with_data(true);
    let range = PortRange::new(31_500..=31_999).unwrap();
    let site = Site::with(|builder| builder.proxy_protocol(proxy).passive(range)).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    let header = HEADER.replace("192.0.2.7", "127.0.0.1");
    let mut data = connect(client.epsv().await, header.as_bytes()).await;
    client.begin("RETR file").await;
    assert_eq!(read_all(&mut data).await, b"content");
    client.expect_reply(226).await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_the_header_of_a_proxy() {
    let mut site =
        Site::with(|builder| builder.proxy_protocol(ProxyProtocol::trusting_everyone())).await;
    let mut silent = Client::connect_silently(site.address).await;
    // Once this one is answered, the silent one is waited for.
    let mut other = Client::connect_silently(site.address).await;
    other.send("PROXY UNKNOWN\r\n").await;
    other.expect_reply(220).await;
    drop(other);
    let start = Instant::now();
    site.shut_down();
    soon("the server ends", &mut site.serving).await.unwrap();
    silent.expect_end().await;
    assert!(start.elapsed() < Duration::from_secs(4), "{start:?}");
}
