//! Directories and files on the control connection.

use alloc::format;
use alloc::vec::Vec;

use crate::command::Right;
use crate::listing::{Entry, EntryKind, ListedTime};
use crate::path::PathName;
use crate::server::{Answer, Ask, Rights};
use crate::session::FailureKind;
use crate::timestamp::Timestamp;

use super::harness::{Script, file, path};

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text.as_bytes()).unwrap()
}

#[test]
fn each_command_asks_its_question_and_confirms() {
    for (line, ask, answer, code) in [
        (
            "CWD d",
            Ask::ChangeDirectory(path("/home/d")),
            Answer::Done,
            250,
        ),
        (
            "XCWD /d",
            Ask::ChangeDirectory(path("/d")),
            Answer::Done,
            250,
        ),
        ("CDUP", Ask::ChangeDirectory(path("/")), Answer::Done, 250),
        (
            "MKD d",
            Ask::MakeDirectory(path("/home/d")),
            Answer::Done,
            257,
        ),
        (
            "RMD d",
            Ask::RemoveDirectory(path("/home/d")),
            Answer::Done,
            250,
        ),
        (
            "DELE a b",
            Ask::RemoveFile(path("/home/a b")),
            Answer::Done,
            250,
        ),
        ("RNFR ../f", Ask::Inspect(path("/f")), file(), 350),
        ("SIZE f", Ask::Inspect(path("/home/f")), file(), 213),
        ("MDTM f", Ask::Inspect(path("/home/f")), file(), 213),
        ("MLST", Ask::Inspect(path("/home")), file(), 250),
        (
            "MFMT 20200102030405 f",
            Ask::SetModified {
                path: path("/home/f"),
                time: time("20200102030405"),
            },
            Answer::Done,
            213,
        ),
        (
            "MDTM 20200102030405 f",
            Ask::SetModified {
                path: path("/home/f"),
                time: time("20200102030405"),
            },
            Answer::Done,
            213,
        ),
        (
            "MDTM 20200102030405",
            Ask::Inspect(path("/home/20200102030405")),
            file(),
            213,
        ),
        (
            "STAT -la d",
            Ask::Entries {
                path: path("/home/d"),
                limit: 1000,
            },
            Answer::Entries(Vec::new()),
            212,
        ),
    ] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        script.say("CWD home");
        script.answer(Answer::Done);
        script.outputs();
        assert_eq!(script.say(line), [], "{line}");
        assert_eq!(script.question(), ask, "{line}");
        assert_eq!(script.answer(answer), [code], "{line}");
        assert_eq!(script.outputs(), [], "{line}");
    }
}

#[test]
fn failures_read_as_the_table_says() {
    for (line, kind, code) in [
        ("CWD d", FailureKind::NotFound, 550),
        ("CWD d", FailureKind::NotADirectory, 550),
        ("CWD d", FailureKind::Busy, 450),
        ("CWD d", FailureKind::Local, 451),
        ("MKD d", FailureKind::AlreadyExists, 550),
        ("MKD d", FailureKind::NoSpace, 452),
        ("MKD d", FailureKind::BadName, 553),
        ("RMD d", FailureKind::NotEmpty, 550),
        ("DELE f", FailureKind::IsADirectory, 550),
        ("DELE f", FailureKind::PermissionDenied, 550),
        ("RNFR f", FailureKind::NotFound, 550),
        ("SIZE f", FailureKind::NotFound, 550),
        ("MFMT 20200102030405 f", FailureKind::Unsupported, 502),
        ("MFMT 99991231235959 f", FailureKind::BadTime, 550),
        ("STAT f", FailureKind::NotFound, 550),
    ] {
        let mut script = Script::logged_in();
        script.say("TYPE I");
        assert_eq!(script.say(line), [], "{line}");
        assert_eq!(script.fail(kind), [code], "{line} {kind}");
    }
}

#[test]
fn nothing_leads_above_the_root() {
    let mut script = Script::logged_in();
    for line in ["CWD ../../etc", "CWD /../../etc", "CWD a/../../../etc"] {
        script.say(line);
        assert_eq!(
            script.question(),
            Ask::ChangeDirectory(path("/etc")),
            "{line}"
        );
        script.fail(FailureKind::NotFound);
    }
}

#[test]
fn quotes_in_paths_are_doubled() {
    let mut script = Script::logged_in();
    script.say("MKD a\"b");
    let id = script.open_question().unwrap();
    let replies = script.answer_to(id, Answer::Done);
    assert_eq!(replies[0].text(), b"\"/a\"\"b\" created.");
    script.say("CWD a\"b");
    script.answer(Answer::Done);
    assert!(script.ask_text("PWD").starts_with("257 \"/a\"\"b\" "));
}

#[test]
fn names_that_are_not_utf8_stay_as_they_are() {
    let mut script = Script::logged_in();
    script.say_bytes(b"DELE caf\xe9\xff\xff");
    let Ask::RemoveFile(path) = script.question() else {
        panic!()
    };
    assert_eq!(path.as_bytes(), b"/caf\xe9\xff");
}

#[test]
fn a_failed_cwd_changes_nothing() {
    let mut script = Script::logged_in();
    script.say("CWD d");
    script.fail(FailureKind::NotFound);
    assert!(script.ask_text("PWD").contains("\"/\""));
}

