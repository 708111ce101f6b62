//! From lines to commands, in order, and what may overtake ([RFC 959 §4.1.3 and §5.4]).
//!
//! Lines are executed one after the other; while a question is open or a transfer is under way, they
//! wait as raw bytes. A line whose bytes arrived before the 1yz of a transfer was sent is pipelined:
//! the client doesn't know of the transfer, so the line is answered after it. One that arrives later
//! with nothing waiting before it is about the transfer, and STAT and NOOP are answered at once.
//! Only ABOR overtakes.
//!
//! [RFC 959 §4.1.3 and §5.4]: https://www.rfc-editor.org/rfc/rfc959#section-4

use core::mem;

use alloc::format;

use crate::command::{Command, CommandError, EpsvArgument, RawCommand, Right, Verb};
use crate::path::VirtualPath;
use crate::reply::ReplyCode;
use crate::time::Moment;

use super::ask::Pending;
use super::ending::Stop;
use super::gate::{self, Passage, View};
use super::transfer::{Lines, Stage};
use super::{Ask, Note, Phase, ServerSession, Timer};

/// What a client has set for the very next command.
pub(super) struct OneShot {
    /// The path of RNFR, for any next command.
    pub(super) rename_from: Option<VirtualPath>,
    /// The offset of REST, for the next transfer command.
    pub(super) restart: u64,
}

impl ServerSession {
    /// Executes as many lines as can be executed now.
    pub(super) fn advance(&mut self, now: Moment) {
        loop {
            let moved = match self.phase {
                Phase::Ready => self.execute_next(now),
                Phase::Transferring(_) => self.serve_transfer(now),
                _ => false,
            };
            if !moved {
                break;
            }
        }
        match self.phase {
            Phase::Ready if self.timers.is_set(Timer::Idle) => {}
            Phase::Ready => self.timers.set(Timer::Idle, now, self.config.idle_timeout),
            _ => self.timers.stop(Timer::Idle),
        }
    }

    fn execute_next(&mut self, now: Moment) -> bool {
        if self.shutting_down {
            self.close_with("The server is shutting down.", now);
            return false;
        }
        if self.is_unread() {
            return false;
        }
        match self.lines.next_line() {
            Some(Ok(line)) => self.execute(&line, now),
            Some(Err(_)) => self.bad_command(ReplyCode::SYNTAX_ERROR, "Line too long.", now),
            None if self.eof => {
                self.close(now);
                return false;
            }
            None => return false,
        }
        true
    }

    /// Executes what needn't wait for the end of the transfer.
    fn serve_transfer(&mut self, now: Moment) -> bool {
        let Phase::Transferring(transfer) = &mut self.phase else {
            return false;
        };
        if transfer.aborted || matches!(transfer.stage, Stage::Stopping(_)) {
            return false;
        }
        if transfer.lines == Lines::Served && !self.is_unread() {
            let mut first = true;
            let served = self.lines.take_line(|line| {
                mem::take(&mut first)
                    && Command::parse(line)
                        .is_ok_and(|command| gate::passage(&command) == Passage::Now)
            });
            if let Some(line) = served {
                self.execute(&line, now);
                return true;
            }
        }
        self.hold_lines();
        let abort = self.lines.take_line(gate::is_abort);
        if abort.is_some() {
            self.execute_abort();
        }
        abort.is_some()
    }

    /// From the first line that must wait on, all do.
    fn hold_lines(&mut self) {
        if let Phase::Transferring(transfer) = &mut self.phase
            && transfer.lines == Lines::Served
            && self.lines.contains_line(|line| !gate::is_abort(line))
        {
            transfer.lines = Lines::Held;
        }
    }

    /// The 1yz of a transfer may be out now: what is already here was sent before it was seen.
    pub(super) fn announced(&mut self) {
        if let Phase::Transferring(transfer) = &mut self.phase
            && let Lines::Announced(end) = transfer.lines
            && self.outbox.sent_total() >= end
        {
            transfer.lines = Lines::Served;
            self.hold_lines();
        }
    }

    fn execute_abort(&mut self) {
        if let Phase::Transferring(transfer) = &mut self.phase {
            transfer.aborted = true;
            self.note(Note::Command(Command::Abor));
            self.stop(Stop::Aborted);
        }
    }

