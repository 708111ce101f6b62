//! The ports that connections hold after they are closed, which cost the next connections time.
//!
//! A closed connection keeps its port for a minute. With thousands of them the system searches long
//! for a free port, much longer for one server than for another, and in the end finds none.

use core::time::Duration;
use std::fs;
use std::io;
use std::thread;

/// So many closed connections do no harm.
const HARMLESS: u32 = 1000;

/// Waits until the system has forgotten most closed connections.
pub(crate) fn wait_for_free() -> io::Result<()> {
    while closed()? > HARMLESS {
        thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

/// How many closed connections the system remembers: the number after `tw` in the line of TCP.
fn closed() -> io::Result<u32> {
    let statistics = fs::read_to_string("/proc/net/sockstat")?;
    let line = statistics.lines().find_map(|it| it.strip_prefix("TCP:"));
    let mut words = line.unwrap_or_default().split_whitespace();
    words
        .find(|&word| word == "tw")
        .and_then(|_| words.next()?.parse().ok())
        .ok_or_else(|| io::Error::other("no `tw` in sockstat"))
}
