//! Transfers: what is sent when, and how final reply and end of data become one event.

use alloc::format;

use super::script::play_open;

/// A download over EPSV, until its command was sent.
pub(super) const GET: &str = "
    U: get f
    C: EPSV
    S: 229 (|||40000|)
    A: dial host:40000
    D: connected
    C: RETR f
";

/// The same, until the bytes move.
pub(super) const RUNNING: &str = "
    U: get f
    C: EPSV
    S: 229 (|||40000|)
    A: dial host:40000
    D: connected
    C: RETR f
    S: 150 Here it comes
    E: begun 2 150
    A: run Receive I
";

/// An upload until the bytes move.
const SENDING: &str = "
    U: put f
    C: EPSV
    S: 229 (|||40000|)
    A: dial host:40000
    D: connected
    C: STOR f
    S: 150 Go on
    E: begun 2 150
    A: run Send I
";

#[test]
fn a_download_ends_when_both_sides_have() {
    for end in [
        "D: finished 9\nS: 226 Done",
        "S: 226 Done\nD: finished 9",
        "S: 250 Done\nD: finished 9",
        "D: progress 4\nS: 226 Done\nD: progress 7\nD: finished 9",
    ] {
        let code = if end.contains("250") { 250 } else { 226 };
        play_open(&format!("{RUNNING}\n{end}\nE: transferred 2 9 {code}"));
    }
}

#[test]
fn a_reply_without_a_1yz_lets_the_bytes_move_all_the_same() {
    play_open(&format!(
        "
        {GET}
        S: 226 Done
        A: run Receive I
        D: finished 0
        E: transferred 2 0 226
    "
    ));
}

#[test]
fn a_1yz_may_come_more_than_once() {
    play_open(&format!(
        "
        {RUNNING}
        S: 125 Again
        E: begun 2 125
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
    "
    ));
}

#[test]
fn a_200_before_the_150_is_superfluous_once() {
    play_open(&format!(
        "
        {GET}
        S: 200 Fine
        S: 150 Here it comes
        E: begun 2 150
        A: run Receive I
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
    "
    ));
    play_open(&format!(
        "
        {GET}
        S: 200 Fine
        S: 200 Finer
        A: run Receive I
        D: finished 9
        E: transferred 2 9 200
    "
    ));
}

#[test]
fn a_226_that_is_said_again_is_forgiven_until_the_next_request() {
    play_open(&format!(
        "
        {RUNNING}
        S| 226 Done⏎226 Really done⏎
        D: finished 9
        E: transferred 2 9 226
    "
    ));
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
        S: 226 Really done
        S: 226 And again
        S: 226 And again
        S: 226 And once too often
        E: broken: unexpected reply 226 And once too often
        A: close control
        E: closed, no reply
    "
    ));
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
        U: command NOOP
        C: NOOP
        S: 200 Done
        E: answered 3 200
        S: 226 Much too late
        E: broken: unexpected reply 226 Much too late
        A: close control
        E: closed, no reply
    "
    ));
}

#[test]
fn a_refused_download_closes_the_connection_at_once() {
    for code in ["425", "450", "530", "550"] {
        play_open(&format!(
            "
            {GET}
            S: {code} No
            A: close Reset
            E: rejected 2 {code}
            D: failed broken
            U: command NOOP
            C: NOOP
        "
        ));
    }
}

#[test]
fn a_download_that_the_server_breaks_off_is_rejected() {
    for end in [
        "D: failed broken\nS: 426 Broken",
        "S: 426 Broken\nA: close Reset\nD: failed broken",
    ] {
        play_open(&format!(
            "{RUNNING}\nD: progress 5\n{end}\nE: rejected 2 426"
        ));
    }
    // All bytes came, and yet the server isn't content.
    play_open(&format!(
        "{RUNNING}\nD: finished 9\nS: 451 Oops\nE: rejected 2 451"
    ));
}

#[test]
fn an_upload_that_is_refused_midway_is_cut_off() {
    play_open(&format!(
        "
        {SENDING}
        D: progress 4096
        S: 552 Disk full
        A: close Reset
        D: failed cancelled
        E: rejected 2 552
    "
    ));
}

#[test]
fn a_failure_on_this_side_is_told_with_the_reply() {
    for end in [
        "D: failed storage\nS: 426 Broken",
        "S: 426 Broken\nA: close Reset\nD: failed storage",
    ] {
        let failure = if end.starts_with('D') {
            "failed 2 5 storage failed: local error, 426"
        } else {
            // The server had refused before.
            "rejected 2 426"
        };
        play_open(&format!("{SENDING}\nD: progress 5\n{end}\nE: {failure}"));
    }
}

#[test]
fn a_positive_reply_never_makes_up_for_lost_bytes() {
    for end in [
        "D: failed broken\nS: 226 Done",
        "S: 226 Done\nD: failed broken",
    ] {
        play_open(&format!(
            "{RUNNING}\nD: progress 5\n{end}\nE: failed 2 5 connection broken, 226"
        ));
    }
}

