//! TYPE, STRU, MODE, OPTS, and what the server tells of itself.

use crate::reply::{Reply, ReplyCode};
use crate::server::{Answer, Rights, ServerConfig};
use crate::session::FailureKind;

use super::harness::Script;

#[test]
fn parameters_are_accepted_or_504_or_501() {
    let mut script = Script::logged_in();
    for (line, code) in [
        ("TYPE A", 200),
        ("TYPE A N", 200),
        ("TYPE I", 200),
        ("TYPE L 8", 200),
        ("type i", 200),
        ("TYPE A T", 504),
        ("TYPE E", 504),
        ("TYPE L 7", 504),
        ("TYPE X", 501),
        ("STRU F", 200),
        ("STRU R", 504),
        ("STRU P", 504),
        ("STRU X", 501),
        ("MODE S", 200),
        ("MODE B", 504),
        ("MODE C", 504),
        ("MODE Z", 504),
        ("MODE X", 501),
        ("ALLO 5", 200),
        ("ALLO x", 501),
        ("CLNT x", 200),
        ("LANG EN", 504),
        ("HOST x", 503),
        ("SMNT x", 502),
        ("AUTH TLS", 502),
        ("PBSZ 0", 503),
        ("PROT P", 503),
        ("CCC", 533),
    ] {
        assert_eq!(script.say(line), [code], "{line}");
    }
}

#[test]
fn options_are_set_before_login_and_never_cost_the_session() {
    let mut script = Script::new();
    for (line, reply) in [
        ("OPTS UTF8 ON", "200 Names are sent as they are stored."),
        ("opts utf8 off", "200 Names are sent as they are stored."),
        ("OPTS UTF8", "200 Names are sent as they are stored."),
        ("OPTS UTF8 MAYBE", "501 UTF8 is ON or OFF."),
        ("OPTS MLST Type;Size;fish;", "200 MLST OPTS type;size;"),
        ("OPTS MLST", "200 MLST OPTS"),
        ("OPTS MLST fish;", "200 MLST OPTS"),
        ("OPTS MLST fish", "501 Each fact ends in a semicolon."),
        ("OPTS RETR x", "501 That has no options."),
    ] {
        assert_eq!(script.ask_text(line), reply, "{line}");
    }
}

#[test]
fn what_the_server_tells_of_itself() {
    let mut script = Script::logged_in();
    script.say("OPTS MLST type;size;");
    let lines = [
        "SYST",
        "FEAT",
        "HELP",
        "HELP RETR",
        "help epsv",
        "HELP AUTH",
        "HELP x",
        "SITE HELP",
        "STAT",
    ];
    let texts = lines.map(|line| alloc::format!("> {line}\n{}\n", script.ask_text(line)));
    insta::assert_snapshot!(texts.concat());
}

#[test]
fn site_is_the_applications() {
    for (answer, code) in [
        (Answer::Reply(Reply::new(ReplyCode::OK, "done")), 200),
        (Answer::Failed(FailureKind::Unsupported), 504),
        (Answer::Failed(FailureKind::PermissionDenied), 550),
        // A 1yz would leave the client waiting.
        (Answer::Reply(Reply::new(ReplyCode::OPENING_DATA, "x")), 451),
    ] {
        let mut script = Script::logged_in();
        assert_eq!(script.say("SITE CHMOD 644 f"), []);
        assert_eq!(script.answer(answer), [code]);
    }
    let mut script = Script::new();
    script.log_in(Rights::READ_ONLY);
    assert_eq!(script.say("SITE CHMOD 644 f"), [550]);
}

#[test]
fn unknown_verbs_are_the_applications_only_if_configured() {
    assert_eq!(Script::logged_in().say("XCRC f"), [500]);
    let config = ServerConfig {
        custom_commands: true,
        ..ServerConfig::default()
    };
    let mut script = Script::with(config);
    assert_eq!(script.say("XCRC f"), [500], "before the login");
    script.log_in(Rights::READ_WRITE);
    assert_eq!(script.say("XCRC f"), []);
    assert_eq!(script.fail(FailureKind::Unsupported), [504]);
}
