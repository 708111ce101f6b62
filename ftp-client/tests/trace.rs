//! The protocol trace. Alone in its file: other tests, which nobody traces, would make the events
//! look unwanted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use ftp_client::Credentials;
use support::{both, pair};

/// Collects what is traced.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_trace_shows_everything_but_secrets() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("USER bob", "331 password?").await;
        server.answer("PASS hunter2", "332 account?").await;
        server.answer("ACCT vault7", "230-hello\r\n230 in").await;
        server.answer("NOOP", "200 \x1b[2Jok").await;
        server.answer("QUIT", "221 bye").await;
    };
    let calls = async {
        let argument = |text| ftp_client::Argument::new(text).unwrap();
        let who = Credentials::new(argument("bob"), argument("hunter2"));
        client
            .login_as(who.with_account(argument("vault7")))
            .await
            .unwrap();
        client.noop().await.unwrap();
        client.quit().await.unwrap();
    };
    both(calls, script).await;
    let trace = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    for shown in [
        "> USER bob",
        "> PASS ***",
        "> ACCT ***",
        "< 220 ready",
        "< 230-hello",
        "< 230 in",
        "< 221 bye",
    ] {
        assert!(trace.contains(shown), "{shown} isn't in\n{trace}");
    }
    for hidden in ["hunter2", "vault7", "\x1b[2J"] {
        assert!(!trace.contains(hidden), "{hidden:?} is in\n{trace}");
    }
}
