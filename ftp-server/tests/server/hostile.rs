//! Clients that don't mean well, or come over networks that cut anywhere.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, soon};
use crate::site::Site;

#[tokio::test]
async fn a_command_split_at_any_byte_is_the_same_command() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    let line = b"MKD \xc3\xa4 b\r\n";
    for cut in 1..line.len() {
        client.send(&line[..cut]).await;
        tokio::task::yield_now().await;
        client.send(&line[cut..]).await;
        client.expect_reply(257).await;
        client.expect("RMD ä b", 250).await;
    }
}

#[tokio::test]
async fn an_argument_with_nul_is_refused_not_cut() {
    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    client.send(b"DELE file\0.txt\r\n").await;
    let (code, text) = client.reply().await;
    assert!((500..=553).contains(&code), "{text}");
    assert_eq!(site.read("file"), b"content");
}

#[tokio::test]
async fn a_line_without_an_end_is_refused_once_and_costs_no_memory() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    client.send(vec![b'A'; 1_000_000]).await;
    client.send("\r\nNOOP\r\n").await;
    client.expect_reply(500).await;
    client.expect_reply(200).await;
}

#[tokio::test]
async fn nonsense_ends_the_session_in_the_end() {
    let site = Site::new().await;
    let mut client = Client::connect(site.address).await;
    client.send("nonsense\r\n".repeat(1000)).await;
    let mut last = 0;
    while let Some((code, _)) = client.try_reply().await {
        last = code;
    }
    assert_eq!(last, 421);
}

#[tokio::test]
async fn login_attempts_are_limited_and_delayed() {
    let delay = Duration::from_millis(50);
    let site = Site::with(|builder| builder.configure(|config| config.login_delay = delay)).await;
    let mut client = Client::connect(site.address).await;
    let begin = tokio::time::Instant::now();
    // All at once: the delay is not to be had for less.
    client.send("USER alice\r\nPASS wrong\r\n".repeat(10)).await;
    let mut codes = Vec::new();
    while let Some((code, _)) = client.try_reply().await {
        codes.push(code);
    }
    assert_eq!(
        codes.iter().filter(|&&code| code == 331).count(),
        3,
        "{codes:?}"
    );
    assert_eq!(codes.last(), Some(&421), "{codes:?}");
    assert!(begin.elapsed() >= delay * 3, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_client_that_reads_no_replies_is_no_longer_served() {
    let site = Site::new().await;
    let client = Client::log_in(site.address).await;
    let mut stream = client.into_stream();
    let flood = "NOOP\r\n".repeat(10_000);
    // The server stops to read when its replies don't leave; then nothing can be written any more.
    let flooding = async {
        for _ in 0..10_000 {
            stream.write_all(flood.as_bytes()).await?;
        }
        std::io::Result::Ok(())
    };
    let flooded = tokio::time::timeout(Duration::from_secs(2), flooding).await;
    assert!(
        !matches!(flooded, Ok(Ok(()))),
        "600 MB of commands were taken"
    );
}

#[tokio::test]
async fn sessions_are_limited_in_all_and_for_each_address() {
    let site = Site::with(|builder| builder.max_sessions(3).max_sessions_per_address(2)).await;
    let first = Client::connect(site.address).await;
    let second = Client::connect(site.address).await;
    let mut refused = Client::connect_silently(site.address).await;
    refused.expect_reply(421).await;
    refused.expect_end().await;

    let elsewhere = crate::client::connect_from("127.0.0.2", site.address)
        .await
        .unwrap();
    let mut elsewhere = Client::on(elsewhere);
    elsewhere.expect_reply(220).await;
    let mut refused = Client::connect_silently(site.address).await;
    refused.expect_reply(421).await;

    drop((first, second, elsewhere));
    soon("a place is free again", async {
        loop {
            let mut client = Client::connect_silently(site.address).await;
            if client
                .try_reply()
                .await
                .is_some_and(|(code, _)| code == 220)
            {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_vanishes_frees_its_passive_port() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    let address = client.epsv().await;
    drop(client);
    soon("the port is free", async {
        while TcpStream::connect(address).await.is_ok() {}
    })
    .await;
}
