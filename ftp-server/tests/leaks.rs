//! Many sessions at once, and what they leave behind. A process of its own, because it counts the
//! process's file descriptors.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    reason = "a test may panic, and says so by that"
)]

#[allow(dead_code, reason = "shared with the other tests")]
#[path = "server/client.rs"]
mod client;
#[allow(dead_code, reason = "shared with the other tests")]
#[path = "server/site.rs"]
mod site;

use std::sync::{Mutex, PoisonError};

use client::{Client, soon};
use site::Site;

/// Runs a test on a runtime of its own while no other test has one: they count what the whole
/// process has open.
fn alone(test: impl Future<Output = ()>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// How many file descriptors this process has.
#[cfg(target_os = "linux")]
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Waits until no more than so many file descriptors are open.
#[cfg(target_os = "linux")]
async fn until_at_most(limit: usize) {
    soon("sockets are closed", async {
        while descriptors() > limit {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_pasv_leaks_nothing() {
    alone(async {
        let site = Site::new().await;
        let mut client = Client::log_in(site.address).await;
        client.pasv().await;
        let before = descriptors();
        for _ in 0..20 {
            client.send("PASV\r\n".repeat(500)).await;
            for _ in 0..500 {
                client.expect_reply(227).await;
            }
            assert!(
                descriptors() <= before + 1,
                "{} after {before}",
                descriptors()
            );
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn clients_that_vanish_at_any_moment_leak_nothing() {
    alone(async {
        let site = Site::new().await;
        site.sparse("big", 1 << 30);
        let before = descriptors();
        for round in 0..200 {
            let mut client = Client::log_in(site.address).await;
            let data = client.passive().await;
            match round % 4 {
                0 => {}
                1 => {
                    client.begin("RETR big").await;
                }
                2 => {
                    client.begin("STOR upload").await;
                }
                _ => client.send("RETR big\r\nQUIT\r\n").await,
            }
            if round % 2 == 0 {
                ftp_server::data::DataStream::from(data).reset();
            }
        }
        until_at_most(before).await;
    });
}

#[cfg(unix)]
#[test]
fn two_thousand_sessions_with_endless_lines_are_no_trouble() {
    alone(async {
        use rustix::process::{Resource, getrlimit, setrlimit};

        const SESSIONS: usize = 2000;
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        setrlimit(Resource::Nofile, limit).unwrap();
        if limit
            .current
            .is_some_and(|most| most < 2 * SESSIONS as u64 + 100)
        {
            eprintln!("skipped: only {:?} file descriptors", limit.current);
            return;
        }
        let site = Site::new().await;
        let mut clients = Vec::with_capacity(SESSIONS);
        for _ in 0..SESSIONS {
            clients.push(Client::connect(site.address).await);
        }
        let line = vec![b'A'; 100_000];
        let before = resident_kib();
        for client in &mut clients {
            client.send(&line).await;
        }
        for client in &mut clients {
            client.send("\r\nNOOP\r\n").await;
            client.expect_reply(500).await;
            let (code, text) = client.reply().await;
            assert!(code == 200 || code == 530, "{text}");
        }
        let grown = resident_kib().saturating_sub(before);
        assert!(grown < 64 * 1024, "{grown} KiB for {SESSIONS} sessions");
    });
}

/// The memory of this process, in KiB; 0 where that can't be asked.
#[cfg(unix)]
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
