//! What a client can't use up: time, attempts, memory.

use alloc::format;
use alloc::vec;
use core::mem::size_of;

use crate::server::{Note, ServerConfig, ServerSession, Timer};
use crate::session::DataEvent;

use super::harness::{Script, codes};

#[test]
fn a_session_without_login_ends_with_421() {
    let mut script = Script::new();
    for _ in 0..5 {
        assert_eq!(script.wait(10), []);
        assert_eq!(script.say("NOOP"), [200], "commands don't prolong it");
    }
    assert_eq!(script.wait(10), [421]);
    assert!(script.is_closed());
    assert!(script.notes.contains(&Note::TimedOut(Timer::Login)));
}

#[test]
fn a_login_that_nobody_answers_is_given_up() {
    let mut script = Script::new();
    script.say("USER a");
    script.say("PASS b");
    assert_eq!(script.wait(60), [421]);
    assert_eq!(script.open_question(), None);
    assert!(script.is_closed());
}

#[test]
fn who_logs_out_must_log_in_again_in_time() {
    let mut script = Script::logged_in();
    script.wait(100);
    assert_eq!(script.say("REIN"), [220]);
    assert_eq!(script.wait(59), []);
    assert_eq!(script.wait(1), [421]);
}

#[test]
fn an_idle_session_ends_with_421() {
    let mut script = Script::logged_in();
    assert_eq!(script.wait(299), []);
    assert_eq!(script.say("NOOP"), [200]);
    assert_eq!(script.wait(299), []);
    // Bytes that make no line don't count.
    assert_eq!(codes(&script.push(b"NO")), []);
    assert_eq!(script.wait(1), [421]);
    assert!(script.is_closed());
    assert!(script.notes.contains(&Note::TimedOut(Timer::Idle)));
}

#[test]
fn a_transfer_is_not_idle() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    for minute in 1..60 {
        assert_eq!(script.wait(60), []);
        let bytes = minute;
        assert_eq!(script.data(channel, DataEvent::Progress { bytes }), []);
    }
    assert_eq!(
        script.data(channel, DataEvent::Finished { bytes: 60 }),
        [226]
    );
    assert_eq!(script.wait(299), []);
    assert_eq!(script.wait(1), [421]);
}

#[test]
fn the_last_reply_is_not_waited_for_for_ever() {
    let mut script = Script::logged_in();
    script.reads = false;
    script.say("QUIT");
    script.wait(9);
    assert!(!script.is_closed());
    script.wait(1);
    assert!(script.is_closed());
    assert_eq!(script.session.poll_timeout(), None);
}

#[test]
fn zero_is_never() {
    let config = ServerConfig {
        login_timeout: core::time::Duration::ZERO,
        idle_timeout: core::time::Duration::ZERO,
        ..ServerConfig::default()
    };
    let mut script = Script::with(config);
    assert_eq!(script.session.poll_timeout(), None);
    assert_eq!(script.say("NOOP"), [200]);
    assert_eq!(script.session.poll_timeout(), None);
}

#[test]
fn bad_commands_in_a_row_end_the_session() {
    let mut script = Script::new();
    for round in 0..3 {
        for _ in 0..19 {
            assert_eq!(script.say("XYZZY"), [500], "{round}");
        }
        assert_eq!(script.say("NOOP"), [200]);
    }
    for line in ["", " ", "XYZZY x", "!", "XYZZY"].iter().cycle().take(19) {
        assert_eq!(script.say(line), [500], "{line:?}");
    }
    assert_eq!(script.say("XYZZY"), [500, 421]);
    assert!(script.is_closed());
}

/// Clients try what a server may know, and who is logged in isn't a browser that was lured here.
#[test]
fn bad_commands_never_end_the_session_of_a_user() {
    let mut script = Script::logged_in();
    for _ in 0..50 {
        assert_eq!(script.say("XYZZY"), [500]);
        assert_eq!(script.say("DELE a\0b"), [501]);
    }
}

#[test]
fn errors_in_arguments_never_end_the_session() {
    let mut script = Script::logged_in();
    for _ in 0..100 {
        for (line, code) in [
            ("NOOP x", 501),
            ("RETR", 501),
            ("RNTO", 501),
            ("AUTH", 501),
            ("REST -1", 501),
            ("OPTS MLST size", 501),
            ("OPTS", 501),
            ("OPTS HASH SHA-1", 501),
            ("TYPE", 501),
            ("PORT 1,2,3", 501),
        ] {
            assert_eq!(script.say(line), [code], "{line}");
        }
    }
}

#[test]
fn a_browser_is_cut_off_without_a_word() {
    for line in [
        "GET / HTTP/1.1",
        "POST / HTTP/1.1",
        "HEAD / HTTP/1.1",
        "put / HTTP/1.1",
        "CONNECT x:1 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "DELETE / HTTP/1.1",
    ] {
        let mut script = Script::new();
        let replies = script.push(format!("{line}\r\nHost: x\r\nUSER a\r\n").as_bytes());
        assert_eq!(codes(&replies), [], "{line}");
        assert!(script.is_closed(), "{line}");
    }
}

#[test]
fn a_line_that_is_too_long_is_one_error() {
    let mut script = Script::new();
    let mut replies = codes(&script.push(&vec![b'A'; 4097]));
    replies.extend(codes(&script.push(&vec![b'A'; 100_000])));
    assert_eq!(replies, [500]);
    assert_eq!(codes(&script.push(b"\r\nNOOP\r\n")), [200]);
    assert!(script.session.wants_bytes());
}

#[test]
fn arguments_with_nul_are_refused_not_cut() {
    let mut script = Script::logged_in();
    for line in [&b"DELE a\0b"[..], b"DELE \0", b"USER a\0", b"DELE a\rb"] {
        let replies = codes(&script.say_bytes(line));
        assert_eq!(replies, [501], "{}", line.escape_ascii());
        assert_eq!(script.outputs(), []);
    }
}

#[test]
fn paths_have_a_length() {
    let mut script = Script::logged_in();
    let long = "a".repeat(3000);
    script.say(&format!("CWD {long}"));
    script.answer(crate::server::Answer::Done);
    script.outputs();
    for (verb, code) in [("CWD", 550), ("MKD", 553), ("RETR", 425), ("SIZE", 550)] {
        script.say("TYPE I");
        assert_eq!(script.say(&format!("{verb} {long}")), [code], "{verb}");
    }
    assert_eq!(script.outputs(), []);
    // Not the name counts but where it leads.
    assert_eq!(script.say(&format!("CWD ../{long}")), []);
}

#[test]
fn an_idle_session_is_small() {
    assert!(
        size_of::<ServerSession>() <= 576,
        "{}",
        size_of::<ServerSession>()
    );
}
