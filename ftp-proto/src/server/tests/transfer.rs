//! Transfers: what is opened, what the client is told, how they end.

use alloc::format;
use alloc::vec::Vec;

use crate::command::{Right, TypeCode};
use crate::listing::{Fact, FactSet};
use crate::server::{Answer, Ask, Discard, Job, ListStyle, Note, Output, Rights, StoreMode};
use crate::session::{
    DataAction, DataEvent, DataFailure, Direction, FailureKind, Manner, Representation,
};

use super::harness::{ChannelState, Script, opened, path};

fn finished(bytes: u64) -> DataEvent {
    DataEvent::Finished { bytes }
}

fn sized(size: u64) -> Answer {
    Answer::Opened {
        size: Some(size),
        name: None,
    }
}

/// The job that a line leads to, after other lines.
fn job(lines: &[&str]) -> Job {
    let mut script = Script::logged_in();
    script.pasv();
    let (last, before) = lines.split_last().unwrap();
    for line in before {
        let codes = script.say(line);
        assert!(matches!(codes.as_slice(), [200 | 350]), "{line}: {codes:?}");
    }
    assert_eq!(script.say(last), [], "{last}");
    match script.question() {
        Ask::Open { job, .. } => job,
        other => panic!("{other:?}"),
    }
}

fn store_mode(lines: &[&str]) -> StoreMode {
    match job(lines) {
        Job::Store { mode, .. } => mode,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_download_is_opened_announced_run_and_confirmed() {
    let mut script = Script::logged_in();
    script.say("TYPE I");
    let channel = script.pasv();
    assert_eq!(script.say("RETR dir/a b"), []);
    let open = Ask::Open {
        channel,
        job: Job::Retrieve {
            path: path("/dir/a b"),
            offset: 0,
        },
    };
    assert_eq!(script.question(), open);
    assert_eq!(script.answer(sized(1000)), [150]);
    let text = script.notes.iter().rev().find_map(|note| match note {
        Note::Replied(reply) => Some(format!("{reply}")),
        _ => None,
    });
    assert!(text.unwrap().contains("(1000 bytes)"));
    assert_eq!(script.outputs(), []);
    assert_eq!(script.connect(channel), []);
    let run = DataAction::Run {
        channel,
        direction: Direction::Send,
        representation: Representation::IMAGE,
    };
    assert_eq!(script.outputs(), [Output::Data(run)]);
    assert_eq!(script.data(channel, DataEvent::Progress { bytes: 500 }), []);
    assert_eq!(script.data(channel, finished(1000)), [226]);
    assert_eq!(script.outputs(), []);
    let ended = Note::TransferEnded {
        channel,
        bytes: 1000,
        failure: None,
    };
    assert!(script.notes.contains(&Note::TransferStarted { channel }));
    assert!(script.notes.contains(&ended));
}

#[test]
fn a_connection_that_is_there_already_is_used_at_once() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    assert_eq!(script.connect(channel), []);
    assert_eq!(script.say("RETR f"), []);
    assert_eq!(script.answer(opened()), [150]);
    assert_eq!(script.channels(), [(channel, ChannelState::Running)]);
}

#[test]
fn a_connection_that_comes_while_the_file_is_opened_is_used() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    assert_eq!(script.say("RETR f"), []);
    assert_eq!(script.connect(channel), []);
    assert_eq!(script.answer(opened()), [150]);
}

#[test]
fn what_is_no_directory_is_501_to_mlsd_alone() {
    for (line, code) in [("MLSD f", 501), ("LIST f", 550), ("RETR f/g", 550)] {
        let mut script = Script::logged_in();
        script.pasv();
        script.say(line);
        assert_eq!(script.fail(FailureKind::NotADirectory), [code], "{line}");
    }
}

