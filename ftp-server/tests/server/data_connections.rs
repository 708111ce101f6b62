//! Data connections, both ways and in both families.

use ftp_server::data::{Disabled, ExposedPorts, FromPort, PublicAddress};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, read_all, soon};
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
async fn a_fixed_source_port_serves_many_connections_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let site = Site::with(|builder| builder.active(FromPort(port))).await;
    site.write("file", b"content");
    let mut sessions = Vec::new();
    for _ in 0..10 {
        let mut client = Client::log_in(site.address).await;
        let listener = client.active("EPRT").await;
        client.begin("STOR upload").await;
        let (data, from) = soon("dial", listener.accept()).await.unwrap();
        assert_eq!(from.port(), port);
        sessions.push((client, data));
    }
    // All are open at the same time, and all come to their end.
    for (client, data) in &mut sessions {
        data.write_all(b"content").await.unwrap();
        data.shutdown().await.unwrap();
        client.expect_reply(226).await;
    }
}

#[tokio::test]
async fn a_source_port_that_can_not_be_had_is_425() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let site = Site::with(|builder| builder.active(FromPort(port))).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    for _ in 0..2 {
        let _listener = client.active("PORT").await;
        client.begin("RETR file").await;
        client.expect_reply(425).await;
    }
    assert_eq!(client.fetch("RETR file").await, b"content");
}
