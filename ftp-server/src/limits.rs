//! How many sessions there may be, in all and for each client address.

use core::net::IpAddr;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts sessions; shared by all listeners of a server.
#[derive(Debug)]
pub(crate) struct Limits {
    max_sessions: usize,
    max_per_address: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    sessions: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why a session isn't let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The server has enough sessions.
    Server,
    /// The address has enough sessions.
    Address,
}

impl Full {
    /// What the client is told before its connection is closed.
    pub(crate) const fn reply(self) -> &'static [u8] {
        match self {
            Self::Server => b"421 Too many sessions, try again later.\r\n",
            Self::Address => b"421 Too many sessions from your address.\r\n",
        }
    }
}

impl Limits {
    pub(crate) fn new(max_sessions: usize, max_per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            max_sessions,
            max_per_address,
            counts: Mutex::default(),
        })
    }

    /// Lets a session in, for as long as the admission lives.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admission, Full> {
        let mut counts = self.counts();
        if counts.sessions >= self.max_sessions {
            return Err(Full::Server);
        }
        counts.sessions += 1;
        Ok(Admission {
            limits: Arc::clone(self),
            address: None,
        })
    }

    /// The counts are whole even if a thread panicked while it held the lock: no call out happens
    /// in between.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place that one session takes; dropping it, also by a panic, makes it free.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: Arc<Limits>,
    address: Option<IpAddr>,
}

impl Admission {
    /// Counts the session for its client's address too, which may be known only later.
    pub(crate) fn attribute(&mut self, address: IpAddr) -> Result<(), Full> {
        let mut counts = self.limits.counts();
        let count = counts.by_address.entry(address).or_default();
        if *count >= self.limits.max_per_address {
            return Err(Full::Address);
        }
        *count += 1;
        self.address = Some(address);
        Ok(())
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut counts = self.limits.counts();
        counts.sessions = counts.sessions.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(count) = counts.by_address.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(core::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(127, 0, 0, 2));

    #[test]
    fn places_are_limited_in_all_and_for_each_address() {
        let limits = Limits::new(3, 1);
        let mut first = limits.admit().unwrap();
        let mut second = limits.admit().unwrap();
        let _third = limits.admit().unwrap();
        assert_eq!(limits.admit().unwrap_err(), Full::Server);
        first.attribute(HERE).unwrap();
        assert_eq!(second.attribute(HERE), Err(Full::Address));
        second.attribute(THERE).unwrap();
    }

    #[test]
    fn a_dropped_admission_is_free_again_even_after_a_panic() {
        let limits = Limits::new(1, 1);
        let held = Arc::clone(&limits);
        let panicked = std::thread::spawn(move || {
            let mut admission = held.admit().unwrap();
            admission.attribute(HERE).unwrap();
            panic!("a session dies");
        });
        panicked.join().unwrap_err();
        limits.admit().unwrap().attribute(HERE).unwrap();
        assert!(limits.counts().by_address.is_empty());
    }
}
