//! What every verb does in every state, as one reviewed table.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::command::{VERBS, Verb};
use crate::server::{Answer, Output};
use crate::session::{DataAction, DataEvent};

use super::harness::{Script, file};

/// A line that is as right as can be for each verb.
fn line(verb: Verb) -> &'static str {
    match verb {
        Verb::User => "USER alice",
        Verb::Pass => "PASS secret",
        Verb::Acct => "ACCT x",
        Verb::Cwd => "CWD dir",
        Verb::Smnt => "SMNT x",
        Verb::Port => "PORT 192,0,2,10,156,64",
        Verb::Type => "TYPE I",
        Verb::Stru => "STRU F",
        Verb::Mode => "MODE S",
        Verb::Retr => "RETR f",
        Verb::Stor => "STOR f",
        Verb::Appe => "APPE f",
        Verb::Allo => "ALLO 5",
        Verb::Rest => "REST 0",
        Verb::Rnfr => "RNFR f",
        Verb::Rnto => "RNTO g",
        Verb::Dele => "DELE f",
        Verb::Rmd => "RMD dir",
        Verb::Mkd => "MKD dir",
        Verb::Site => "SITE x",
        Verb::Auth => "AUTH TLS",
        Verb::Adat => "ADAT x",
        Verb::Pbsz => "PBSZ 0",
        Verb::Prot => "PROT P",
        Verb::Mic => "MIC x",
        Verb::Conf => "CONF x",
        Verb::Enc => "ENC x",
        Verb::Opts => "OPTS UTF8 ON",
        Verb::Eprt => "EPRT |1|192.0.2.10|40000|",
        Verb::Mdtm => "MDTM f",
        Verb::Size => "SIZE f",
        Verb::Host => "HOST example.org",
        Verb::Mfmt => "MFMT 20200101000000 f",
        Verb::Clnt => "CLNT x",
        verb => verb.name(),
    }
}

type Enter = fn() -> Script;

const STATES: [(&str, Enter); 16] = [
    ("before login", Script::new),
    ("PASS due", || {
        let mut script = Script::new();
        script.say("USER alice");
        script
    }),
    ("530 due", || {
        let mut script = Script::new();
        script.say("USER alice");
        script.say("PASS wrong");
        assert_eq!(script.answer(Answer::Denied), []);
        script
    }),
    ("ready", Script::logged_in),
    ("PORT done", || {
        let mut script = Script::logged_in();
        script.say("PORT 192,0,2,10,156,65");
        script
    }),
    ("PASV done", || {
        let mut script = Script::logged_in();
        script.pasv();
        script
    }),
    ("connected", || {
        let mut script = Script::logged_in();
        let channel = script.pasv();
        script.connect(channel);
        script
    }),
    ("EPSV ALL", || {
        let mut script = Script::logged_in();
        script.say("EPSV ALL");
        script
    }),
    ("RNTO due", || {
        let mut script = Script::logged_in();
        script.say("RNFR f");
        assert_eq!(script.answer(file()), [350]);
        script
    }),
    ("asking", || {
        let mut script = Script::logged_in();
        script.say("DELE f");
        script
    }),
    ("reserving", || {
        let mut script = Script::logged_in();
        script.say("EPSV");
        script
    }),
    ("opening", || {
        let mut script = Script::logged_in();
        script.pasv();
        script.say("STOR f");
        script
    }),
    ("connecting", || {
        let mut script = Script::logged_in();
        script.connecting("STOR f");
        script
    }),
    ("running", || {
        let mut script = Script::logged_in();
        script.running("STOR f");
        script
    }),
    ("stopping", || {
        let mut script = Script::logged_in();
        script.running("STOR f");
        script.say("ABOR");
        script
    }),
    ("committing", || {
        let mut script = Script::logged_in();
        let channel = script.running("STOR f");
        script.data(channel, DataEvent::Finished { bytes: 1 });
        script
    }),
];

fn cell(enter: Enter, line: &str) -> String {
    let mut script = enter();
    script.outputs();
    let mut words: Vec<_> = script
        .say(line)
        .iter()
        .map(|code| format!("{code}"))
        .collect();
    words.extend(script.outputs().iter().map(|output| {
        String::from(match output {
            Output::Data(DataAction::Listen { .. }) => "listen",
            Output::Data(DataAction::Close { .. }) => "close",
            Output::Ask { .. } => "ask",
            Output::Withdraw { .. } => "withdraw",
            Output::Discard { .. } => "discard",
            Output::Unmount => "unmount",
            Output::CloseControl => "end",
            other => panic!("{line}: {other:?}"),
        })
    }));
    if words.is_empty() {
        words.push(String::from("·"));
    }
    words.join(" ")
}

#[test]
fn every_verb_in_every_state() {
    let verbs = VERBS.iter().map(|spec| (spec.verb.name(), line(spec.verb)));
    let rows: Vec<Vec<String>> = verbs
        .chain([("(unknown)", "XYZZY"), ("(no verb)", "!")])
        .map(|(name, line)| {
            let cells = STATES.iter().map(|(_, enter)| cell(*enter, line));
            [String::from(name)].into_iter().chain(cells).collect()
        })
        .collect();
    let head = [""].into_iter().chain(STATES.map(|(name, _)| name));
    let mut table = vec_of_row(head.map(String::from));
    table.push(
        STATES
            .iter()
            .fold(String::from("|---"), |line, _| line + "|---")
            + "|",
    );
    table.extend(rows.into_iter().flat_map(vec_of_row));
    insta::assert_snapshot!(table.join("\n"));
}

fn vec_of_row(cells: impl IntoIterator<Item = String>) -> Vec<String> {
    let cells: Vec<_> = cells.into_iter().collect();
    Vec::from([format!("| {} |", cells.join(" | "))])
}
