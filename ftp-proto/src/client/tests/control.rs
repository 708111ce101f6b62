//! Greeting, login, single commands, renames, and the end.

use alloc::format;
use alloc::string::String;

use super::script::{play, play_open, play_with};
use crate::client::*;
use crate::time::Moment;

#[test]
fn the_session_opens_with_220() {
    play(
        "
        U: command NOOP
        S: 220 Hello
        E: greeted 220
        C: NOOP
        S: 200 Done
        E: answered 1 200
    ",
    );
}

#[test]
fn a_greeting_may_be_announced_by_120_once() {
    play(
        "
        T: 59
        S: 120 Soon
        T: 59
        S: 120 Soon
        T: 1
        E: broken: timed out: greeting
        A: close control
        E: closed, no reply
    ",
    );
    play(
        "
        S: 120 Soon
        S: 220 Hello
        E: greeted 220
    ",
    );
}

#[test]
fn a_server_that_turns_us_away_is_no_session() {
    for code in ["421", "500", "530"] {
        play(&format!(
            "
            U: login
            S: {code} Too many users
            E: broken 1: service not available: {code} Too many users
            A: close control
            E: closed, {code}
            U: login
            E: refused: not possible while closed
        "
        ));
    }
    play(
        "
        S: 331 Hello
        E: broken: unexpected reply 331 Hello
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn garbage_is_no_greeting() {
    play(
        "
        S: SSH-2.0-OpenSSH
        E: broken: malformed reply: no reply code
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn a_login_goes_as_far_as_the_server_asks() {
    for (replies, end) in [
        ("S: 230 In", "E: logged in 1 230"),
        ("S: 232 In", "E: logged in 1 232"),
        ("S: 530 No", "E: rejected 1 530"),
        (
            "S: 331 Password\nC: PASS secret\nS: 230 In",
            "E: logged in 1 230",
        ),
        (
            "S: 331 Password\nC: PASS secret\nS: 202 In",
            "E: logged in 1 202",
        ),
        (
            "S: 331 Password\nC: PASS secret\nS: 530 No",
            "E: rejected 1 530",
        ),
        (
            "S: 331 Password\nC: PASS secret\nS: 331 Again",
            "E: rejected 1 331",
        ),
        (
            "S: 331 P\nC: PASS secret\nS: 332 A\nC: ACCT staff\nS: 230 In",
            "E: logged in 1 230",
        ),
        (
            "S: 331 P\nC: PASS secret\nS: 332 A\nC: ACCT staff\nS: 332 A",
            "E: rejected 1 332",
        ),
        (
            "S: 332 Account\nC: ACCT staff\nS: 230 In",
            "E: logged in 1 230",
        ),
    ] {
        play(&format!(
            "
            S: 220 Hello
            E: greeted 220
            U: login staff
            C: USER joe
            {replies}
            {end}
        "
        ));
    }
}

#[test]
fn an_account_that_is_missing_is_a_rejection() {
    play(
        "
        S: 220 Hello
        E: greeted 220
        U: login
        C: USER joe
        S: 332 Account
        E: rejected 1 332
    ",
    );
}

#[test]
fn a_greeting_or_a_welcome_may_come_twice() {
    play(
        "
        S| 220 Hello⏎220 Hello again⏎
        E: greeted 220
        U: login
        C: USER joe
        S| 230 Welcome⏎230 Really welcome⏎
        E: logged in 1 230
        U: command NOOP
        C: NOOP
        S: 200 Done
        E: answered 2 200
        S: 230 Much too late
        E: broken: unexpected reply 230 Much too late
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn a_greeting_of_230_is_a_login() {
    play(
        "
        S: 230 Hello
        E: greeted 230
        U: login
        E: logged in 1 230
        U: login
        C: USER joe
    ",
    );
}

#[test]
fn a_rename_takes_two_steps() {
    play_open(
        "
        U: rename a b
        C: RNFR a
        S: 350 Go on
        C: RNTO b
        S: 250 Done
        E: answered 2 250
    ",
    );
}

#[test]
fn a_refused_rename_sends_no_rnto() {
    play_open(
        "
        U: rename a b
        C: RNFR a
        S: 550 No
        E: rejected 2 550
        U: rename a b
        C: RNFR a
        S: 350 Go on
        C: RNTO b
        S: 553 No
        E: rejected 3 553
    ",
    );
}

#[test]
fn commands_wait_for_each_other() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        U: command PWD
        U: rename a b
        U: command SYST
        S: 200 Done
        E: answered 2 200
        C: PWD
        S: 257 \"/\"
        E: answered 3 257
        C: RNFR a
        S: 350 Go on
        C: RNTO b
        S: 250 Done
        E: answered 4 250
        C: SYST
    ",
    );
}

#[test]
fn commands_are_pipelined_if_asked_for() {
    let config = ClientConfig {
        pipeline_depth: 3,
        ..ClientConfig::default()
    };
    play_with(
        config,
        "
        U: command NOOP
        U: command PWD
        U: command SYST
        U: command FEAT
        U: command REIN
        U: command HELP
        S: 220 Hello
        E: greeted 220
        C: NOOP
        C: PWD
        C: SYST
        S: 200 Done
        E: answered 1 200
        C: FEAT
        S: 257 \"/\"
        E: answered 2 257
        S: 215 UNIX
        E: answered 3 215
        S: 211 End
        E: answered 4 211
        C: REIN
        S: 120 Soon
        E: begun 5 120
        S: 220 Hello again
        E: answered 5 220
        C: HELP
    ",
    );
}

#[test]
fn what_has_a_call_of_its_own_is_no_single_command() {
    for line in [
        "USER joe", "PASS x", "REST 5", "RETR f", "STOR f", "STOU", "APPE f", "LIST", "NLST",
        "MLSD", "ABOR", "QUIT", "AUTH TLS", "ADAT x", "CCC", "MIC x", "CONF x", "ENC x", "PBSZ 0",
        "PROT P",
    ] {
        let verb = line.split(' ').next().unwrap();
        play_open(&format!(
            "
            U: command {line}
            E: refused: {verb} can't be sent as a single command
        "
        ));
    }
}

#[test]
fn a_known_verb_in_disguise_is_no_single_command_either() {
    use crate::command::{Command, RawCommand};
    use crate::path::Argument;

    let mut session = ClientSession::new(ClientConfig::default(), Moment::ZERO);
    for (verb, allowed) in [
        ("retr", false),
        ("Type", false),
        ("XYZZY", true),
        ("noop", true),
    ] {
        let raw = RawCommand::new(Argument::new(verb).unwrap(), None).unwrap();
        let taken = session.command(Command::Other(raw), Moment::ZERO);
        assert_eq!(taken.is_ok(), allowed, "{verb}");
    }
}

#[test]
fn a_reply_that_answers_nothing_ends_the_session() {
    play_open(
        "
        S: 226 Surprise
        E: broken: unexpected reply 226 Surprise
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn two_replies_to_one_command_never_answer_the_next_one() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        U: command PWD
        S| 200 Done⏎226 And done⏎
        E: answered 2 200
        E: broken 3: unexpected reply 226 And done
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn a_server_cannot_answer_a_password_before_it_was_sent() {
    use super::script::Player;

    let mut player = Player::new(ClientConfig::default());
    let now = Moment::ZERO;
    let session = &mut player.session;
    session.handle_bytes(b"220 Hello\r\n", now);
    super::script::ask(session, "login", now).unwrap();
    let length = session.outgoing().len();
    session.sent(length, now);
    session.handle_bytes(b"331 Password\r\n230 I", now);
    // The beginning of a reply is here before PASS has left.
    let length = session.outgoing().len();
    session.sent(length, now);
    let outputs: String = core::iter::from_fn(|| session.poll_output())
        .map(|output| super::script::show(&output) + "\n")
        .collect();
    assert!(
        outputs.contains("broken 1: replies out of step"),
        "{outputs}"
    );
}

#[test]
fn a_421_ends_everything_at_any_time() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        U: command PWD
        S: 421 Timeout
        E: broken 2: service not available: 421 Timeout
        E: broken 3: service not available: 421 Timeout
        A: close control
        E: closed, 421
        S: 200 Done
        EOF
    ",
    );
    play_open(
        "
        S: 421 Timeout
        E: broken: service not available: 421 Timeout
        A: close control
        E: closed, 421
    ",
    );
}

#[test]
fn the_end_of_the_connection_ends_everything() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        S| 200 Do
        EOF
        E: broken 2: control connection closed
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn quit_waits_for_its_reply() {
    play_open(
        "
        U: quit
        C: QUIT
        U: command NOOP
        E: refused: not possible while quitting
        S: 221 Bye
        E: answered 2 221
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn a_refused_quit_leaves_the_session_open() {
    play_open(
        "
        U: quit
        C: QUIT
        S: 500 No
        E: rejected 2 500
        U: command NOOP
        C: NOOP
    ",
    );
}

#[test]
fn a_trace_tells_everything_but_secrets() {
    let config = ClientConfig {
        trace: true,
        ..ClientConfig::default()
    };
    play_with(
        config,
        "
        S: 220 Hello
        E: trace < 220 Hello
        E: greeted 220
        U: login
        E: trace > USER joe
        C: USER joe
        S: 331 Password
        E: trace < 331 Password
        E: trace > PASS ***
        C: PASS secret
    ",
    );
}

#[test]
fn debug_output_shows_no_password() {
    let mut session = ClientSession::new(ClientConfig::default(), Moment::ZERO);
    session.handle_bytes(b"220 Hello\r\n", Moment::ZERO);
    super::script::ask(&mut session, "login", Moment::ZERO).unwrap();
    super::script::ask(&mut session, "login hidden", Moment::ZERO).unwrap();
    session.sent(10, Moment::ZERO);
    session.handle_bytes(b"331 Password\r\n", Moment::ZERO);
    assert!(session.outgoing().starts_with(b"PASS secret"));
    let shown = format!("{session:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("hidden"),
        "{shown}"
    );
}
