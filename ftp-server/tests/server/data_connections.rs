//! Data connections, both ways, in both families, and from whom they come.

use ftp_server::data::{Disabled, Ephemeral, ExposedPorts, PublicAddress};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, connect_from, read_all, soon};
use crate::site::Site;

#[tokio::test]
async fn passive_and_active_work_in_both_families() {
    for (at, verbs) in [
        ("127.0.0.1:0", &["PASV", "EPSV", "PORT", "EPRT"][..]),
        ("[::1]:0", &["EPSV", "EPRT"]),
    ] {
        let site = Site::at(at, |builder| builder).await;
        site.write("file", b"content");
        let mut client = Client::log_in(site.address).await;
        for verb in verbs {
            let mut data = match *verb {
                "PASV" => {
                    let address = client.pasv().await;
                    let data = TcpStream::connect(address).await.unwrap();
                    client.begin("RETR file").await;
                    data
                }
                "EPSV" => {
                    let data = client.passive().await;
                    client.begin("RETR file").await;
                    data
                }
                verb => {
                    let listener = client.active(verb).await;
                    client.begin("RETR file").await;
                    soon("dial", listener.accept()).await.unwrap().0
                }
            };
            assert_eq!(read_all(&mut data).await, b"content", "{verb} at {at}");
            drop(data);
            client.expect_reply(226).await;
        }
    }
}

#[tokio::test]
async fn a_client_over_a_mapped_address_is_a_client_over_ipv4() {
    let site = Site::at("[::]:0", |builder| builder).await;
    site.write("file", b"content");
    let address = format!("127.0.0.1:{}", site.address.port())
        .parse()
        .unwrap();
    let mut client = Client::log_in(address).await;
    let passive = client.pasv().await;
    assert_eq!(passive.ip(), address.ip());
    let mut data = TcpStream::connect(passive).await.unwrap();
    client.begin("RETR file").await;
    assert_eq!(read_all(&mut data).await, b"content");
    client.expect_reply(226).await;
    let listener = client.active("PORT").await;
    client.begin("RETR file").await;
    let (mut data, from) = soon("dial", listener.accept()).await.unwrap();
    assert_eq!(from.ip(), address.ip());
    assert_eq!(read_all(&mut data).await, b"content");
}

#[tokio::test]
async fn the_file_may_be_asked_for_before_the_client_connects() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    let address = client.epsv().await;
    client.send("RETR file\r\n").await;
    let mut data = soon("connect", TcpStream::connect(address)).await.unwrap();
    assert_eq!(read_all(&mut data).await, b"content");
    client.begun().await;
    client.expect_reply(226).await;
}

#[tokio::test]
async fn a_stranger_on_the_passive_port_costs_nothing() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    for upload in [false, true] {
        let address = client.epsv().await;
        let mut thief = connect_from("127.0.0.2", address).await.unwrap();
        // Whatever it sends must not land in the file; its end may be a reset.
        let _ = thief.write_all(b"stolen").await;
        let mut data = TcpStream::connect(address).await.unwrap();
        if upload {
            client.begin("STOR upload").await;
            data.write_all(b"mine").await.unwrap();
            data.shutdown().await.unwrap();
        } else {
            client.begin("RETR file").await;
            assert_eq!(read_all(&mut data).await, b"content");
        }
        drop(data);
        client.expect_reply(226).await;
        let mut got = Vec::new();
        let _ = soon(
            "end",
            tokio::io::AsyncReadExt::read_to_end(&mut thief, &mut got),
        )
        .await;
        assert_eq!(got, b"");
    }
    assert_eq!(site.read("upload"), b"mine");
}

#[tokio::test]
async fn a_port_serves_one_connection_and_dies_with_the_next_pasv() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    let first = client.epsv().await;
    let second = client.epsv().await;
    assert!(TcpStream::connect(first).await.is_err());
    let mut data = TcpStream::connect(second).await.unwrap();
    client.begin("RETR file").await;
    assert_eq!(read_all(&mut data).await, b"content");
    client.expect_reply(226).await;
    assert!(TcpStream::connect(second).await.is_err());
}

#[tokio::test]
async fn a_public_address_is_told_by_227_and_epsv_tells_a_port_alone() {
    let public = PublicAddress("203.0.113.9".parse().unwrap());
    let site = Site::with(|builder| builder.advertise(public)).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    assert_eq!(client.pasv().await.ip().to_string(), "203.0.113.9");
    assert_eq!(client.fetch("RETR file").await, b"content");
}

#[tokio::test]
async fn the_exposed_port_is_told_and_the_bound_one_is_reached() {
    let lower = |bound: u16| bound.checked_sub(1024);
    let policy = ExposedPorts::new(PublicAddress("127.0.0.1".parse().unwrap()), lower);
    let site = Site::with(|builder| builder.advertise(policy)).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    for epsv in [false, true] {
        let mut at = if epsv {
            client.epsv().await
        } else {
            client.pasv().await
        };
        // What a port forwarding does.
        at.set_port(at.port() + 1024);
        let mut data = TcpStream::connect(at).await.unwrap();
        client.begin("RETR file").await;
        assert_eq!(read_all(&mut data).await, b"content");
        client.expect_reply(226).await;
    }
}

#[tokio::test]
async fn with_nothing_to_tell_the_client_is_told_425() {
    let nothing = ExposedPorts::new(PublicAddress("127.0.0.1".parse().unwrap()), |_| None);
    let site = Site::with(|builder| builder.advertise(nothing)).await;
    let mut client = Client::log_in(site.address).await;
    client.expect("PASV", 425).await;
    client.expect("EPSV", 425).await;
}

#[tokio::test]
async fn what_is_disabled_is_not_implemented() {
    let site = Site::with(|builder| builder.passive(Disabled)).await;
    let mut client = Client::log_in(site.address).await;
    for verb in ["PASV", "EPSV"] {
        let (code, text) = client.ask(verb).await;
        assert!((500..=502).contains(&code), "{verb}: {text}");
    }
    client.active("PORT").await;
    let site = Site::with(|builder| builder.active(Disabled)).await;
    let mut client = Client::log_in(site.address).await;
    for command in ["PORT 127,0,0,1,200,1", "EPRT |1|127.0.0.1|51201|"] {
        let (code, text) = client.ask(command).await;
        assert!((500..=502).contains(&code), "{command}: {text}");
    }
    client.pasv().await;
}

#[tokio::test]
async fn active_connections_go_to_nobody_else_and_to_no_privileged_port() {
    let site = Site::with(|builder| builder.passive(Ephemeral)).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    let stranger = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let port = stranger.local_addr().unwrap().port();
    for command in [
        format!("PORT 127,0,0,2,{},{}", port / 256, port % 256),
        format!("EPRT |1|127.0.0.2|{port}|"),
        format!("EPRT |2|::ffff:127.0.0.2|{port}|"),
        "PORT 127,0,0,1,0,25".to_owned(),
        "EPRT |1|127.0.0.1|1023|".to_owned(),
        "PORT 127,0,0,1,0,0".to_owned(),
    ] {
        let (code, text) = client.ask(&command).await;
        assert!((500..=522).contains(&code), "{command}: {text}");
        let (code, text) = client.ask("RETR file").await;
        assert!(code == 425 || code == 503, "{command}: {text}");
    }
}