    fn execute(&mut self, line: &[u8], now: Moment) {
        self.timers.stop(Timer::Idle);
        let parsed = Command::parse(line);
        let verb = match &parsed {
            Ok(command) => command.verb(),
            Err(error) => verb_of(*error),
        };
        let Some(verb) = verb else {
            match parsed {
                Ok(Command::Other(raw)) => self.unknown(raw, now),
                Err(CommandError::ForbiddenByte) => {
                    let text = "NUL and CR can't be part of a command.";
                    self.bad_command(ReplyCode::ARGUMENT_ERROR, text, now);
                }
                _ => self.bad_command(ReplyCode::SYNTAX_ERROR, "That is no command.", now),
            }
            return;
        };
        self.bad_commands = 0;
        let once = OneShot {
            rename_from: self.settings.rename_from.take(),
            restart: if keeps_restart(verb) {
                0
            } else {
                mem::take(&mut self.settings.restart)
            },
        };
        let view = self.view(&once);
        if let Err(refusal) = gate::admit_client(verb, &view) {
            self.reply(refusal.code, refusal.text);
            return;
        }
        let keeps_data = matches!(parsed, Ok(Command::Epsv(EpsvArgument::All)));
        if sets_up_data(verb) && !keeps_data {
            self.close_data();
        }
        match (parsed, gate::admit(verb, &view)) {
            (Err(error), _) => self.bad_argument(error),
            (_, Err(refusal)) => self.reply(refusal.code, refusal.text),
            (Ok(command), Ok(())) => {
                self.note(Note::Command(command.clone()));
                self.dispatch(command, once, now);
            }
        }
    }

    fn view(&self, once: &OneShot) -> View {
        View {
            rights: self.login.rights(),
            named: self.login.is_named(),
            renaming: once.rename_from.is_some(),
            data: self.data.is_set(),
            epsv_only: self.data.epsv_only,
            active: self.config.active,
            passive: self.config.passive,
        }
    }

    fn bad_argument(&mut self, error: CommandError) {
        if error == CommandError::UnknownFamily {
            self.refuse_family();
            return;
        }
        let code = ReplyCode::ARGUMENT_ERROR;
        self.note(Note::BadCommand { code });
        self.reply(code, format!("{error}."));
    }

    /// A verb that no table has: the application may know it.
    fn unknown(&mut self, command: RawCommand, now: Moment) {
        if self.config.custom_commands && self.allows(Right::Site) {
            self.bad_commands = 0;
            self.note(Note::Command(Command::Other(command.clone())));
            self.ask(Ask::Custom(command), Pending::Custom);
        } else if self.login.rights().is_none() && is_http(command.verb()) {
            // A browser was lured here to smuggle commands; there is no point in talking to it.
            self.close(now);
        } else {
            self.bad_command(ReplyCode::SYNTAX_ERROR, "Unknown command.", now);
        }
    }

    fn bad_command(&mut self, code: ReplyCode, text: &str, now: Moment) {
        self.timers.stop(Timer::Idle);
        self.note(Note::BadCommand { code });
        self.reply(code, text);
        if self.login.rights().is_none() {
            self.bad_commands = self.bad_commands.saturating_add(1);
        }
        if self.bad_commands >= self.config.max_bad_commands {
            self.close_with("Too many bad commands.", now);
        }
    }
}

const fn verb_of(error: CommandError) -> Option<Verb> {
    match error {
        CommandError::MissingArgument(verb)
        | CommandError::UnexpectedArgument(verb)
        | CommandError::BadArgument(verb) => Some(verb),
        CommandError::UnknownFamily => Some(Verb::Eprt),
        _ => None,
    }
}

/// Whether REST outlives a command: those that prepare a transfer and those that merely look. The
/// others use it up, or lead to where it doesn't belong.
const fn keeps_restart(verb: Verb) -> bool {
    !verb.spec().uses_data
        && !matches!(
            verb,
            Verb::Cwd
                | Verb::Cdup
                | Verb::Rnfr
                | Verb::Rnto
                | Verb::Dele
                | Verb::Rmd
                | Verb::Mkd
                | Verb::Mfmt
                | Verb::Abor
        )
}

const fn sets_up_data(verb: Verb) -> bool {
    matches!(verb, Verb::Port | Verb::Pasv | Verb::Eprt | Verb::Epsv)
}

/// Whether a verb is one of HTTP, which no FTP client ever sends.
fn is_http(verb: &[u8]) -> bool {
    const VERBS: [&[u8]; 9] = [
        b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH",
    ];
    VERBS.iter().any(|http| http.eq_ignore_ascii_case(verb))
}
