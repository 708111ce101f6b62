//! Servers that end, and sessions over other streams.

use std::sync::Arc;
use std::time::Duration;

use ftp_server::Server;
use ftp_server::storage::MemoryStorage;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::client::{Client, read_all, soon};
use crate::site::{Alice, Site};

#[tokio::test]
async fn a_shutdown_tells_the_idle_and_lets_transfers_finish() {
    let mut site = Site::new().await;
    site.write("file", vec![b'x'; 5_000_000]);
    let mut idle = Client::log_in(site.address).await;
    let mut busy = Client::log_in(site.address).await;
    let mut data = busy.passive().await;
    busy.begin("RETR file").await;
    site.shut_down();
    idle.expect_reply(421).await;
    idle.expect_end().await;
    assert!(TcpStream::connect(site.address).await.is_err());
    assert_eq!(read_all(&mut data).await.len(), 5_000_000);
    busy.expect_reply(226).await;
    busy.expect_reply(421).await;
    busy.expect_end().await;
    soon("the server ends", &mut site.serving).await.unwrap();
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let mut site = Site::with(|builder| builder.shutdown_grace(Duration::from_millis(200))).await;
    site.sparse("big", 1 << 30);
    site.write("upload", b"earlier");
    let mut reader = Client::log_in(site.address).await;
    let _unread = reader.passive().await;
    reader.begin("RETR big").await;
    let mut writer = Client::log_in(site.address).await;
    let _unsent = writer.passive().await;
    writer.begin("STOR upload").await;
    site.shut_down();
    soon("the server ends", &mut site.serving).await.unwrap();
    assert_eq!(site.read("upload"), b"earlier");
}

#[tokio::test]
async fn a_session_runs_over_any_stream() {
    let server = Server::builder()
        .storage(Arc::new(MemoryStorage::new()))
        .authenticator(Alice)
        .build()
        .unwrap();
    let (near, far) = tokio::io::duplex(64);
    let peer = "192.0.2.1:40000".parse().unwrap();
    let local = "192.0.2.2:21".parse().unwrap();
    let serving = tokio::spawn(async move { server.serve_stream(far, peer, local).await });
    let (reader, mut writer) = tokio::io::split(near);
    writer
        .write_all(b"USER alice\r\nPASS secret\r\nMKD dir\r\nCWD dir\r\nPWD\r\nQUIT\r\n")
        .await
        .unwrap();
    let mut lines = BufReader::new(reader).lines();
    let mut codes = Vec::new();
    while let Some(line) = soon("reply", lines.next_line()).await.unwrap() {
        codes.push(line.get(..3).unwrap().to_owned());
    }
    assert_eq!(codes, ["220", "331", "230", "257", "250", "257", "221"]);
    soon("the session ends", serving).await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_closes_its_sessions() {
    let site = Site::new().await;
    let client = Client::log_in(site.address).await;
    drop(site);
    let mut stream = client.into_stream();
    let mut rest = Vec::new();
    let _ = soon("end", stream.read_to_end(&mut rest)).await;
    assert_eq!(rest, b"");
}
