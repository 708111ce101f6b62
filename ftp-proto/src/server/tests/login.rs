//! USER, PASS, ACCT, REIN, QUIT.

use alloc::format;
use alloc::vec::Vec;

use crate::path::Argument;
use crate::server::{Answer, Ask, Grant, Note, Output, Rights, ServerConfig};

use super::harness::{Script, path};

#[test]
fn a_password_logs_in_and_leads_home() {
    let mut script = Script::new();
    assert_eq!(script.say("USER alice"), [331]);
    assert_eq!(script.say("PASS x y"), []);
    let Ask::Login { user, password } = script.question() else {
        panic!()
    };
    assert_eq!(user.as_bytes(), b"alice");
    assert_eq!(password.expose().as_bytes(), b"x y");
    let mut grant = Grant::new(Rights::READ_ONLY, path("/home"));
    grant.message = Vec::from([Argument::new("230 Hello,").unwrap()]);
    assert_eq!(script.answer(Answer::LoggedIn(grant)), [230]);
    assert!(script.ask_text("PWD").contains("\"/home\""));
}

#[test]
fn known_and_unknown_users_read_alike() {
    let mut texts = ["root", "nobody", "anonymous", "\u{e9}", ""]
        .map(|user| Script::new().ask_text(&format!("USER {user}")));
    texts.sort();
    assert_eq!(texts.first(), texts.last());
}

#[test]
fn a_failed_login_is_answered_after_a_growing_delay_and_the_last_with_421() {
    let mut script = Script::new();
    for (delay, codes) in [(1, [530].as_slice()), (2, &[530]), (4, &[530, 421])] {
        assert_eq!(script.say("USER alice"), [331]);
        assert_eq!(script.say("PASS wrong"), []);
        assert_eq!(script.answer(Answer::Denied), []);
        script.now = script.now + core::time::Duration::from_millis(delay * 1000 - 1);
        script.session.handle_timeout(script.now);
        assert_eq!(script.settle(), [], "too early");
        assert_eq!(script.wait(1), codes);
    }
    assert!(script.is_closed());
    let attempts: Vec<_> = script
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::LoginFailed { attempts, .. } => Some(*attempts),
            _ => None,
        })
        .collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[test]
fn neither_rein_nor_pipelining_saves_attempts() {
    let mut script = Script::new();
    let flood = "USER a\r\nPASS b\r\nREIN\r\n".repeat(100);
    let mut codes = super::harness::codes(&script.push(flood.as_bytes()));
    let mut asked = 0;
    while !script.is_closed() {
        asked += 1;
        codes.extend(script.answer(Answer::Denied));
        codes.extend(script.wait(16));
    }
    assert_eq!(asked, 3);
    assert_eq!(codes, [331, 530, 530, 331, 530, 530, 331, 530, 421]);
}

#[test]
fn a_failing_authenticator_is_no_failed_attempt() {
    let mut script = Script::new();
    script.say("USER alice");
    script.say("PASS x");
    assert_eq!(script.fail(crate::session::FailureKind::Local), [530]);
    assert!(
        !script
            .notes
            .iter()
            .any(|note| matches!(note, Note::LoginFailed { .. }))
    );
}

#[test]
fn pass_needs_user_just_before() {
    let mut script = Script::new();
    assert_eq!(script.say("PASS x"), [503]);
    script.log_in(Rights::READ_ONLY);
    assert_eq!(script.say("PASS x"), [503]);
    assert_eq!(script.say("ACCT x"), [202]);
}

/// Anonymous users often have none.
#[test]
fn a_password_may_be_empty_or_left_out() {
    for line in ["PASS", "PASS "] {
        let mut script = Script::new();
        script.say("USER anonymous");
        assert_eq!(script.say(line), []);
        let Ask::Login { password, .. } = script.question() else {
            panic!("{line:?}")
        };
        assert_eq!(password.expose().as_bytes(), b"", "{line:?}");
    }
}

#[test]
fn user_and_rein_drop_the_login_and_all_that_was_set() {
    for (line, code) in [("USER bob", 331), ("REIN", 220)] {
        let mut script = Script::logged_in();
        script.say("CWD sub");
        assert_eq!(script.answer(Answer::Done), [250]);
        assert_eq!(script.say("TYPE I"), [200]);
        assert_eq!(script.say("EPSV ALL"), [200]);
        assert_eq!(script.say("REST 5"), [350]);
        assert_eq!(script.say("OPTS MLST type;"), [200]);
        script.outputs();
        assert_eq!(script.say(line), [code]);
        assert_eq!(script.outputs(), [Output::Unmount], "{line}");
        assert_eq!(script.say("PWD"), [530], "{line}");
        script.log_in(Rights::READ_WRITE);
        assert!(script.ask_text("PWD").contains("\"/\""), "{line}");
        assert!(script.ask_text("STAT").contains("TYPE A"), "{line}");
        assert!(script.ask_text("FEAT").contains("size*"), "{line}");
        script.pasv();
        script.say("TYPE I");
        script.say("RETR f");
        let Ask::Open { job, .. } = script.question() else {
            panic!()
        };
        assert!(
            matches!(job, crate::server::Job::Retrieve { offset: 0, .. }),
            "{line}: {job:?}"
        );
    }
}

#[test]
fn user_closes_a_listener() {
    let mut script = Script::logged_in();
    script.pasv();
    script.say("USER bob");
    assert!(script.channels().is_empty());
}

#[test]
fn quit_says_goodbye_and_closes_once_that_is_sent() {
    let mut script = Script::new();
    script.reads = false;
    script.say("QUIT");
    assert!(!script.is_closed());
    script.reads = true;
    assert_eq!(super::harness::codes(&script.settle()), [221]);
    assert!(script.is_closed());
    assert_eq!(script.say("NOOP"), []);
}

#[test]
fn a_greeting_may_have_several_lines() {
    let config = ServerConfig {
        greeting: "Hello.\r\nBe kind.".into(),
        ..ServerConfig::default()
    };
    let script = Script::with(config);
    assert!(
        script
            .notes
            .iter()
            .any(|note| matches!(note, Note::Replied(reply) if reply.lines().len() == 2))
    );
}

#[test]
fn a_password_shows_in_no_note() {
    let mut script = Script::new();
    script.say("USER alice");
    script.say("PASS hunter2");
    script.say("ACCT hunter2");
    let outputs = script.outputs();
    let trace = format!("{:?} {outputs:?}", script.notes);
    assert!(!trace.contains("hunter2"), "{trace}");
}
