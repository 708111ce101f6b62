//! Whatever comes in whatever order: nothing panics, the laws hold, and cuts make no difference.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use crate::server::{Answer, Output, Rights};
use crate::session::{DataEvent, DataFailure, FailureKind};

use super::harness::{ChannelState, LISTENER, PEER, Script, address, file, opened};

const LINES: [&str; 44] = [
    "USER a",
    "PASS b",
    "REIN",
    "QUIT",
    "CWD d",
    "CDUP",
    "PWD",
    "MKD d",
    "DELE f",
    "RNFR f",
    "RNTO g",
    "TYPE I",
    "TYPE A",
    "REST 5",
    "ALLO 9",
    "PASV",
    "EPSV",
    "EPSV ALL",
    "EPSV 2",
    "PORT 192,0,2,10,156,64",
    "PORT 127,0,0,2,156,64",
    "EPRT |1|192.0.2.10|40000|",
    "RETR f",
    "STOR f",
    "APPE f",
    "STOU",
    "LIST",
    "NLST d",
    "MLSD",
    "MLST",
    "SIZE f",
    "MDTM f",
    "STAT",
    "STAT f",
    "NOOP",
    "ABOR",
    "FEAT",
    "HELP",
    "SITE x",
    "XYZZY",
    "OPTS MLST size;",
    "AUTH TLS",
    "\0",
    "",
];

/// One thing that may happen.
#[derive(Clone, Debug)]
enum Step {
    Line(&'static str),
    Bytes(Vec<u8>),
    Answer(u8),
    /// What the driver could tell of the newest channel, if it may tell that.
    Data(u8),
    Wait(u64),
    Read(bool),
    Eof,
    Lost,
    ShutDown,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => prop::sample::select(&LINES[..]).prop_map(Step::Line),
        2 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Step::Bytes),
        20 => any::<u8>().prop_map(Step::Answer),
        20 => any::<u8>().prop_map(Step::Data),
        2 => prop::sample::select(&[1_u64, 30, 120, 600][..]).prop_map(Step::Wait),
        2 => any::<bool>().prop_map(Step::Read),
        1 => Just(Step::Eof),
        1 => Just(Step::Lost),
        1 => Just(Step::ShutDown),
    ]
}

/// The events that the laws of channels allow in a state.
fn event(state: ChannelState, choice: u8) -> Option<DataEvent> {
    let failed = DataEvent::Failed(match choice % 3 {
        0 => DataFailure::Broken,
        1 => DataFailure::CantConnect,
        _ => DataFailure::Storage(FailureKind::NoSpace),
    });
    let bytes = u64::from(choice);
    Some(match (state, choice % 4) {
        (ChannelState::Bound | ChannelState::Connected, _) => return None,
        (_, 0) => failed,
        (ChannelState::Listening, _) => DataEvent::Listening {
            advertised: address(LISTENER),
        },
        (ChannelState::Accepting | ChannelState::Dialing, 1) => DataEvent::Connected {
            peer: Some(address("192.0.2.66:1024")),
        },
        (ChannelState::Accepting | ChannelState::Dialing, _) => DataEvent::Connected {
            peer: Some(address(PEER)),
        },
        (ChannelState::Running | ChannelState::Stopping, 1) => DataEvent::Progress { bytes },
        (ChannelState::Running | ChannelState::Stopping, _) => DataEvent::Finished { bytes },
    })
}

fn answer(choice: u8) -> Answer {
    match choice % 8 {
        0 => Answer::Failed(FailureKind::NotFound),
        1 => Answer::Denied,
        2 => file(),
        3 => Answer::Entries(Vec::new()),
        4 => Answer::LoggedIn(crate::server::Grant::new(
            Rights::READ_WRITE,
            crate::path::VirtualPath::root(),
        )),
        5 => opened(),
        _ => Answer::Done,
    }
}

impl Script {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Line(line) => {
                self.say(line);
            }
            Step::Bytes(bytes) => {
                self.push(bytes);
            }
            Step::Answer(choice) => {
                if let Some(id) = self.open_question() {
                    self.answer_to(id, answer(*choice));
                }
            }
            Step::Data(choice) => {
                if let Some((channel, state)) = self.channels().last().copied()
                    && let Some(event) = event(state, *choice)
                {
                    self.data(channel, event);
                }
            }
            Step::Wait(seconds) => {
                self.wait(*seconds);
            }
            Step::Read(reads) => self.reads = *reads,
            Step::Eof => {
                self.eof();
            }
            Step::Lost => {
                self.session.handle_lost(self.now);
                self.settle();
            }
            Step::ShutDown => {
                self.shut_down();
            }
        }
    }

    /// Everything that a driver owes the session is done, and the client is gone.
    fn wind_up(&mut self) {
        self.reads = true;
        self.eof();
        for _ in 0..100 {
            if self.is_closed() {
                return;
            }
            for (channel, state) in self.channels() {
                if matches!(state, ChannelState::Running | ChannelState::Stopping) {
                    self.data(channel, DataEvent::Failed(DataFailure::Cancelled));
                }
            }
            if self.open_question().is_some() {
                self.answer(Answer::Failed(FailureKind::Local));
            }
            self.wait(60);
        }
        panic!("the session doesn't end: {:?}", self.session);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_laws_hold_and_every_session_ends(
        logged_in: bool,
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut script = if logged_in { Script::logged_in() } else { Script::new() };
        for step in &steps {
            script.take(step);
        }
        script.wind_up();
        let left = script.channels();
        prop_assert!(left.is_empty(), "{left:?}");
        prop_assert_eq!(script.open_question(), None);
    }

    #[test]
    fn cuts_make_no_difference(
        lines in prop::collection::vec(prop::sample::select(&LINES[..]), 0..30),
        noise in prop::collection::vec(any::<u8>(), 0..30),
        choices in prop::collection::vec(any::<u8>(), 0..60),
        sizes in prop::collection::vec(1_usize..20, 1..20),
        running: bool,
    ) {
        let mut input: Vec<u8> = lines.join("\r\n").into_bytes();
        input.extend_from_slice(b"\r\n");
        input.extend_from_slice(&noise);
        let whole = [input.as_slice()];
        let chunks = chunks(&input, &sizes);
        prop_assert_eq!(
            trace(running, &whole, &choices),
            trace(running, &chunks, &choices)
        );
    }
}

fn chunks<'a>(mut input: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    for size in sizes.iter().cycle() {
        if input.is_empty() {
            break;
        }
        let (chunk, rest) = input.split_at((*size).min(input.len()));
        chunks.push(chunk);
        input = rest;
    }
    chunks
}

/// All that a session does if its input comes at once, cut like this, and the rest afterwards.
fn trace(running: bool, chunks: &[&[u8]], choices: &[u8]) -> Vec<String> {
    let mut script = Script::logged_in();
    if running {
        script.running("STOR f");
    }
    script.notes.clear();
    for chunk in chunks {
        script.push(chunk);
    }
    for &choice in choices {
        script.take(&Step::Answer(choice));
        script.take(&Step::Data(choice));
    }
    let notes = script.notes.iter().map(|note| format!("{note:?}"));
    let mut trace: Vec<_> = notes.collect();
    let outputs = script.outputs();
    trace.extend(outputs.iter().map(|output: &Output| format!("{output:?}")));
    trace
}
