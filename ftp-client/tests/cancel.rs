//! Futures dropped at every await point: the client recovers or says that it is dead, and is
//! never out of step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use ftp_client::Client;
use support::{Server, alone, read_all};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that obeys, on a task of its own. Every answer to PWD counts one up.
async fn obey(listener: TcpListener) {
    let mut server = Server::accept(&listener).await;
    server.say("220 ready").await;
    let mut passive = None;
    let mut asked = 0;
    while let Some(line) = server.line().await {
        let verb = line.split(' ').next().unwrap();
        match verb {
            "USER" => server.say("331 password?").await,
            "PASS" => server.say("230 in").await,
            "RNFR" => server.say("350 to?").await,
            "SIZE" => server.say("213 8").await,
            "ABOR" => server.say("226 nothing to abort").await,
            "PWD" => {
                asked += 1;
                server.say(&format!("257 \"/{asked}\"")).await;
            }
            "EPSV" => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                passive = Some(listener);
                server.say(&format!("229 ok (|||{port}|)")).await;
            }
            "RETR" | "STOR" | "MLSD" => {
                let Some(listener) = passive.take() else {
                    server.say("425 no connection").await;
                    continue;
                };
                server.say("150 ok").await;
                let (mut data, _) = listener.accept().await.unwrap();
                let whole = match verb {
                    "STOR" => read_all(data).await.1.is_ok(),
                    "RETR" => data.write_all(b"12345678").await.is_ok(),
                    _ => data.write_all(b"type=file; a\r\n").await.is_ok(),
                };
                server
                    .say(if whole { "226 done" } else { "426 broken" })
                    .await;
            }
            _ => server.say("200 ok").await,
        }
    }
}

/// Polls a future so many times, then drops it; whether it came to its end.
async fn cut<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Cuts `call` off after each number of polls, until it comes through.
async fn everywhere(name: &str, call: impl AsyncFn(&mut Client)) {
    let mut recovered = 0;
    for polls in 0.. {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(obey(listener));
        let mut client = alone(Client::connect(address)).await.unwrap();
        let through = alone(cut(call(&mut client), polls)).await.is_some();
        // Two questions with different answers: neither may get that of something else.
        for asked in 1..=2 {
            match alone(client.working_directory()).await {
                Ok(path) => {
                    assert_eq!(
                        path.to_string_lossy(),
                        format!("/{asked}"),
                        "{name} {polls}"
                    );
                    recovered += 1;
                }
                Err(error) => assert!(error.is_closed(), "{name} {polls}: {error}"),
            }
        }
        drop(client);
        alone(server).await.unwrap();
        if through {
            break;
        }
        assert!(polls < 1000, "{name} never ends");
    }
    assert!(recovered > 0, "{name} never recovered");
}

#[tokio::test]
async fn commands_may_be_dropped_anywhere() {
    everywhere("login", async |client| {
        client.login("u", "p").await.unwrap();
    })
    .await;
    everywhere("rename", async |client| {
        client.rename("a", "b").await.unwrap();
    })
    .await;
    everywhere("size", async |client| {
        client.size("a").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn downloads_may_be_dropped_anywhere() {
    everywhere("download", async |client| {
        let mut download = client.download("a").await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(download.finish().await.unwrap().bytes, 8);
    })
    .await;
    everywhere("abort", async |client| {
        let download = client.download("a").await.unwrap();
        download.abort().await.unwrap();
    })
    .await;
    everywhere("list", async |client| {
        client.list("").await.unwrap().finish().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn uploads_may_be_dropped_anywhere() {
    everywhere("upload", async |client| {
        let mut upload = client.upload("a").await.unwrap();
        upload.write_all(&[1; 100_000]).await.unwrap();
        upload.finish().await.unwrap();
    })
    .await;
}
