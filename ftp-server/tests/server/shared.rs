//! One passive port for many sessions.

use std::time::Duration;

use ftp_server::ProxyProtocol;
use ftp_server::data::Shared;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Client, connect_from, read_all, soon};
use crate::crowd::crowd;
use crate::site::Site;

fn one_port() -> Shared {
    Shared::new(0..=0).unwrap()
}

async fn site_at(address: &str, ports: Shared) -> Site {
    let site = Site::at(address, |builder| builder.passive(ports)).await;
    site.write("file", b"content");
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_sessions_transfer_at_once_over_one_port() {
    crowd(500, |builder| builder.passive(one_port())).await;
}

#[tokio::test]
async fn every_session_is_told_the_same_port_in_both_families() {
    for at in ["127.0.0.1:0", "[::1]:0"] {
        let site = site_at(at, one_port()).await;
        let mut one = Client::log_in(site.address).await;
        let mut other = Client::log_in(site.address).await;
        let port = one.epsv().await.port();
        assert_eq!(one.fetch("RETR file").await, b"content", "{at}");
        assert_eq!(other.epsv().await.port(), port, "{at}");
        assert_eq!(other.fetch("RETR file").await, b"content", "{at}");
        other.store("STOR upload", b"mine").await;
        assert_eq!(site.read("upload"), b"mine", "{at}");
    }
}

#[tokio::test]
async fn sessions_of_one_address_take_turns_and_then_are_told_425() {
    let patience = Duration::from_millis(300);
    let site = site_at("127.0.0.1:0", one_port().with_patience(patience)).await;
    let mut one = Client::log_in(site.address).await;
    let mut other = Client::log_in(site.address).await;
    let at = one.epsv().await;
    other.expect("EPSV", 425).await;
    // A session holds its port until it is connected, and no longer.
    let mut first = TcpStream::connect(at).await.unwrap();
    one.begin("RETR file").await;
    let mut second = other.passive().await;
    other.begin("RETR file").await;
    for (client, data) in [(&mut one, &mut first), (&mut other, &mut second)] {
        assert_eq!(read_all(data).await, b"content");
        data.shutdown().await.unwrap();
        client.expect_reply(226).await;
    }
    // Neither does one that quits hold it.
    one.epsv().await;
    one.expect("QUIT", 221).await;
    other.epsv().await;
}

#[tokio::test]
async fn strangers_are_turned_away_and_hold_nobody_up() {
    let site = site_at("127.0.0.1:0", one_port()).await;
    let mut client = Client::log_in(site.address).await;
    let at = client.epsv().await;
    let mut strangers = Vec::new();
    for host in ["127.0.0.2", "127.0.0.3"] {
        let mut stranger = connect_from(host, at).await.unwrap();
        let _ = stranger.write_all(b"stolen").await;
        strangers.push(stranger);
    }
    let mut data = TcpStream::connect(at).await.unwrap();
    client.begin("STOR upload").await;
    data.write_all(b"mine").await.unwrap();
    drop(data);
    client.expect_reply(226).await;
    assert_eq!(site.read("upload"), b"mine");
    for mut stranger in strangers {
        let mut got = Vec::new();
        let _ = soon("end", stranger.read_to_end(&mut got)).await;
        assert_eq!(got, b"");
    }
}

#[tokio::test]
async fn a_client_is_told_apart_by_what_the_proxy_says() {
    let networks = ["127.0.0.0/8".parse().unwrap()];
    let proxy = ProxyProtocol::trusting(networks).with_data(true);
    let site = Site::with(|builder| builder.passive(one_port()).proxy_protocol(proxy)).await;
    let header = |client: u8| format!("PROXY TCP4 192.0.2.{client} 127.0.0.1 4000 21\r\n");
    let mut sessions = Vec::new();
    for number in 1..=3 {
        let mut client = Client::connect_silently(site.address).await;
        client.send(header(number)).await;
        client.expect_reply(220).await;
        client.expect("USER alice", 331).await;
        client.expect("PASS secret", 230).await;
        let at = client.pasv().await;
        sessions.push((number, client, at));
    }
    // One that says nothing is not waited for.
    let _silent = TcpStream::connect(sessions[0].2).await.unwrap();
    for (number, client, at) in sessions.iter_mut().rev() {
        let mut data = TcpStream::connect(*at).await.unwrap();
        data.write_all(header(*number).as_bytes()).await.unwrap();
        client.begin(&format!("STOR {number}")).await;
        data.write_all(number.to_string().as_bytes()).await.unwrap();
        drop(data);
        client.expect_reply(226).await;
        assert_eq!(
            site.read(&number.to_string()),
            number.to_string().as_bytes()
        );
    }
}

#[tokio::test]
async fn the_port_is_closed_when_the_server_ends() {
    let mut site = site_at("127.0.0.1:0", one_port()).await;
    let mut client = Client::log_in(site.address).await;
    let at = client.epsv().await;
    assert_eq!(client.fetch("RETR file").await, b"content");
    site.shut_down();
    soon("the server ends", &mut site.serving).await.unwrap();
    let gone = async { while TcpStream::connect(at).await.is_ok() {} };
    soon("the port closes", gone).await;
}