#[test]
fn rnto_must_follow_rnfr_at_once() {
    let mut script = Script::logged_in();
    assert_eq!(script.say("RNTO g"), [503]);
    for between in [None, Some("NOOP"), Some("PWD"), Some("RNTO")] {
        script.say("RNFR f");
        assert_eq!(script.answer(file()), [350]);
        script.outputs();
        if let Some(between) = between {
            script.say(between);
            assert_eq!(script.say("RNTO g"), [503], "{between}");
            continue;
        }
        assert_eq!(script.say("RNTO d/g"), []);
        let (from, to) = (path("/f"), path("/d/g"));
        assert_eq!(script.question(), Ask::Rename { from, to });
        assert_eq!(script.answer(Answer::Done), [250]);
    }
    script.say("RNFR missing");
    script.fail(FailureKind::NotFound);
    assert_eq!(script.say("RNTO g"), [503]);
}

#[test]
fn size_is_for_files_and_for_bytes() {
    let mut script = Script::logged_in();
    let text = script.ask_text("SIZE f");
    assert!(text.starts_with("550") && text.contains("not allowed in ASCII mode"));
    script.say("TYPE I");
    script.say("SIZE f");
    let id = script.open_question().unwrap();
    assert_eq!(script.answer_to(id, file())[0].text(), b"1234");
    script.say("SIZE d");
    let directory = Entry::new(PathName::new("d").unwrap(), EntryKind::Directory);
    assert_eq!(script.answer(Answer::Entry(directory)), [550]);
}

#[test]
fn times_are_told_in_utc_and_set() {
    let mut script = Script::logged_in();
    script.say("MDTM f");
    let id = script.open_question().unwrap();
    assert_eq!(script.answer_to(id, file())[0].text(), b"20200102030405");
    script.say("MDTM f");
    let unknown = Entry::new(PathName::new("f").unwrap(), EntryKind::File);
    assert_eq!(script.answer(Answer::Entry(unknown)), [550]);
    script.say("MFMT 20200102030405 a b");
    let id = script.open_question().unwrap();
    let replies = script.answer_to(id, Answer::Done);
    assert_eq!(replies[0].text(), b"Modify=20200102030405; a b");
    for line in ["MFMT 20201302030405 f", "MFMT f", "MFMT 20200102030405"] {
        assert_eq!(script.say(line), [501], "{line}");
    }
}

#[test]
fn setting_a_time_with_mdtm_needs_the_right_to_set_times() {
    let mut script = Script::new();
    script.log_in(Rights::READ_WRITE.without(Right::SetModified));
    assert_eq!(script.say("MDTM 20200102030405 f"), [550]);
    assert_eq!(script.say("MFMT 20200102030405 f"), [550]);
    assert_eq!(script.say("MDTM f"), []);
}

#[test]
fn rights_are_checked_before_the_storage_is_asked() {
    for (missing, lines) in [
        (
            Right::List,
            ["SIZE f", "MDTM f", "MLST f", "STAT f"].as_slice(),
        ),
        (Right::Remove, &["DELE f"]),
        (Right::MakeDirectory, &["MKD d"]),
        (Right::RemoveDirectory, &["RMD d"]),
        (Right::Rename, &["RNFR f"]),
    ] {
        for line in lines {
            let mut script = Script::new();
            script.log_in(Rights::READ_WRITE.without(missing));
            script.say("TYPE I");
            assert_eq!(script.say(line), [550], "{line}");
            assert_eq!(script.outputs(), [], "{line}");
        }
    }
}

#[test]
fn mlst_tells_facts_and_the_full_name() {
    let mut script = Script::logged_in();
    script.say("OPTS MLST size;modify;");
    script.say("MLST f");
    let id = script.open_question().unwrap();
    let replies = script.answer_to(id, file());
    let lines: Vec<_> = replies[0].lines().iter().map(Vec::as_slice).collect();
    assert_eq!(
        lines,
        [
            b"Facts:".as_slice(),
            b" size=1234;modify=20200102030405; /f",
            b"End."
        ]
    );
}

#[test]
fn stat_lists_on_the_control_connection() {
    let mut script = Script::logged_in();
    let Answer::Entry(file) = file() else {
        panic!()
    };
    let mut directory = Entry::new(PathName::new("226 forged").unwrap(), EntryKind::Directory);
    directory.modified = Some(ListedTime::Utc(time("19990102030405")));
    for (line, entries, code) in [
        ("STAT f", Vec::from([file.clone()]), 213),
        ("STAT d", Vec::from([file.clone()]), 212),
        ("STAT d", Vec::from([file, directory]), 212),
    ] {
        script.say(line);
        let id = script.open_question().unwrap();
        let replies = script.answer_to(id, Answer::Entries(entries));
        assert_eq!(replies.len(), 1, "{line}");
        assert_eq!(replies[0].code().value(), code, "{line}");
        let text = format!("{}", replies[0]);
        assert!(text.contains("2020 f"), "{text}");
    }
}

#[test]
fn stat_of_a_path_needs_a_login() {
    assert_eq!(Script::new().say("STAT f"), [530]);
}
