//! Attacks on data connections: having the server connect to others, and taking what isn't one's
//! own ([RFC 2577]).
//!
//! The client is at 127.0.0.1, everybody else at other loopback addresses.
//!
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use std::net::SocketAddr;

use ftp_server::ServerBuilder;
use ftp_server::data::{PortRange, Shared};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client::{Client, connect_from, read_all, soon};
use crate::site::Site;

/// A server for each way to listen, with what it is.
async fn sites() -> Vec<(&'static str, Site)> {
    type Change = fn(ServerBuilder) -> ServerBuilder;
    let ways: [(_, Change); 3] = [
        ("ephemeral", |builder| builder),
        ("range", |builder| {
            builder.passive(PortRange::new(20_000..=29_999).unwrap())
        }),
        ("shared", |builder| {
            builder.passive(Shared::new(0..=0).unwrap())
        }),
    ];
    let mut sites = Vec::new();
    for (way, change) in ways {
        let site = Site::with(change).await;
        site.write("secret", b"for alice alone");
        sites.push((way, site));
    }
    sites
}

/// What a connection that must not get anything has got.
async fn loot(mut thief: TcpStream) -> Vec<u8> {
    let mut loot = Vec::new();
    // Its end may be a reset.
    let _ = soon("end", thief.read_to_end(&mut loot)).await;
    loot
}

/// Nobody has connected to a listener: the first connection is one's own.
async fn is_untouched(listener: &TcpListener) {
    let own = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (_, first) = soon("accept", listener.accept()).await.unwrap();
    assert_eq!(first, own.unwrap().local_addr().unwrap());
}

fn port(address: SocketAddr) -> String {
    let SocketAddr::V4(address) = address else {
        panic!("{address}");
    };
    let host = address.ip().to_string().replace('.', ",");
    let [high, low] = address.port().to_be_bytes();
    format!("PORT {host},{high},{low}")
}

#[tokio::test]
async fn the_server_connects_to_nobody_but_the_client() {
    let site = Site::new().await;
    site.write("file", b"content");
    let other = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let target = other.local_addr().unwrap();
    let number = target.port();
    let mut early = Client::connect(site.address).await;
    early.expect(&port(target), 530).await;
    let mut client = Client::log_in(site.address).await;
    for command in [
        port(target),
        format!("EPRT |1|127.0.0.2|{number}|"),
        format!("EPRT |2|::ffff:127.0.0.2|{number}|"),
        format!("EPRT |2|::ffff:127.0.0.1|{number}|"),
        format!("EPRT |2|::1|{number}|"),
        port(SocketAddr::from(([0, 0, 0, 0], number))),
        port(SocketAddr::from(([255, 255, 255, 255], number))),
        port(SocketAddr::from(([224, 0, 0, 1], number))),
        format!("EPRT |1|0.0.0.0|{number}|"),
        format!("EPRT |1|255.255.255.255|{number}|"),
    ] {
        let (code, text) = client.ask(&command).await;
        // A mapped address of the client itself is the client's, and may be taken as such.
        if code != 200 || !command.contains("127.0.0.1") {
            assert!(matches!(code, 500 | 501 | 504 | 522), "{command}: {text}");
        }
        let (code, text) = client.ask("RETR file").await;
        if code == 150 {
            client.expect_reply(425).await;
        } else {
            assert!(matches!(code, 425 | 503), "{command}: {text}");
        }
    }
    is_untouched(&other).await;
}

#[tokio::test]
async fn the_server_connects_to_no_port_of_another_service() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    for number in [0, 1, 20, 21, 25, 80, 1023] {
        for command in [
            port(SocketAddr::from(([127, 0, 0, 1], number))),
            format!("EPRT |1|127.0.0.1|{number}|"),
        ] {
            client.expect(&command, 501).await;
            let (code, text) = client.ask("RETR file").await;
            assert!(matches!(code, 425 | 503), "{command}: {text}");
        }
    }
    client.expect("PORT 127,0,0,1,4,0", 200).await;
}

#[tokio::test]
async fn a_refused_port_takes_an_earlier_one_back() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    for bad in [
        "PORT 127,0,0,2,156,64",
        "PORT 127,0,0,1,0,25",
        "PORT 127,0,0,1,156",
        "PORT",
        "EPRT |1|127.0.0.2|40000|",
        "EPRT |1|127.0.0.1|1023|",
        "EPRT |3|x|40000|",
        "EPRT nonsense",
        "EPSV 3",
    ] {
        let good = client.active("PORT").await;
        let (code, text) = client.ask(bad).await;
        assert!((500..=522).contains(&code), "{bad}: {text}");
        let (code, text) = client.ask("RETR file").await;
        assert!(matches!(code, 425 | 503), "{bad}: {text}");
        is_untouched(&good).await;
    }
}

#[tokio::test]
async fn a_thief_who_comes_first_gets_nothing_and_costs_nothing() {
    for (way, site) in sites().await {
        let mut client = Client::log_in(site.address).await;
        // One who is logged in is a thief too.
        let mut mallory = Client::log_in_from("127.0.0.2", site.address).await;
        mallory.epsv().await;
        for verb in ["RETR", "STOR"] {
            let at = client.epsv().await;
            let mut thief = connect_from("127.0.0.3", at).await.unwrap();
            let _ = thief.write_all(b"forged").await;
            let mut data = TcpStream::connect(at).await.unwrap();
            let late = connect_from("127.0.0.3", at).await;
            if verb == "RETR" {
                client.begin("RETR secret").await;
                assert_eq!(read_all(&mut data).await, b"for alice alone", "{way}");
            } else {
                client.begin("STOR upload").await;
                data.write_all(b"by alice").await.unwrap();
            }
            drop(data);
            client.expect_reply(226).await;
            assert_eq!(loot(thief).await, b"", "{way} {verb}");
            if let Ok(late) = late {
                assert_eq!(loot(late).await, b"", "{way} {verb}");
            }
        }
        assert_eq!(site.read("upload"), b"by alice", "{way}");
    }
}

#[tokio::test]
async fn silent_strangers_block_nothing() {
    for (way, site) in sites().await {
        let mut client = Client::log_in(site.address).await;
        let at = client.epsv().await;
        let mut silent = Vec::new();
        for number in 0..100 {
            let host = format!("127.0.1.{number}");
            silent.push(connect_from(&host, at).await.unwrap());
        }
        let mut data = soon(way, TcpStream::connect(at)).await.unwrap();
        client.begin("RETR secret").await;
        assert_eq!(read_all(&mut data).await, b"for alice alone", "{way}");
        client.expect_reply(226).await;
        for stranger in silent {
            assert_eq!(loot(stranger).await, b"", "{way}");
        }
    }
}

#[tokio::test]
async fn a_port_serves_one_connection_and_dies_with_the_next_pasv() {
    for (way, site) in sites().await {
        let mut client = Client::log_in(site.address).await;
        let first = client.epsv().await;
        let second = client.epsv().await;
        if first != second {
            assert!(TcpStream::connect(first).await.is_err(), "{way}");
        }
        let mut data = TcpStream::connect(second).await.unwrap();
        client.begin("RETR secret").await;
        assert_eq!(read_all(&mut data).await, b"for alice alone", "{way}");
        client.expect_reply(226).await;
        // A shared port still listens, but nobody is served.
        if let Ok(again) = TcpStream::connect(second).await {
            assert_eq!(way, "shared");
            assert_eq!(loot(again).await, b"");
        }
        client.expect("RETR secret", 425).await;
    }
}
