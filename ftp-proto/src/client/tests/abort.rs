//! ABOR, abandoned transfers, and what servers answer.

use alloc::format;

use core::time::Duration;

use super::script::{OPEN, Player, ask, play_open, play_with};
use super::transfer::{GET, RUNNING};
use crate::client::{ClientConfig, Phase};

const ABORTED: &str = "
    D: progress 5
    U: abort
    A: close Reset
    C: ABOR
";

#[test]
fn two_replies_end_an_aborted_transfer_whatever_they_are() {
    for replies in [
        "S: 426 Cut\nS: 226 Done",
        "S: 426 Cut\nS: 225 Done",
        "S: 226 Complete\nS: 226 Done",
        "S: 226 Complete\nS: 225 Nothing to do",
        "S: 225 Done\nS: 426 Cut",
        "S: 451 Cut\nS: 226 Done",
        "S: 426 Cut\nS: 500 What?",
        "S: 502 What?\nS: 426 Cut",
        "S: 502 What?\nS: 226 Complete",
        "S| 426 Cut⏎226 Done⏎",
    ] {
        // The end of the data connection comes before, between or after them.
        let failed = "D: failed cancelled";
        let (first, second) = replies.split_once('\n').unwrap_or((replies, ""));
        for order in [
            format!("{failed}\n{first}\n{second}"),
            format!("{first}\n{failed}\n{second}"),
            format!("{first}\n{second}\n{failed}"),
        ] {
            play_open(&format!(
                "
                {RUNNING}
                {ABORTED}
                {order}
                E: aborted 2 5
                U: command NOOP
                C: NOOP
                S: 200 Done
                E: answered 3 200
            "
            ));
        }
    }
}

#[test]
fn a_1yz_that_crosses_abor_starts_nothing() {
    for end in ["S: 426 Cut\nS: 226 Done", "S: 550 No\nS: 225 Nothing to do"] {
        play_open(&format!(
            "
            {GET}
            U: abort
            A: close Reset
            C: ABOR
            S: 150 Here it comes
            E: begun 2 150
            {end}
            E: aborted 2 0
        "
        ));
    }
    play_open(&format!(
        "
        {GET}
        U: abort
        A: close Reset
        C: ABOR
        S: 550 No
        S: 226 Done
        E: aborted 2 0
    "
    ));
}

#[test]
fn a_single_reply_leaves_the_session_in_doubt() {
    for reply in ["426", "226", "225", "502"] {
        play_open(&format!(
            "
            {RUNNING}
            {ABORTED}
            D: failed cancelled
            S: {reply} Hm
            T: 10
            E: broken 2: replies out of step
            A: close control
            E: closed, no reply
        "
        ));
    }
    play_open(&format!(
        "
        {RUNNING}
        {ABORTED}
        D: failed cancelled
        T: 10
        E: broken 2: timed out: reply to ABOR
        A: close control
        E: closed, no reply
    "
    ));
}

#[test]
fn what_arrived_in_full_may_still_be_aborted() {
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        U: abort
        C: ABOR
        S: 226 Complete
        S: 225 Nothing to do
        E: aborted 2 9
    "
    ));
    // The server is done, so there is nothing to tell it.
    play_open(&format!(
        "
        {RUNNING}
        S: 226 Complete
        U: abort
        A: close Reset
        D: failed cancelled
        E: aborted 2 0
    "
    ));
}

#[test]
fn before_its_command_a_transfer_is_just_dropped() {
    play_open(
        "
        U: get f
        C: EPSV
        U: abort
        E: aborted 2 0
        U: command NOOP
        S: 229 (|||40000|)
        C: NOOP
    ",
    );
    play_open(
        "
        U: get f
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        U: abort
        A: close Reset
        E: aborted 2 0
        D: connected
        U: command NOOP
        C: NOOP
    ",
    );
    play_open(
        "
        U: list ascii
        C: TYPE A
        U: abort
        E: aborted 2 0
        S: 200 Done
        U: get f
        C: TYPE I
    ",
    );
}

