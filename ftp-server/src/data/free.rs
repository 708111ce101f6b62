//! The ports of a range that nobody uses.

use core::ops::RangeInclusive;
use core::time::Duration;

use rand::RngExt as _;
use tokio::time::Instant;

/// How long a port that another program uses isn't tried again.
const SHUNNED: Duration = Duration::from_secs(1);

/// A list to draw from at random.
///
/// A draw costs the same however many ports are in use. Without the list, a range of ten thousand
/// ports that is nearly full would cost nearly ten thousand attempts to bind.
#[derive(Debug)]
pub(super) struct Free {
    ports: Vec<u16>,
    /// Ports that other programs use, and when to try them again.
    shunned: Vec<u16>,
    again: Option<Instant>,
}

impl Free {
    pub(super) fn new(ports: RangeInclusive<u16>) -> Self {
        Self {
            ports: ports.collect(),
            shunned: Vec::new(),
            again: None,
        }
    }

    /// Takes a port; every one is as likely as every other.
    pub(super) fn take(&mut self, now: Instant) -> Option<u16> {
        if self.again.is_some_and(|again| again <= now) {
            self.again = None;
            self.ports.append(&mut self.shunned);
        }
        if self.ports.is_empty() {
            return None;
        }
        let drawn = rand::rng().random_range(..self.ports.len());
        Some(self.ports.swap_remove(drawn))
    }

    /// Takes a port back.
    pub(super) fn give(&mut self, port: u16) {
        self.ports.push(port);
    }

    /// Takes a port back that another program uses.
    pub(super) fn shun(&mut self, port: u16, now: Instant) {
        self.again = self.again.or_else(|| now.checked_add(SHUNNED));
        self.shunned.push(port);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_is_drawn_once_and_in_no_order() {
        for range in [5..=5, 1..=65_535, 100..=163] {
            let now = Instant::now();
            let mut free = Free::new(range.clone());
            let mut drawn: Vec<_> = core::iter::from_fn(|| free.take(now)).collect();
            let in_order = drawn.is_sorted() || drawn.iter().rev().is_sorted();
            assert_eq!(in_order, drawn.len() == 1, "{range:?}");
            drawn.sort_unstable();
            assert_eq!(drawn, range.clone().collect::<Vec<_>>(), "{range:?}");
        }
    }

    #[test]
    fn a_port_of_another_program_is_left_alone_for_a_while() {
        let now = Instant::now();
        let mut free = Free::new(7..=8);
        let first = free.take(now).unwrap();
        free.shun(first, now);
        assert_eq!(free.take(now), Some(15 - first));
        assert_eq!(free.take(now), None);
        assert_eq!(free.take(now + SHUNNED), Some(first));
    }
}
