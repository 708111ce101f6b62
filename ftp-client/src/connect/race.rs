//! Connecting to any of several addresses: Happy Eyeballs in small ([RFC 8305]).
//!
//! The families take turns. Each address gets a quarter of a second, or until it fails, before the
//! next one is tried as well; the first connection wins, the others are dropped. A host whose IPv6
//! leads nowhere so costs a moment instead of a timeout.
//!
//! [RFC 8305]: https://www.rfc-editor.org/rfc/rfc8305

use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::timeout;

/// The head start of an address before the next one (RFC 8305 §5).
const HEAD_START: Duration = Duration::from_millis(250);

/// The first connection that stands, or what the last attempt said.
pub(super) async fn race<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    attempt: impl Fn(SocketAddr) -> F,
) -> io::Result<T> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let mut waiting = take_turns(addresses).into_iter();
    let mut running = FuturesUnordered::new();
    loop {
        running.extend(waiting.next().map(&attempt));
        let patience = if waiting.len() == 0 {
            Duration::MAX
        } else {
            HEAD_START
        };
        match timeout(patience, running.next()).await {
            Ok(Some(Ok(connection))) => return Ok(connection),
            Ok(Some(Err(error))) => last = error,
            Ok(None) => return Err(last),
            Err(_) => {}
        }
    }
}

/// Lets the families alternate, beginning with that of the first address.
fn take_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = addresses.first().map(SocketAddr::is_ipv4);
    let (ours, others): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| Some(address.is_ipv4()) == first);
    let longest = ours.len().max(others.len());
    (0..longest)
        .flat_map(|turn| [ours.get(turn), others.get(turn)])
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, sleep};

    use super::*;

    #[test]
    fn the_families_take_turns() {
        for (given, tried) in [
            ("", ""),
            ("4a", "4a"),
            ("6a 6b 6c 4a 4b", "6a 4a 6b 4b 6c"),
            ("4a 4b 6a", "4a 6a 4b"),
            ("4a 6a 4b 6b", "4a 6a 4b 6b"),
        ] {
            let address = |name: &str| match name.split_at(1) {
                ("4", port) => format!("192.0.2.1:{}", u16::from_str_radix(port, 16).unwrap()),
                (_, port) => format!("[2001:db8::1]:{}", u16::from_str_radix(port, 16).unwrap()),
            };
            let addresses = |names: &str| -> Vec<SocketAddr> {
                names
                    .split_whitespace()
                    .map(|name| address(name).parse().unwrap())
                    .collect()
            };
            assert_eq!(take_turns(addresses(given)), addresses(tried), "{given}");
        }
    }

    /// Each attempt is what happens, and after how many milliseconds; the port names it.
    #[tokio::test(start_paused = true)]
    async fn the_first_connection_wins() {
        let never = u64::MAX;
        for (attempts, winner, millis) in [
            (&[("stands", 10)][..], Some(0), 10),
            (&[("stands", 300)], Some(0), 300),
            (&[("fails", 10), ("stands", 10)], Some(1), 20),
            (&[("hangs", never), ("stands", 10)], Some(1), 260),
            (&[("stands", 300), ("stands", 10)], Some(1), 260),
            (&[("stands", 300), ("stands", 100)], Some(0), 300),
            (&[("fails", 300), ("fails", 10)], None, 300),
            (&[("fails", 10), ("fails", 10), ("fails", 10)], None, 30),
            (
                &[("hangs", never), ("hangs", never), ("stands", 5)],
                Some(2),
                505,
            ),
            (&[], None, 0),
        ] {
            let addresses = (0..attempts.len())
                .map(|port| SocketAddr::from(([192, 0, 2, 1], u16::try_from(port).unwrap())))
                .collect();
            let start = Instant::now();
            let won = race(addresses, |address| async move {
                let (what, after) = attempts[usize::from(address.port())];
                sleep(Duration::from_millis(after.min(1_000_000))).await;
                match what {
                    "stands" => Ok(address.port()),
                    _ => Err(io::ErrorKind::ConnectionRefused.into()),
                }
            })
            .await;
            assert_eq!(won.ok(), winner, "{attempts:?}");
            let passed = u64::try_from(start.elapsed().as_millis()).unwrap();
            assert!(passed.abs_diff(millis) <= 5, "{attempts:?}: {passed} ms");
        }
    }
}
