//! What is told of a session, as [`tracing`] spans and events.
//!
//! Each session is one span, `session{id, peer}`. Passwords are never in it: commands are shown in
//! their redacted form, foreign ones by their verb alone.
//!
//! | level | events |
//! |---|---|
//! | `info` | `connected`, `logged in`, `transfer ended`, `closed` |
//! | `warn` | `login failed`, `foreign address`, `stranger turned away from a data port`, `can't bind the source port`, errors of storages and authenticators |
//! | `debug` | `command`, `bad command`, `reply`, `transfer started`, `timed out` |

use core::error::Error;
use core::fmt;

use tokio::time::Instant;
use tracing::{Span, debug, info, info_span, warn};

use ftp_proto::server::Note;

use crate::session::SessionInfo;

/// The span of a session.
pub(crate) fn span(session: &SessionInfo) -> Span {
    info_span!("session", id = session.id, peer = %session.peer)
}

/// Tells of what the protocol noted.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    transfer_started: Option<Instant>,
}

impl Observer {
    pub(crate) fn note(&mut self, note: Note) {
        match note {
            Note::Command(command) => debug!(%command, "command"),
            Note::BadCommand { code } => debug!(%code, "bad command"),
            Note::Replied(reply) => debug!(%reply, "reply"),
            Note::LoggedIn { user } => info!(?user, "logged in"),
            Note::LoginFailed { user, attempts } => warn!(?user, attempts, "login failed"),
            Note::TransferStarted { .. } => {
                self.transfer_started = Some(Instant::now());
                debug!("transfer started");
            }
            Note::TransferEnded { bytes, failure, .. } => {
                let started = self.transfer_started.take();
                let duration = started.map(|at| at.elapsed()).unwrap_or_default();
                match failure {
                    None => info!(bytes, ?duration, "transfer ended"),
                    Some(failure) => info!(bytes, ?duration, %failure, "transfer ended"),
                }
            }
            Note::ForeignAddress(address) => warn!(%address, "foreign address"),
            Note::TimedOut(timer) => debug!(?timer, "timed out"),
            other => debug!(note = ?other, "note"),
        }
    }
}

/// An error with all its causes on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