#[test]
fn a_missing_file_is_550_and_the_reservation_stays() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    assert_eq!(script.say("RETR missing"), []);
    script.outputs();
    assert_eq!(script.fail(FailureKind::NotFound), [550]);
    assert_eq!(script.outputs(), []);
    assert_eq!(script.channels(), [(channel, ChannelState::Accepting)]);
    assert_eq!(script.say("RETR there"), []);
    assert_eq!(script.answer(opened()), [150]);
}

#[test]
fn without_pasv_or_port_nothing_is_opened() {
    for line in ["RETR f", "STOR f", "APPE f", "STOU", "LIST", "NLST", "MLSD"] {
        let mut script = Script::logged_in();
        assert_eq!(script.say(line), [425], "{line}");
        assert_eq!(script.outputs(), [], "{line}");
    }
}

#[test]
fn a_client_that_never_connects_costs_nothing() {
    for line in ["RETR f", "STOR f", "APPE f"] {
        let mut script = Script::logged_in();
        let channel = script.connecting(line);
        assert_eq!(script.wait(29), [], "{line}");
        assert_eq!(script.wait(1), [425], "{line}");
        let close = DataAction::Close {
            channel,
            manner: Manner::Reset,
        };
        let discard = Output::Discard {
            channel,
            why: Discard::Unused,
        };
        assert_eq!(script.outputs(), [Output::Data(close), discard], "{line}");
    }
}

#[test]
fn a_refused_connection_is_425() {
    let mut script = Script::logged_in();
    script.say("PORT 192,0,2,10,156,64");
    script.say("STOR f");
    script.answer(opened());
    let (channel, _) = script.channels()[0];
    let failed = DataEvent::Failed(DataFailure::CantConnect);
    assert_eq!(script.data(channel, failed), [425]);
}

#[test]
fn a_listener_that_is_lost_while_the_file_is_opened_is_425() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.say("STOR f");
    script.outputs();
    let failed = DataEvent::Failed(DataFailure::CantConnect);
    assert_eq!(script.data(channel, failed), []);
    assert_eq!(script.answer(opened()), [425]);
    let why = Discard::Unused;
    assert_eq!(script.outputs(), [Output::Discard { channel, why }]);
}

#[test]
fn an_upload_is_confirmed_once_it_is_permanent() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    assert_eq!(script.data(channel, finished(7)), []);
    assert_eq!(script.question(), Ask::Commit { channel, bytes: 7 });
    assert_eq!(script.answer(Answer::Done), [226]);
    assert_eq!(script.outputs(), []);
}

#[test]
fn an_upload_that_cannot_become_permanent_says_why() {
    for (kind, code) in [
        (FailureKind::NoSpace, 452),
        (FailureKind::OverQuota, 552),
        (FailureKind::Local, 451),
        (FailureKind::BadName, 553),
        (FailureKind::PermissionDenied, 550),
    ] {
        let mut script = Script::logged_in();
        let channel = script.running("STOR f");
        script.data(channel, finished(7));
        script.outputs();
        assert_eq!(script.fail(kind), [code], "{kind}");
        assert_eq!(script.outputs(), [], "it is gone already: {kind}");
    }
}

#[test]
fn a_failure_in_the_middle_is_told_and_the_upload_discarded() {
    for (failure, code, why) in [
        (DataFailure::Broken, 426, Discard::Broken),
        (DataFailure::Cancelled, 426, Discard::Aborted),
        (DataFailure::Stalled, 426, Discard::Broken),
        (
            DataFailure::Storage(FailureKind::NoSpace),
            452,
            Discard::Failed,
        ),
        (
            DataFailure::Storage(FailureKind::OverQuota),
            552,
            Discard::Failed,
        ),
        (
            DataFailure::Storage(FailureKind::Local),
            451,
            Discard::Failed,
        ),
    ] {
        for line in ["STOR f", "RETR f", "LIST"] {
            let mut script = Script::logged_in();
            let channel = script.running(line);
            assert_eq!(
                script.data(channel, DataEvent::Failed(failure)),
                [code],
                "{line} {failure}"
            );
            assert_eq!(
                script.outputs(),
                [Output::Discard { channel, why }],
                "{line}"
            );
            assert_eq!(script.say("NOOP"), [200]);
        }
    }
}

