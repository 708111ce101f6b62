//! A script is the transcript of a session. The lines that go in are played; what comes out must
//! be the other lines, in that order.
//!
//! ```text
//!  S: 220 Hello          a line of the server; S| is the same with ⏎ for its line ends
//!  EOF                   the end of the control connection
//!  D: connected          an event of the latest data connection
//!  U: get a.txt          a request of the user
//!  T: 30                 so many seconds pass
//!  C: USER joe           a command was sent
//!  A: dial host:40000    the driver shall do something
//!  E: greeted 220        the user is told something
//! ```
//!
//! After each line that goes in, the actions and events come first, then the commands.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use crate::addr::PeerRule;
use crate::client::*;
use crate::command::{Command, TypeCode};
use crate::path::{Argument, PathName};
use crate::reply::Reply;
use crate::session::*;
use crate::time::Moment;

/// Plays a script with the default settings.
#[track_caller]
pub(super) fn play(script: &str) {
    play_with(ClientConfig::default(), script);
}

/// Plays a script on a session that was greeted and has been set to TYPE I.
#[track_caller]
pub(super) fn play_open(script: &str) {
    play(&format!("{OPEN}{script}"));
}

/// Plays a script.
#[track_caller]
pub(super) fn play_with(config: ClientConfig, script: &str) {
    let script: Vec<_> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let mut player = Player::new(config);
    for line in &script {
        player.play(line);
    }
    let actual = player.transcript.join("\n");
    let expected = script.join("\n");
    assert!(
        actual == expected,
        "expected:\n{expected}\n\nactual:\n{actual}\n"
    );
}

/// The beginning of many scripts.
pub(super) const OPEN: &str = "
    S: 220 Hello
    E: greeted 220
    U: command TYPE I
    C: TYPE I
    S: 200 Done
    E: answered 1 200
";

pub(super) struct Player {
    pub(super) session: ClientSession,
    pub(super) now: Moment,
    channel: ChannelId,
    transcript: Vec<String>,
}

impl Player {
    pub(super) fn new(config: ClientConfig) -> Self {
        Self {
            session: ClientSession::new(config, Moment::ZERO),
            now: Moment::ZERO,
            channel: ChannelId(0),
            transcript: Vec::new(),
        }
    }

    /// Plays one line if it is one that goes in, and writes down what happens.
    fn play(&mut self, line: &str) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        if matches!(kind, "C:" | "A:" | "E:") {
            return;
        }
        self.transcript.push(line.to_owned());
        let now = self.now;
        match kind {
            "S:" => self
                .session
                .handle_bytes(format!("{rest}\r\n").as_bytes(), now),
            "S|" => self
                .session
                .handle_bytes(rest.replace('⏎', "\r\n").as_bytes(), now),
            "EOF" => self.session.handle_eof(now),
            "D:" => self
                .session
                .handle_data(self.channel, data_event(rest), now),
            "U:" => {
                if let Err(refused) = ask(&mut self.session, rest, now) {
                    self.transcript.push(format!("E: refused: {refused}"));
                }
            }
            "T:" => {
                self.now = now + Duration::from_secs(rest.parse().unwrap());
                if self
                    .session
                    .poll_timeout()
                    .is_some_and(|due| due <= self.now)
                {
                    self.session.handle_timeout(self.now);
                }
            }
            _ => panic!("what is {line:?}?"),
        }
        while let Some(output) = self.session.poll_output() {
            if let Output::Data(
                DataAction::Dial { channel, .. } | DataAction::Listen { channel, .. },
            ) = output
            {
                self.channel = channel;
            }
            self.transcript.push(show(&output));
        }
        let sent = self.session.outgoing().to_vec();
        self.session.sent(sent.len(), self.now);
        for line in sent.split_inclusive(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r\n").unwrap_or(line).escape_ascii();
            self.transcript.push(format!("C: {line}"));
        }
        while let Some(output) = self.session.poll_output() {
            self.transcript.push(show(&output));
        }
    }
}

/// Asks for what a line names.
pub(super) fn ask(
    session: &mut ClientSession,
    what: &str,
    now: Moment,
) -> Result<Option<Ticket>, Refused> {
    let words: Vec<_> = what.split(' ').collect();
    let ticket = match words.as_slice() {
        ["login"] => session.login(credentials(), now),
        ["login", account] => session.login(credentials().with_account(argument(account)), now),
        ["command", ..] => {
            let line = what.trim_start_matches("command ");
            session.command(Command::parse(line.as_bytes()).unwrap(), now)
        }
        ["rename", from, to] => session.rename(path(from), path(to), now),
        ["abort"] => return session.abort(now).map(|()| None),
        ["abandon"] => {
            session.abandon(now);
            return Ok(None);
        }
        ["status"] => session.status(None, now),
        ["status", of] => session.status(Some(argument(of)), now),
        ["quit"] => session.quit(now),
        ["offer"] => session.offer(now),
        ["aim", at] => session.aim(at.parse().unwrap(), now),
        _ => session.transfer(transfer(&words), now),
    };
    ticket.map(Some)
}

