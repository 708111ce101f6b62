//! What the trace of a session tells, and what it doesn't.
//!
//! In a process of its own: events of callsites that another test met first look unwanted to all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    reason = "a test may panic, and says so by that"
)]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "server/client.rs"]
mod client;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "server/site.rs"]
mod site;

use std::io::Write;
use std::sync::{Arc, Mutex};

use ftp_server::data::FromPort;
use tracing_subscriber::fmt::MakeWriter;

use crate::client::Client;
use crate::site::Site;

/// Gathers what is traced.
#[derive(Clone, Default)]
struct Gathered(Arc<Mutex<Vec<u8>>>);

impl Gathered {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Gathered {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The runtime has one thread, so the subscriber of the thread sees all of the server.
#[tokio::test]
async fn a_trace_tells_everything_but_passwords() {
    let gathered = Gathered::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(gathered.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let site = Site::new().await;
    site.write("file", b"content");
    let mut client = Client::connect(site.address).await;
    client.expect("USER alice", 331).await;
    client.expect("PASS hunter2", 530).await;
    client.expect("PASS hunter3", 503).await;
    client.send("pass hunter4\r\n").await;
    client.reply().await;
    client.send("PASSWORD hunter5\r\n").await;
    client.reply().await;
    client.expect("USER alice", 331).await;
    client.expect("PASS secret", 230).await;
    client.ask("ACCT hunter6").await;
    client.expect("TYPE I", 200).await;
    assert_eq!(client.fetch("RETR file").await, b"content");
    client.expect("QUIT", 221).await;
    client.expect_end().await;
    drop(client);

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let active = FromPort(taken.local_addr().unwrap().port());
    let site = Site::with(|builder| builder.active(active)).await;
    site.write("file", b"content");
    let mut client = Client::log_in(site.address).await;
    let _listener = client.active("PORT").await;
    client.begin("RETR file").await;
    client.expect_reply(425).await;
    let text = gathered.text();
    for told in [
        "connected",
        "login failed",
        "logged in",
        "USER alice",
        "PASS ***",
        "RETR file",
        "transfer started",
        "transfer ended",
        "bytes=7",
        "peer=127.0.0.1",
        "can't bind the source port",
    ] {
        assert!(text.contains(told), "{told} is missing in:\n{text}");
    }
    for secret in ["hunter", "secret"] {
        assert!(!text.contains(secret), "{secret} is in:\n{text}");
    }
}