#[test]
fn what_does_not_move_is_stopped() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    assert_eq!(script.wait(119), []);
    assert_eq!(script.data(channel, DataEvent::Progress { bytes: 1 }), []);
    assert_eq!(script.wait(119), []);
    // The same count again is no movement.
    assert_eq!(script.data(channel, DataEvent::Progress { bytes: 1 }), []);
    assert_eq!(script.wait(1), []);
    assert_eq!(script.channels(), [(channel, ChannelState::Stopping)]);
    script.outputs();
    let failed = DataEvent::Failed(DataFailure::Cancelled);
    assert_eq!(script.data(channel, failed), [426]);
    let why = Discard::Broken;
    assert_eq!(script.outputs(), [Output::Discard { channel, why }]);
}

#[test]
fn a_commit_that_takes_too_long_is_withdrawn() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.data(channel, finished(7));
    let id = script.open_question().unwrap();
    script.outputs();
    assert_eq!(script.wait(599), []);
    assert_eq!(script.wait(1), [451]);
    assert_eq!(script.outputs(), [Output::Withdraw { id }]);
    assert_eq!(script.answer_to(id, Answer::Done), []);
    assert_eq!(script.say("NOOP"), [200]);
}

#[test]
fn one_connection_serves_one_transfer() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    assert_eq!(script.data(channel, finished(1)), [226]);
    assert_eq!(script.say("RETR f"), [425]);
}

#[test]
fn rest_is_for_the_next_retr_or_stor_alone() {
    let retrieve = |offset| Job::Retrieve {
        path: path("/f"),
        offset,
    };
    assert_eq!(job(&["TYPE I", "REST 5", "RETR f"]), retrieve(5));
    assert_eq!(job(&["TYPE I", "REST 5", "NOOP", "RETR f"]), retrieve(5));
    assert_eq!(job(&["TYPE I", "REST 5", "REST 0", "RETR f"]), retrieve(0));
    assert_eq!(job(&["RETR f"]), retrieve(0));
    assert_eq!(
        store_mode(&["TYPE I", "REST 5", "STOR f"]),
        StoreMode::Resume(5)
    );
    assert_eq!(
        store_mode(&["TYPE I", "REST 0", "STOR f"]),
        StoreMode::Replace
    );
    assert_eq!(store_mode(&["STOR f"]), StoreMode::Replace);
    assert_eq!(
        store_mode(&["TYPE I", "REST 0", "APPE f"]),
        StoreMode::Append
    );
    for line in ["RETR f", "LIST"] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        script.say("REST 5");
        script.pasv();
        script.say(line);
        script.fail(FailureKind::NotFound);
        script.outputs();
        script.say("STOR f");
        let Ask::Open {
            job: Job::Store { mode, .. },
            ..
        } = script.question()
        else {
            panic!()
        };
        assert_eq!(mode, StoreMode::Replace, "{line}");
    }
}

#[test]
fn appe_and_stou_refuse_an_offset_and_use_it_up() {
    for line in ["APPE f", "STOU f", "STOU"] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        script.say("REST 5");
        script.pasv();
        assert_eq!(script.say(line), [554], "{line}");
        assert_eq!(script.outputs(), [], "{line}");
        script.say(line);
        script.question();
    }
}