/// `get F`, `put F`, `list`, with `active`, `from N`, or modes such as `EPSV` behind.
fn transfer(words: &[&str]) -> Transfer {
    let (verb, rest) = match words {
        ["get", file, rest @ ..] => (TransferVerb::Retrieve(path(file)), rest),
        ["put", file, rest @ ..] => (TransferVerb::Store(path(file)), rest),
        ["list", rest @ ..] => (TransferVerb::List(None), rest),
        _ => panic!("what is {words:?}?"),
    };
    let mut transfer = Transfer::new(verb);
    transfer.type_code = TypeCode::Image;
    match rest {
        [] => {}
        ["active"] => transfer.data = DataPlan::Local([DataMode::Eprt, DataMode::Port].into()),
        ["remote"] => transfer.data = DataPlan::Remote,
        ["nowhere"] => transfer.data = DataPlan::Local([].into()),
        ["ascii"] => transfer.type_code = TypeCode::Ascii,
        ["from", offset] => transfer.offset = offset.parse().unwrap(),
        modes => {
            transfer.data = DataPlan::Local(modes.iter().map(|name| mode(name)).collect());
        }
    }
    transfer
}

fn mode(name: &str) -> DataMode {
    let all = [
        DataMode::Epsv,
        DataMode::Pasv,
        DataMode::Eprt,
        DataMode::Port,
    ];
    all.into_iter()
        .find(|mode| mode.to_string() == name)
        .unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(argument("joe"), argument("secret"))
}

fn argument(text: &str) -> Argument {
    Argument::new(text).unwrap()
}

fn path(text: &str) -> PathName {
    PathName::new(text).unwrap()
}

fn data_event(text: &str) -> DataEvent {
    let words: Vec<_> = text.split(' ').collect();
    match words.as_slice() {
        ["listening", address] => DataEvent::Listening {
            advertised: address.parse().unwrap(),
        },
        ["connected"] => DataEvent::Connected { peer: None },
        ["connected", peer] => DataEvent::Connected {
            peer: Some(peer.parse::<SocketAddr>().unwrap()),
        },
        ["progress", bytes] => DataEvent::Progress {
            bytes: bytes.parse().unwrap(),
        },
        ["finished", bytes] => DataEvent::Finished {
            bytes: bytes.parse().unwrap(),
        },
        ["failed", "can't", "connect"] => DataEvent::Failed(DataFailure::CantConnect),
        ["failed", "can't", "listen"] => DataEvent::Failed(DataFailure::CantListen),
        ["failed", "broken"] => DataEvent::Failed(DataFailure::Broken),
        ["failed", "cancelled"] => DataEvent::Failed(DataFailure::Cancelled),
        ["failed", "storage"] => DataEvent::Failed(DataFailure::Storage(FailureKind::Local)),
        _ => panic!("what is {text:?}?"),
    }
}

/// A line for an output.
pub(super) fn show(output: &Output) -> String {
    match output {
        Output::Event(event) => format!("E: {}", show_event(event)),
        Output::Data(action) => format!("A: {}", show_action(action)),
        Output::CloseControl => "A: close control".to_owned(),
        Output::Trace(Trace::Sent(command)) => format!("E: trace > {command}"),
        Output::Trace(Trace::Received(reply)) => format!("E: trace < {reply}"),
    }
}

fn show_action(action: &DataAction) -> String {
    match action {
        DataAction::Listen { family, .. } => format!("listen {family:?}"),
        DataAction::Accept { from, .. } => match from {
            PeerRule::Host(host) => format!("accept {host}"),
            PeerRule::Anyone => "accept anyone".to_owned(),
        },
        DataAction::Dial { target, .. } => match target {
            Target::ControlHost { port } => format!("dial host:{port}"),
            Target::Address(address) => format!("dial {address}"),
        },
        DataAction::Run {
            direction,
            representation,
            ..
        } => format!("run {direction:?} {}", representation.type_code),
        DataAction::Close { manner, .. } => format!("close {manner:?}"),
    }
}

fn show_event(event: &Event) -> String {
    match event {
        Event::Greeted(reply) => format!("greeted {}", reply.code()),
        Event::Preliminary { ticket, reply } => format!("begun {} {}", ticket.0, reply.code()),
        Event::Answered { ticket, reply } => format!("answered {} {}", ticket.0, reply.code()),
        Event::Offered { ticket, address } => format!("offered {} {address}", ticket.0),
        Event::Rejected { ticket, reply, .. } => format!("rejected {} {}", ticket.0, reply.code()),
        Event::LoggedIn { ticket, reply } => format!("logged in {} {}", ticket.0, reply.code()),
        Event::Transferred {
            ticket,
            bytes,
            reply,
        } => format!("transferred {} {bytes} {}", ticket.0, reply.code()),
        Event::TransferFailed {
            ticket,
            bytes,
            failure,
            reply,
        } => format!(
            "failed {} {bytes} {failure}, {}",
            ticket.0,
            code(reply.as_ref())
        ),
        Event::Aborted { ticket, bytes } => format!("aborted {} {bytes}", ticket.0),
        Event::FellBack {
            ticket,
            from,
            to,
            reply,
        } => format!(
            "fell back {} {from} to {to}, {}",
            ticket.0,
            code(reply.as_ref())
        ),
        Event::Broken {
            ticket: Some(ticket),
            why,
        } => format!("broken {}: {why}", ticket.0),
        Event::Broken { ticket: None, why } => format!("broken: {why}"),
        Event::Closed(last) => format!("closed, {}", code(last.as_ref())),
    }
}

fn code(reply: Option<&Reply>) -> String {
    reply.map_or_else(|| "no reply".to_owned(), |reply| reply.code().to_string())
}
