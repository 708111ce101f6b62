//! Passive ports of a range: found, freed, run out of, and had again.

use std::collections::HashSet;
use std::time::Duration;

use ftp_server::ServerBuilder;
use ftp_server::data::PortRange;
use rand::RngExt as _;

use crate::client::{Client, soon};
use crate::crowd::{crowd, raise_file_limit};
use crate::site::Site;

/// The first of `count` ports in a row that were free a moment ago. They are below those that the
/// system gives to the other tests.
fn free_ports(count: u16) -> u16 {
    (0..100)
        .find_map(|_| {
            let start = rand::rng().random_range(10_000..20_000);
            let bound: Result<Vec<_>, _> = (start..start + count)
                .map(|port| std::net::TcpListener::bind(("127.0.0.1", port)))
                .collect();
            bound.is_ok().then_some(start)
        })
        .expect("there are ports in a row")
}

async fn site_with(range: PortRange) -> Site {
    let site = Site::with(|builder| builder.passive(range)).await;
    site.write("file", b"content");
    site
}

#[tokio::test]
async fn ports_are_used_freed_and_run_out() {
    let port = free_ports(1);
    let range = PortRange::new(port..=port).unwrap();
    let site = site_with(range.with_patience(Duration::ZERO)).await;
    let mut one = Client::log_in(site.address).await;
    let mut other = Client::log_in(site.address).await;
    for _ in 0..3 {
        assert_eq!(one.epsv().await.port(), port);
        other.expect("EPSV", 425).await;
        assert_eq!(one.fetch("RETR file").await, b"content");
        assert_eq!(other.fetch("RETR file").await, b"content");
    }
}

#[tokio::test]
async fn two_hundred_sessions_on_ten_ports_hold_ten_and_the_ports_come_back() {
    let first = free_ports(10);
    let range = PortRange::new(first..=first + 9).unwrap();
    let range = range.with_patience(Duration::ZERO);
    let site = Site::with(|builder| {
        builder
            .passive(range)
            .data_open_timeout(Duration::from_secs(2))
    })
    .await;
    site.write("file", b"content");
    let mut sessions = Vec::new();
    for _ in 0..200 {
        sessions.push(Client::log_in(site.address).await);
    }
    let mut ports = HashSet::new();
    for client in &mut sessions {
        let (code, text) = client.ask("EPSV").await;
        match code {
            229 => assert!(ports.insert(text)),
            code => assert_eq!(code, 425, "{text}"),
        }
    }
    assert_eq!(ports.len(), 10);
    // Nobody connects, so the ports are given back, and everybody can be served.
    let mut last = sessions.pop().unwrap();
    soon("a port", async { while last.ask("EPSV").await.0 != 229 {} }).await;
    for client in &mut sessions {
        assert_eq!(client.fetch("RETR file").await, b"content");
    }
}

#[tokio::test]
async fn a_session_holds_one_port_however_often_it_asks() {
    let first = free_ports(2);
    let site = site_with(PortRange::new(first..=first + 1).unwrap()).await;
    let mut client = Client::log_in(site.address).await;
    client.send("PASV\r\n".repeat(2_000)).await;
    for _ in 0..2_000 {
        client.expect_reply(227).await;
    }
    assert_eq!(client.fetch("RETR file").await, b"content");
}

#[tokio::test]
async fn a_client_may_hold_no_more_than_its_share() {
    let first = free_ports(4);
    let range = PortRange::new(first..=first + 3).unwrap();
    let site = site_with(range.with_max_per_client(2)).await;
    let mut greedy = Vec::new();
    for code in [229, 229, 425] {
        let mut client = Client::log_in(site.address).await;
        client.expect("EPSV", code).await;
        greedy.push(client);
    }
    let mut other = Client::log_in_from("127.0.0.2", site.address).await;
    other.expect("EPSV", 229).await;
    // A session that ends gives its port back.
    greedy.remove(0).expect("QUIT", 221).await;
    greedy[1].expect("EPSV", 229).await;
}

#[tokio::test]
async fn the_last_free_port_of_a_full_range_is_found() {
    raise_file_limit();
    let (first, last) = (30_000, 31_499);
    let site = site_with(PortRange::new(first..=last).unwrap()).await;
    // Another program has all ports but one, as far as that one can be had at all.
    let free = (first..=last)
        .find(|&port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok())
        .unwrap();
    let taken: Vec<_> = (first..=last)
        .filter(|&port| port != free)
        .filter_map(|port| std::net::TcpListener::bind(("127.0.0.1", port)).ok())
        .collect();
    assert!(taken.len() >= 1_400, "{}", taken.len());
    let mut client = Client::log_in(site.address).await;
    for _ in 0..3 {
        let port = client.epsv().await.port();
        assert!(
            port == free
                || taken
                    .iter()
                    .all(|held| held.local_addr().unwrap().port() != port)
        );
        assert_eq!(client.fetch("RETR file").await, b"content");
    }
}

#[tokio::test]
async fn ports_can_not_be_foretold() {
    let many = |builder: ServerBuilder| builder.passive(PortRange::new(20_000..=29_999).unwrap());
    for change in [many, |builder| builder] {
        let site = Site::with(change).await;
        let mut client = Client::log_in(site.address).await;
        let mut steps = HashSet::new();
        let mut last = 0;
        for _ in 0..200 {
            let port = i32::from(client.epsv().await.port());
            steps.insert(port - last);
            last = port;
        }
        // Runs such as 1, 2, 3 or 2, 4, 6 have one step.
        assert!(steps.len() > 100, "{} different steps", steps.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_sessions_transfer_at_once_over_fifty_ports() {
    let first = free_ports(50);
    let range = PortRange::new(first..=first + 49).unwrap();
    crowd(500, |builder| {
        builder.passive(range.with_patience(Duration::from_secs(30)))
    })
    .await;
}