/// An offset that outlives the place it was meant for would cut off some other file.
#[test]
fn rest_outlives_what_prepares_a_transfer_but_nothing_that_leads_elsewhere() {
    for (line, offset) in [
        ("TYPE I", 5),
        ("NOOP", 5),
        ("ALLO 7", 5),
        ("STAT", 5),
        ("SIZE f", 5),
        ("CWD dir", 0),
        ("CDUP", 0),
        ("DELE f", 0),
        ("MKD f", 0),
        ("RMD f", 0),
        ("RNFR f", 0),
        ("MFMT 20200101000000 f", 0),
        ("ABOR", 0),
    ] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        script.say("REST 5");
        if script.say(line).is_empty() {
            script.fail(FailureKind::NotFound);
            script.outputs();
        }
        script.pasv();
        script.say("RETR f");
        let Ask::Open { job, .. } = script.question() else {
            panic!("{line}")
        };
        let path = path("/f");
        assert_eq!(job, Job::Retrieve { path, offset }, "{line}");
    }
}

#[test]
fn a_refused_transfer_command_uses_up_rest_as_well() {
    for line in ["RETR f", "RETR", "STOR f"] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        script.say("REST 5");
        script.say(line);
        script.pasv();
        script.say("RETR f");
        let Ask::Open { job, .. } = script.question() else {
            panic!()
        };
        assert!(
            matches!(job, Job::Retrieve { offset: 0, .. }),
            "{line}: {job:?}"
        );
    }
}

#[test]
fn an_offset_counts_bytes_so_type_a_has_none() {
    let mut script = Script::logged_in();
    let text = script.ask_text("REST 5");
    assert!(text.starts_with("501") && text.contains("not allowed in ASCII mode"));
    assert_eq!(script.say("REST 0"), [350]);
    script.say("TYPE I");
    assert_eq!(script.say("REST 5"), [350]);
    script.say("TYPE A");
    script.pasv();
    assert_eq!(script.say("RETR f"), [554]);
    assert_eq!(script.outputs(), []);
}

#[test]
fn an_offset_beyond_the_end_is_554() {
    let mut script = Script::logged_in();
    script.say("TYPE I");
    script.say("REST 18446744073709551615");
    script.pasv();
    script.say("RETR f");
    assert_eq!(script.fail(FailureKind::BadOffset), [554]);
    assert_eq!(script.say("REST 18446744073709551616"), [501]);
}

#[test]
fn each_upload_needs_its_right() {
    for (missing, lines) in [
        (Right::Store, ["STOR f", "STOU"].as_slice()),
        (Right::Append, &["APPE f", "REST 5\r\nSTOR f"]),
        (Right::Retrieve, &["RETR f"]),
        (Right::List, &["LIST", "NLST", "MLSD"]),
    ] {
        for line in lines {
            let mut script = Script::new();
            script.log_in(Rights::READ_WRITE.without(missing));
            script.say("TYPE I");
            script.pasv();
            assert_eq!(script.say(line).last(), Some(&550), "{line}");
            assert_eq!(script.outputs(), [], "{line}");
        }
    }
}

#[test]
fn stou_tells_the_name_that_was_taken() {
    for (taken, shown) in [("/dir/upload.1", "upload.1"), ("/other/x", "/other/x")] {
        let mut script = Script::logged_in();
        script.say("CWD dir");
        script.answer(Answer::Done);
        let channel = script.pasv();
        script.say("STOU");
        let Ask::Open { job, .. } = script.question() else {
            panic!()
        };
        assert_eq!(
            job,
            Job::Store {
                path: path("/dir/upload"),
                mode: StoreMode::Unique,
                size_hint: None,
            }
        );
        let id = script.open_question().unwrap();
        let answer = Answer::Opened {
            size: None,
            name: Some(path(taken)),
        };
        let replies = script.answer_to(id, answer);
        assert_eq!(format!("{}", replies[0]), format!("150 FILE: {shown}"));
        script.connect(channel);
        script.data(channel, finished(1));
        let id = script.open_question().unwrap();
        let replies = script.answer_to(id, Answer::Done);
        assert_eq!(format!("{}", replies[0]), format!("226 Stored as {shown}"));
    }
}