#[test]
fn a_download_without_its_final_reply_is_no_success() {
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        EOF
        E: broken 2: control connection closed
        A: close control
        E: closed, no reply
    "
    ));
    play_open(&format!(
        "
        {RUNNING}
        D: finished 9
        S: 421 Shutting down
        E: broken 2: service not available: 421 Shutting down
        A: close control
        E: closed, 421
    "
    ));
}

#[test]
fn a_session_that_dies_resets_the_data_connection() {
    play_open(&format!(
        "
        {SENDING}
        EOF
        A: close Reset
        E: broken 2: control connection closed
        A: close control
        E: closed, no reply
        D: failed cancelled
    "
    ));
}

#[test]
fn a_3yz_is_no_reply_to_a_transfer() {
    play_open(&format!(
        "
        {GET}
        S: 350 Well
        A: close Reset
        E: broken 2: unexpected reply 350 Well
        A: close control
        E: closed, no reply
    "
    ));
}

#[test]
fn the_type_is_sent_only_if_it_differs() {
    play_open(
        "
        U: list ascii
        C: TYPE A
        S: 200 Done
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: LIST
        S: 150 Here it comes
        E: begun 2 150
        A: run Receive A
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
        U: list ascii
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: LIST
        S: 550 No
        A: close Reset
        E: rejected 3 550
        U: get f
        C: TYPE I
        S: 504 Never
        E: rejected 4 504
        U: list ascii
        C: TYPE A
    ",
    );
}

#[test]
fn an_offset_is_sent_directly_before_the_command() {
    play_open(
        "
        U: get f from 5
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: REST 5
        S: 350 Go on
        C: RETR f
        S: 150 Here it comes
        E: begun 2 150
        A: run Receive I
        D: finished 4
        S: 226 Done
        E: transferred 2 4 226
        U: get f
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: RETR f
    ",
    );
}

#[test]
fn a_refused_offset_is_a_refused_transfer() {
    for code in ["200", "501", "502", "554"] {
        play_open(&format!(
            "
            U: get f from 5
            C: EPSV
            S: 229 (|||40000|)
            A: dial host:40000
            D: connected
            C: REST 5
            S: {code} No
            A: close Reset
            E: rejected 2 {code}
        "
        ));
    }
}

#[test]
fn an_offset_that_was_not_used_is_taken_back() {
    play_open(
        "
        U: get f from 5
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: REST 5
        U: abort
        A: close Reset
        E: aborted 2 0
        U: get g
        S: 350 Go on
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: REST 0
        S: 350 Go on
        C: RETR g
    ",
    );
}

#[test]
fn a_connection_that_breaks_before_the_command_fails_the_transfer() {
    play_open(
        "
        U: get f from 5
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: connected
        C: REST 5
        D: failed broken
        S: 350 Go on
        E: failed 2 0 connection broken, no reply
    ",
    );
}

#[test]
fn a_command_waits_for_the_end_of_a_transfer() {
    play_open(&format!(
        "
        {RUNNING}
        U: command NOOP
        U: get g
        S: 226 Done
        D: finished 9
        E: transferred 2 9 226
        C: NOOP
        S: 200 Done
        E: answered 3 200
        C: EPSV
    "
    ));
}

#[test]
fn the_status_is_asked_for_at_once() {
    play_open(&format!(
        "
        {RUNNING}
        U: status
        C: STAT
        U: status
        S: 211 Half of it
        E: answered 3 211
        C: STAT
        S: 226 Done
        S: 211 Nothing to do
        E: answered 4 211
        D: finished 9
        E: transferred 2 9 226
    "
    ));
}

#[test]
fn a_status_that_is_not_understood_is_no_end_of_the_transfer() {
    for code in ["500", "502", "530"] {
        play_open(&format!(
            "
            {RUNNING}
            U: status
            C: STAT
            S: {code} What?
            E: rejected 3 {code}
            D: finished 9
            S: 226 Done
            E: transferred 2 9 226
        "
        ));
    }
}

#[test]
fn the_status_of_a_file_waits_for_the_end() {
    play_open(&format!(
        "
        {RUNNING}
        U: status f
        D: finished 9
        S: 226 Done
        E: transferred 2 9 226
        C: STAT f
        S: 213 It is a file
        E: answered 3 213
    "
    ));
}

#[test]
fn quit_during_a_transfer_lets_it_end() {
    for replies in [
        "S: 226 Done\nS: 221 Bye\nE: answered 3 221\nEOF\nD: finished 9\nE: transferred 2 9 226",
        "D: finished 9\nS: 226 Done\nE: transferred 2 9 226\nS: 221 Bye\nE: answered 3 221",
        "S: 221 Bye\nE: answered 3 221\nD: finished 9\nS: 226 Done\nE: transferred 2 9 226",
    ] {
        play_open(&format!(
            "
            {RUNNING}
            U: quit
            C: QUIT
            {replies}
            A: close control
            E: closed, no reply
        "
        ));
    }
    play_open(&format!(
        "
        {RUNNING}
        U: quit
        C: QUIT
        S: 221 Bye
        E: answered 3 221
        EOF
        A: close Reset
        E: broken 2: control connection closed
        A: close control
        E: closed, no reply
    "
    ));
}
