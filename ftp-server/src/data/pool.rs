//! Ports that are handed out in turns.

use core::fmt::Debug;
use core::hash::Hash;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::free::Free;

/// The same ports for each of several users, who don't get in each other's way: for each address
/// that a server has, say.
///
/// A mutex guards what is whole even if a thread panicked while it held the lock: nothing foreign
/// is called in between.
#[derive(Debug)]
pub(super) struct Pools<User> {
    ports: RangeInclusive<u16>,
    pools: Mutex<HashMap<User, Pool>>,
}

#[derive(Debug)]
struct Pool {
    /// One permit for each port, given out in the order of asking.
    turns: Arc<Semaphore>,
    free: Free,
    /// How many wait for a turn or have one.
    guests: usize,
}

impl<User: Copy + Debug + Eq + Hash> Pools<User> {
    pub(super) fn new(ports: RangeInclusive<u16>) -> Self {
        Self {
            ports,
            pools: Mutex::default(),
        }
    }

    /// Waits for a port to be there for this user; for no longer than `patience`.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the turn goes to the next one.
    pub(super) async fn turn(
        self: Arc<Self>,
        user: User,
        patience: Duration,
    ) -> io::Result<Turn<User>> {
        let turns = self.with(user, |pool| {
            pool.guests += 1;
            Arc::clone(&pool.turns)
        });
        // From here on its drop takes the guest away.
        let mut turn = Turn {
            pools: self,
            user,
            drawn: None,
            permit: None,
        };
        match timeout(patience, turns.acquire_owned()).await {
            Ok(permit) => turn.permit = Some(permit.map_err(io::Error::other)?),
            Err(_) => return Err(busy("all ports are in use")),
        }
        Ok(turn)
    }

    fn with<T>(&self, user: User, act: impl FnOnce(&mut Pool) -> T) -> T {
        act(self.pools().entry(user).or_insert_with(|| Pool {
            turns: Arc::new(Semaphore::new(self.ports.len())),
            free: Free::new(self.ports.clone()),
            guests: 0,
        }))
    }

    fn pools(&self) -> MutexGuard<'_, HashMap<User, Pool>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many users are remembered that need not be.
const MANY: usize = 64;

/// A turn, and the port that was drawn in it; both are given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn<User: Copy + Debug + Eq + Hash> {
    pools: Arc<Pools<User>>,
    user: User,
    drawn: Option<u16>,
    /// Given back after the port, so that whoever is next finds one.
    permit: Option<OwnedSemaphorePermit>,
}

impl<User: Copy + Debug + Eq + Hash> Turn<User> {
    /// A port that nobody else has; `None` if other programs use all that are left.
    pub(super) fn draw(&mut self) -> Option<u16> {
        let drawn = |pool: &mut Pool| pool.free.take(Instant::now());
        self.drawn = self.pools.with(self.user, drawn);
        self.drawn
    }

    /// Finds that another program uses the port that was drawn.
    pub(super) fn shun(&mut self) {
        if let Some(port) = self.drawn.take() {
            let shun = |pool: &mut Pool| pool.free.shun(port, Instant::now());
            self.pools.with(self.user, shun);
        }
    }
}

impl<User: Copy + Debug + Eq + Hash> Drop for Turn<User> {
    fn drop(&mut self) {
        let mut pools = self.pools.pools();
        if let Some(pool) = pools.get_mut(&self.user) {
            if let Some(port) = self.drawn {
                pool.free.give(port);
            }
            pool.guests = pool.guests.saturating_sub(1);
            if pool.guests == 0 && pools.len() > MANY {
                pools.remove(&self.user);
            }
        }
    }
}

pub(super) fn busy(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    #[tokio::test(start_paused = true)]
    async fn users_wait_for_themselves_alone() {
        let pools = Arc::new(Pools::new(7..=8));
        let turn = |user: u8| Arc::clone(&pools).turn(user, PATIENCE);
        let mut held = [turn(1).await.unwrap(), turn(1).await.unwrap()];
        let ports = held.each_mut().map(|turn| turn.draw().unwrap());
        assert_eq!(ports[0] + ports[1], 15);
        turn(1).await.unwrap_err();
        turn(2).await.unwrap();
        let [first, second] = held;
        let (next, ()) = tokio::join!(turn(1), async { drop(first) });
        assert_eq!(next.unwrap().draw(), Some(ports[0]));
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_takes_no_port_along() {
        let pools = Arc::new(Pools::new(7..=7));
        for _ in 0..3 {
            let mut held = Arc::clone(&pools).turn((), PATIENCE).await.unwrap();
            assert_eq!(held.draw(), Some(7));
            let waiting = Arc::clone(&pools).turn((), PATIENCE);
            timeout(Duration::from_secs(1), waiting).await.unwrap_err();
            assert_eq!(pools.with((), |pool| pool.guests), 1);
        }
        assert_eq!(pools.with((), |pool| pool.guests), 0);
    }

    #[tokio::test]
    async fn users_that_are_gone_are_forgotten() {
        let pools = Arc::new(Pools::new(7..=7));
        for user in 0..10 * MANY {
            let turn = Arc::clone(&pools).turn(user, PATIENCE).await;
            turn.unwrap().draw();
        }
        assert!(pools.pools().len() <= MANY + 1);
    }
}
