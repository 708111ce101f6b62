//! The timers of a session, and what follows when one expires.

use crate::time::Moment;

use super::ending::Stop;
use super::{Note, Phase, ServerSession};

/// The timers of a server session; each has its field in [`ServerConfig`](super::ServerConfig).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// From the connection to a login.
    Login,
    /// Between commands.
    Idle,
    /// The data connection of a transfer.
    DataOpen,
    /// Movement on the data connection.
    Stall,
    /// An upload that becomes permanent.
    Commit,
    /// The delay of a 530.
    LoginDelay,
    /// The delivery of the last reply.
    Close,
}

impl Timer {
    pub(super) const ALL: [Self; 7] = [
        Self::Login,
        Self::Idle,
        Self::DataOpen,
        Self::Stall,
        Self::Commit,
        Self::LoginDelay,
        Self::Close,
    ];

    pub(super) fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

impl From<Timer> for usize {
    fn from(timer: Timer) -> Self {
        timer as Self
    }
}

impl ServerSession {
    pub(super) fn expire(&mut self, timer: Timer, now: Moment) {
        if timer != Timer::LoginDelay {
            self.note(Note::TimedOut(timer));
        }
        match timer {
            Timer::Login => self.close_with("No login in time.", now),
            Timer::Idle => self.close_with("No command for too long.", now),
            Timer::DataOpen => {
                self.close_data();
                self.not_connected();
            }
            Timer::Stall => self.stop(Stop::Stalled),
            Timer::Commit => self.commit_overdue(),
            Timer::LoginDelay => self.denied(now),
            Timer::Close => {
                if let Phase::Closing { end } = &mut self.phase {
                    *end = 0;
                }
            }
        }
    }
}
