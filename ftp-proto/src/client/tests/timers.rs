//! What happens when nothing happens.

use alloc::format;
use core::time::Duration;

use super::script::{play, play_open};
use super::transfer::RUNNING;
use crate::client::{ClientConfig, ClientSession};
use crate::time::Moment;

#[test]
fn a_greeting_that_does_not_come_ends_the_session() {
    play(
        "
        T: 59
        T: 1
        E: broken: timed out: greeting
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn a_reply_that_does_not_come_ends_the_session() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        T: 29
        T: 1
        E: broken 2: timed out: reply
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn half_a_reply_and_1yz_win_no_time() {
    play_open(
        "
        U: command NOOP
        C: NOOP
        T: 20
        S| 200-Half⏎of
        S| ⏎
        T: 10
        E: broken 2: timed out: reply
        A: close control
        E: closed, no reply
    ",
    );
    play_open(
        "
        U: command NOOP
        C: NOOP
        T: 20
        S: 150 Soon
        E: begun 2 150
        T: 10
        E: broken 2: timed out: reply
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn the_reply_timer_starts_when_the_last_byte_has_left() {
    let second = |count| Moment::ZERO + Duration::from_secs(count);
    let mut session = ClientSession::new(ClientConfig::default(), Moment::ZERO);
    session.handle_bytes(b"220 Hello\r\n", Moment::ZERO);
    super::script::ask(&mut session, "command NOOP", Moment::ZERO).unwrap();
    assert_eq!(session.poll_timeout(), None);
    session.sent(5, second(1));
    assert_eq!(session.poll_timeout(), None);
    session.sent(1, second(2));
    assert_eq!(session.poll_timeout(), Some(second(32)));
    session.handle_bytes(b"200 Done\r\n", second(3));
    assert_eq!(session.poll_timeout(), None);
}

#[test]
fn each_reply_has_its_own_time() {
    play_open(
        "
        U: login
        C: USER joe
        T: 29
        S: 331 Password
        C: PASS secret
        T: 29
        S: 230 In
        E: logged in 2 230
        T: 1000
    ",
    );
}

#[test]
fn a_transfer_lives_as_long_as_bytes_move() {
    play_open(&format!(
        "
        {RUNNING}
        T: 59
        D: progress 1
        T: 59
        D: progress 2
        T: 60
        A: close Reset
        D: failed cancelled
        T: 59
        S: 426 Cut
        E: failed 2 2 stalled, 426
    "
    ));
}

#[test]
fn a_final_reply_that_does_not_come_ends_the_session() {
    for end in ["D: finished 9", "D: failed broken"] {
        play_open(&format!(
            "
            {RUNNING}
            {end}
            T: 59
            T: 1
            E: broken 2: timed out: final reply
            A: close control
            E: closed, no reply
        "
        ));
    }
}

#[test]
fn data_may_take_longer_than_the_final_reply() {
    play_open(&format!(
        "
        {RUNNING}
        S: 226 Done
        T: 59
        D: progress 5
        T: 59
        D: finished 9
        E: transferred 2 9 226
    "
    ));
    play_open(&format!(
        "
        {RUNNING}
        S: 226 Done
        T: 60
        A: close Reset
        D: failed cancelled
        E: failed 2 0 stalled, 226
    "
    ));
}

#[test]
fn a_status_that_is_not_answered_costs_no_transfer() {
    play_open(&format!(
        "
        {RUNNING}
        U: status
        C: STAT
        T: 50
        D: progress 5
        T: 50
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
        T: 29
        S: 211 Nothing to do
        E: answered 3 211
    "
    ));
}

#[test]
fn a_server_that_does_not_begin_is_given_up() {
    play_open(
        "
        U: get f
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: RETR f
        T: 30
        A: close Reset
        E: broken 2: timed out: reply
        A: close control
        E: closed, no reply
    ",
    );
}

#[test]
fn zero_means_never() {
    let config = ClientConfig {
        greeting_timeout: Duration::ZERO,
        ..ClientConfig::default()
    };
    assert_eq!(
        ClientSession::new(config, Moment::ZERO).poll_timeout(),
        None
    );
}
