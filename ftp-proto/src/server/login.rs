//! Logging in and out: USER, PASS, ACCT, REIN, QUIT ([RFC 959 §4.1.1], [RFC 2577]).
//!
//! ```text
//!          USER          PASS                LoggedIn
//!   Out ─────────▶ Named ─────▶ (question) ────────────▶ In
//!    ▲                               │ Denied             │ USER, REIN
//!    └──── 530 after the delay ◀─────┘                    ▼
//!    └──────────────────────────────────────────── Unmount, Out
//! ```
//!
//! Known and unknown users can't be told apart: USER is always answered by the same 331, a failed
//! PASS by the same 530 after a delay that grows. Failures count for the whole session.
//!
//! [RFC 959 §4.1.1]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use core::mem;
use core::time::Duration;

use alloc::vec::Vec;

use crate::path::Argument;
use crate::reply::{Reply, ReplyCode};
use crate::secret::Secret;
use crate::time::Moment;

use super::ask::Pending;
use super::settings::Settings;
use super::{Answer, Ask, Grant, Note, Output, Phase, Rights, ServerSession, Timer};

/// Who is logged in.
#[derive(Debug, Default)]
pub(super) enum Login {
    /// Nobody.
    #[default]
    Out,
    /// Nobody, but USER named one.
    Named(Argument),
    /// This user, with these rights.
    In { user: Argument, rights: Rights },
}

impl Login {
    pub(super) const fn rights(&self) -> Option<Rights> {
        match self {
            Self::In { rights, .. } => Some(*rights),
            _ => None,
        }
    }

    pub(super) const fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }
}

impl ServerSession {
    pub(super) fn user(&mut self, name: Argument, now: Moment) {
        self.log_out(now);
        self.login = Login::Named(name);
        self.reply(ReplyCode::NEED_PASSWORD, "Send the password with PASS.");
    }

    pub(super) fn password(&mut self, password: Secret<Argument>) {
        if let Login::Named(user) = mem::take(&mut self.login) {
            let ask = Ask::Login {
                user: user.clone(),
                password,
            };
            self.ask(ask, Pending::Login(user));
        }
    }

    pub(super) fn account(&mut self) {
        self.reply(ReplyCode::SUPERFLUOUS, "No account is needed.");
    }

    pub(super) fn reinitialize(&mut self, now: Moment) {
        self.log_out(now);
        self.greet();
    }

    pub(super) fn quit(&mut self, now: Moment) {
        self.reply(ReplyCode::CLOSING, "Goodbye.");
        self.close(now);
    }

    pub(super) fn greet(&mut self) {
        let config = self.config.clone();
        self.reply_with(Reply::with_lines(
            ReplyCode::READY,
            config.greeting.split('\n').map(str::trim_end),
        ));
    }

    /// Goes on with the answer to [`Ask::Login`].
    pub(super) fn logged_in(&mut self, user: Argument, answer: Answer, now: Moment) {
        match answer {
            Answer::LoggedIn(grant) => self.admit(user, grant),
            Answer::Denied => self.deny(user, now),
            _ => self.reply(
                ReplyCode::NOT_LOGGED_IN,
                "Nobody can log in at the moment; try again later.",
            ),
        }
    }

    /// Answers a failed login, now that its delay is over.
    pub(super) fn denied(&mut self, now: Moment) {
        if matches!(self.phase, Phase::Delayed) {
            self.phase = Phase::Ready;
            self.reply(ReplyCode::NOT_LOGGED_IN, "Login incorrect.");
            if self.failed_logins >= self.config.max_login_attempts {
                self.close_with("Too many failed logins.", now);
            }
        }
    }

    fn admit(&mut self, user: Argument, grant: Grant) {
        self.timers.stop(Timer::Login);
        self.note(Note::LoggedIn { user: user.clone() });
        self.settings.directory = grant.home;
        self.login = Login::In {
            user,
            rights: grant.rights,
        };
        let mut lines: Vec<&[u8]> = grant.message.iter().map(Argument::as_bytes).collect();
        lines.push(b"Logged in.");
        self.reply_with(Reply::with_lines(ReplyCode::LOGGED_IN, lines));
    }

    fn deny(&mut self, user: Argument, now: Moment) {
        self.failed_logins = self.failed_logins.saturating_add(1);
        self.note(Note::LoginFailed {
            user,
            attempts: self.failed_logins,
        });
        self.phase = Phase::Delayed;
        let delay = delay(self.config.login_delay, self.failed_logins);
        if delay.is_zero() {
            self.denied(now);
        } else {
            self.timers.set(Timer::LoginDelay, now, delay);
        }
    }

    /// Forgets the user and all that was set; data connections are closed.
    fn log_out(&mut self, now: Moment) {
        if self.login.rights().is_some() {
            self.output(Output::Unmount);
            self.timers
                .set(Timer::Login, now, self.config.login_timeout);
        }
        self.login = Login::Out;
        self.settings = Settings::default();
        self.close_data();
        self.data.epsv_only = false;
    }
}

/// The delay before the `attempt`th refusal: doubled each time, at most sixteenfold.
fn delay(first: Duration, attempt: u32) -> Duration {
    first.saturating_mul(1 << attempt.saturating_sub(1).min(4))
}