#[test]
fn a_transfer_that_waits_is_withdrawn() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        U: get f
        U: abort
        E: aborted 3 0
        S: 200 Done
        E: answered 2 200
        U: abort
        E: refused: not possible while ready
    ",
    );
}

#[test]
fn abor_is_sent_once() {
    play_open(&format!(
        "
        {RUNNING}
        {ABORTED}
        U: abort
        U: abandon
        D: failed cancelled
        S: 426 Cut
        S: 226 Done
        E: aborted 2 5
    "
    ));
}

#[test]
fn a_synch_goes_before_abor_only_if_asked_for() {
    let config = ClientConfig {
        telnet_abort: true,
        ..ClientConfig::default()
    };
    play_with(
        config,
        &format!(
            "
        {OPEN}
        {RUNNING}
        U: abort
        A: close Reset
        C: \\xff\\xf4\\xff\\xf2ABOR
    "
        ),
    );
}

#[test]
fn an_abandoned_transfer_is_aborted() {
    play_open(&format!(
        "
        {RUNNING}
        U: abandon
        A: close Reset
        C: ABOR
        U: command NOOP
        D: failed cancelled
        S: 426 Cut
        S: 226 Done
        E: aborted 2 0
        C: NOOP
    "
    ));
}

#[test]
fn only_a_final_reply_is_waited_for_and_not_aborted() {
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        U: abandon
        U: command NOOP
        S: 226 Done
        E: transferred 2 9 226
        C: NOOP
    "
    ));
}

#[test]
fn a_status_that_was_asked_for_is_answered_around_an_abort() {
    for replies in [
        "S: 211 Half\nE: answered 3 211\nS: 426 Cut\nS: 226 Done\nE: aborted 2 0",
        "S: 426 Cut\nS: 211 Half\nE: answered 3 211\nS: 226 Done\nE: aborted 2 0",
        "S: 426 Cut\nS: 226 Done\nE: aborted 2 0\nS: 211 Half\nE: answered 3 211",
    ] {
        play_open(&format!(
            "
            {RUNNING}
            U: status
            C: STAT
            U: abort
            A: close Reset
            C: ABOR
            D: failed cancelled
            {replies}
        "
        ));
    }
}

#[test]
fn quit_waits_for_the_end_of_an_abort() {
    play_open(&format!(
        "
        {RUNNING}
        U: abort
        A: close Reset
        C: ABOR
        U: quit
        D: failed cancelled
        S: 426 Cut
        S: 226 Done
        E: aborted 2 0
        C: QUIT
        S: 221 Bye
        E: answered 3 221
        A: close control
        E: closed, no reply
    "
    ));
}

#[test]
fn an_abort_has_its_own_time_and_no_other() {
    let config = ClientConfig {
        abort_timeout: Duration::from_secs(1000),
        ..ClientConfig::default()
    };
    for before in ["", "D: finished 9"] {
        let (close, bytes) = match before {
            "" => ("A: close Reset", 0),
            _ => ("", 9),
        };
        play_with(
            config.clone(),
            &format!(
                "
            {OPEN}
            {RUNNING}
            {before}
            U: abort
            {close}
            C: ABOR
            T: 900
            S: 426 Cut
            T: 90
            D: failed cancelled
            S: 226 Done
            E: aborted 2 {bytes}
        "
            ),
        );
    }
}

#[test]
fn the_driver_may_take_its_time_to_stop() {
    play_open(&format!(
        "
        {RUNNING}
        {ABORTED}
        S: 426 Cut
        S: 226 Done
        T: 100
        D: failed cancelled
        E: aborted 2 5
    "
    ));
}

#[test]
fn the_session_recovers_until_the_last_reply_is_there() {
    let mut player = Player::new(ClientConfig::default());
    let now = player.now;
    let session = &mut player.session;
    session.handle_bytes(b"220 Hello\r\n", now);
    ask(session, "get f", now).unwrap();
    session.sent(usize::MAX, now);
    assert_eq!(session.phase(), Phase::Transferring);
    session.abort(now).unwrap();
    assert_eq!(session.phase(), Phase::Recovering);
    session.handle_bytes(b"200 Type set\r\n", now);
    assert_eq!(session.phase(), Phase::Ready);
}