#[test]
fn the_type_decides_the_form_of_files_but_not_of_listings() {
    for (line, type_code, expected) in [
        ("RETR f", "A", TypeCode::Ascii),
        ("RETR f", "A N", TypeCode::Ascii),
        ("RETR f", "I", TypeCode::Image),
        ("STOR f", "L 8", TypeCode::Local(8)),
        ("LIST", "A", TypeCode::Image),
        ("MLSD", "I", TypeCode::Image),
    ] {
        let mut script = Script::logged_in();
        assert_eq!(script.say(&format!("TYPE {type_code}")), [200]);
        let channel = script.connecting(line);
        script.connect(channel);
        let outputs = script.outputs();
        let [Output::Data(DataAction::Run { representation, .. })] = outputs.as_slice() else {
            panic!("{outputs:?}")
        };
        assert_eq!(representation.type_code, expected, "{line} {type_code}");
    }
}

#[test]
fn the_size_of_a_download_is_told_only_if_so_many_bytes_will_come() {
    let mut script = Script::logged_in();
    script.pasv();
    script.say("RETR f");
    let id = script.open_question().unwrap();
    let replies = script.answer_to(id, sized(5));
    assert!(!format!("{}", replies[0]).contains("bytes"), "TYPE A");
}

#[test]
fn allo_is_a_hint_for_the_next_upload_alone() {
    let hint = |lines: &[&str]| match job(lines) {
        Job::Store { size_hint, .. } => size_hint,
        other => panic!("{other:?}"),
    };
    assert_eq!(hint(&["ALLO 500", "STOR f"]), Some(500));
    assert_eq!(hint(&["ALLO 500 R 80", "NOOP", "APPE f"]), Some(500));
    assert_eq!(hint(&["STOR f"]), None);
    let mut script = Script::logged_in();
    script.say("ALLO 500");
    let channel = script.running("STOR f");
    script.data(channel, finished(1));
    script.answer(Answer::Done);
    script.pasv();
    script.say("STOR f");
    assert!(matches!(
        script.question(),
        Ask::Open {
            job: Job::Store {
                size_hint: None,
                ..
            },
            ..
        }
    ));
}

#[test]
fn listings_are_asked_for_in_their_form() {
    let list = |path, style| Job::List { path, style };
    let names = |all, prefix: &str| ListStyle::Names {
        all,
        prefix: Vec::from(prefix),
    };
    let chosen = FactSet::NONE.with(Fact::Size);
    let facts = |facts| ListStyle::Facts {
        facts,
        rights: Rights::READ_WRITE,
    };
    for (lines, expected) in [
        (
            ["LIST"].as_slice(),
            list(path("/"), ListStyle::Unix { all: false }),
        ),
        (
            &["LIST -la"],
            list(path("/"), ListStyle::Unix { all: true }),
        ),
        (
            &["LIST -la a b"],
            list(path("/a b"), ListStyle::Unix { all: true }),
        ),
        (
            &["LIST -x"],
            list(path("/-x"), ListStyle::Unix { all: false }),
        ),
        (&["NLST"], list(path("/"), names(false, ""))),
        (&["NLST -a"], list(path("/"), names(true, ""))),
        (&["NLST a"], list(path("/a"), names(false, "a/"))),
        (&["NLST a/"], list(path("/a"), names(false, "a/"))),
        (&["NLST ../a"], list(path("/a"), names(false, "../a/"))),
        (&["MLSD"], list(path("/"), facts(FactSet::ALL))),
        (&["MLSD a"], list(path("/a"), facts(FactSet::ALL))),
        (&["OPTS MLST size;", "MLSD"], list(path("/"), facts(chosen))),
    ] {
        assert_eq!(job(lines), expected, "{lines:?}");
    }
}

#[test]
fn an_answer_that_does_not_fit_is_a_local_error() {
    let mut script = Script::logged_in();
    script.pasv();
    script.say("RETR f");
    assert_eq!(script.answer(Answer::Done), [451]);
    assert_eq!(script.say("DELE f"), []);
    assert_eq!(script.answer(opened()), [451]);
}
