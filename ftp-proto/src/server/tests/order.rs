//! The order of lines, and what overtakes: ABOR, STAT, NOOP and QUIT during transfers.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::server::{Answer, Ask, Discard, Note, Output};
use crate::session::{ChannelId, DataAction, DataEvent, DataFailure, FailureKind, Manner};

use super::harness::{Script, address, codes, opened};

const CANCELLED: DataEvent = DataEvent::Failed(DataFailure::Cancelled);

const fn finished(bytes: u64) -> DataEvent {
    DataEvent::Finished { bytes }
}

const fn close(channel: ChannelId) -> Output {
    Output::Data(DataAction::Close {
        channel,
        manner: Manner::Reset,
    })
}

const fn discard(channel: ChannelId, why: Discard) -> Output {
    Output::Discard { channel, why }
}

#[test]
fn abort_without_a_transfer_is_225_and_closes_what_was_set_up() {
    let mut script = Script::logged_in();
    assert_eq!(script.say("ABOR"), [225]);
    script.pasv();
    assert_eq!(script.say("ABOR"), [225]);
    assert_eq!(script.channels(), []);
    let channel = script.pasv();
    script.connect(channel);
    assert_eq!(script.say("ABOR"), [225]);
    assert_eq!(script.channels(), []);
    script.say("PORT 192,0,2,10,156,64");
    assert_eq!(script.say("ABOR"), [225]);
    assert_eq!(script.say("LIST"), [425]);
}

#[test]
fn abort_while_the_file_is_opened_takes_the_question_back() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.say("STOR f");
    let id = script.open_question().unwrap();
    script.outputs();
    assert_eq!(script.say("ABOR"), [426, 226]);
    assert_eq!(script.outputs(), [Output::Withdraw { id }, close(channel)]);
    // The answer was under way.
    assert_eq!(script.answer_to(id, opened()), []);
    assert_eq!(script.outputs(), []);
    assert_eq!(script.say("NOOP"), [200]);
}

#[test]
fn abort_before_the_client_connects() {
    let mut script = Script::logged_in();
    let channel = script.connecting("STOR f");
    assert_eq!(script.say("ABOR"), [426, 226]);
    assert_eq!(
        script.outputs(),
        [close(channel), discard(channel, Discard::Aborted)]
    );
}

#[test]
fn abort_stops_what_runs_and_answers_twice() {
    for line in ["RETR f", "STOR f", "LIST"] {
        let mut script = Script::logged_in();
        let channel = script.running(line);
        assert_eq!(script.say("ABOR"), [], "{line}");
        assert_eq!(script.outputs(), [close(channel)], "{line}");
        // What comes behind waits for both replies.
        assert_eq!(script.say("NOOP"), [], "{line}");
        assert_eq!(script.say("ABOR"), [], "{line}");
        assert_eq!(script.data(channel, CANCELLED), [426, 226, 200, 225]);
        assert_eq!(script.outputs(), [discard(channel, Discard::Aborted)]);
    }
}

#[test]
fn an_aborted_upload_that_ends_by_itself_is_not_kept() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.say("ABOR");
    script.outputs();
    assert_eq!(script.data(channel, finished(5)), [426, 226]);
    assert_eq!(script.outputs(), [discard(channel, Discard::Aborted)]);
}

#[test]
fn a_download_that_was_done_when_abort_came_is_complete() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    script.say("ABOR");
    script.outputs();
    assert_eq!(script.data(channel, finished(5)), [226, 226]);
    assert_eq!(script.outputs(), []);
}

#[test]
fn abort_waits_for_a_commit() {
    for (answer, code) in [
        (Answer::Done, 226),
        (Answer::Failed(FailureKind::NoSpace), 452),
    ] {
        let mut script = Script::logged_in();
        let channel = script.running("STOR f");
        script.data(channel, finished(5));
        assert_eq!(script.say("ABOR"), []);
        assert_eq!(script.answer(answer), [code, 226]);
    }
}

#[test]
fn abort_overtakes_lines_that_wait() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    assert_eq!(script.say("PWD"), []);
    assert_eq!(script.say("CWD x"), []);
    script.outputs();
    assert_eq!(script.say("abor"), []);
    assert_eq!(script.outputs(), [close(channel)]);
    assert_eq!(script.data(channel, CANCELLED), [426, 226, 257]);
    assert!(matches!(script.outputs().last(), Some(Output::Ask { .. })));
}

#[test]
fn abort_is_found_behind_telnet_interrupt_and_synch() {
    for prefix in [
        &b"\xff\xf4\xff\xf2"[..],
        b"\xff\xf4\xff",
        b"\xff\xf4\xf2",
        b"\xf2",
    ] {
        let mut script = Script::logged_in();
        let channel = script.running("RETR f");
        let replies = script.say_bytes(&[prefix, b"ABOR"].concat());
        assert_eq!(codes(&replies), [], "{prefix:?}");
        assert_eq!(script.outputs(), [close(channel)], "{prefix:?}");
        assert_eq!(script.data(channel, CANCELLED), [426, 226], "{prefix:?}");
    }
}

#[test]
fn words_that_begin_like_abort_do_not_abort() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    for line in ["ABORT", "ABOR now", "XABOR", "STOR ABOR"] {
        assert_eq!(script.say(line), [], "{line}");
        assert_eq!(script.outputs(), [], "{line}");
    }
    script.data(channel, finished(1));
}

#[test]
fn stat_and_noop_are_answered_while_bytes_move() {
    let mut script = Script::logged_in();
    script.say("TYPE I");
    let channel = script.pasv();
    script.say("RETR f");
    let size = Some(1000);
    assert_eq!(script.answer(Answer::Opened { size, name: None }), [150]);
    assert!(script.ask_text("STAT").contains("waiting"));
    script.connect(channel);
    script.data(channel, DataEvent::Progress { bytes: 417 });
    let status = script.ask_text("STAT");
    assert!(status.contains("417 of 1000 bytes"), "{status}");
    assert_eq!(script.say("NOOP"), [200]);
    assert_eq!(script.data(channel, finished(1000)), [226]);
}

#[test]
fn stat_and_noop_are_answered_while_an_upload_becomes_permanent() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.data(channel, finished(5));
    assert!(script.ask_text("STAT").contains("storing"));
    assert_eq!(script.say("NOOP"), [200]);
    assert_eq!(script.answer(Answer::Done), [226]);
}

#[test]
fn lines_sent_before_the_150_are_answered_after_the_226_in_order() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    let pipelined = b"RETR f\r\nNOOP\r\nPWD\r\nSTAT\r\nSYST\r\n";
    assert_eq!(codes(&script.push(pipelined)), []);
    assert_eq!(script.answer(opened()), [150]);
    assert_eq!(script.connect(channel), []);
    assert_eq!(script.data(channel, finished(1)), [226, 200, 257, 211, 215]);
}

#[test]
fn a_line_waits_if_the_150_was_not_sent_when_it_came() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.say("RETR f");
    script.reads = false;
    script.answer(opened());
    script.say("NOOP");
    script.reads = true;
    assert_eq!(codes(&script.settle()), [150]);
    // Neither is what comes behind it answered before it.
    assert_eq!(script.say("NOOP"), []);
    script.connect(channel);
    assert_eq!(script.data(channel, finished(1)), [226, 200, 200]);
}

#[test]
fn nothing_passes_a_line_that_waits_but_abort() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    assert_eq!(script.say("NOOP"), [200]);
    assert_eq!(script.say("STAT f"), []);
    assert_eq!(script.say("NOOP"), []);
    assert_eq!(script.say("STAT"), []);
    script.outputs();
    assert_eq!(script.data(channel, finished(1)), [226]);
    assert!(matches!(script.question(), Ask::Entries { .. }));
    assert_eq!(script.answer(Answer::Entries(Vec::new())), [212, 200, 211]);
}

#[test]
fn nothing_passes_a_line_of_the_same_packet() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    let replies = script.push(b"NOOP\r\nPWD\r\nNOOP\r\n");
    assert_eq!(codes(&replies), [200]);
    assert_eq!(script.data(channel, finished(1)), [226, 257, 200]);
}

#[test]
fn quit_waits_for_the_transfer() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    assert_eq!(script.say("QUIT"), []);
    assert_eq!(script.say("NOOP"), []);
    assert_eq!(script.data(channel, finished(1)), [226, 221]);
    assert!(script.is_closed());
}

#[test]
fn several_transfers_may_be_pipelined() {
    let mut script = Script::logged_in();
    let first = script.pasv();
    script.push(b"RETR a\r\nPASV\r\nRETR b\r\n");
    script.answer(opened());
    script.connect(first);
    assert_eq!(script.data(first, finished(1)), [226]);
    let second = script.new_channel();
    let advertised = address("192.0.2.1:5002");
    assert_eq!(
        script.data(second, DataEvent::Listening { advertised }),
        [227]
    );
    assert_eq!(script.answer(opened()), [150]);
    script.connect(second);
    assert_eq!(script.data(second, finished(1)), [226]);
}

#[test]
fn lines_wait_for_the_answer_to_a_question() {
    let mut script = Script::logged_in();
    assert_eq!(script.say("DELE f"), []);
    assert_eq!(script.say("NOOP"), []);
    assert_eq!(script.say("ABOR"), []);
    assert_eq!(script.answer(Answer::Done), [250, 200, 225]);
}

#[test]
fn the_session_stops_reading_when_too_much_waits() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    let mut sent = 0;
    while script.session.wants_bytes() {
        assert_eq!(script.say("PWD"), []);
        sent += 1;
    }
    assert!(sent * 5 >= 16 * 1024 && sent * 5 < 17 * 1024, "{sent}");
    let replies = script.data(channel, finished(1));
    assert_eq!(replies.len(), 1 + sent);
    assert!(script.session.wants_bytes());
}

#[test]
fn a_client_that_reads_no_replies_gets_no_more_of_them() {
    let mut script = Script::logged_in();
    script.reads = false;
    let mut sent = 0;
    while script.session.wants_bytes() {
        script.say("HELP");
        sent += 1;
    }
    assert!(script.session.outgoing().len() < 70_000);
    script.reads = true;
    assert_eq!(script.settle().len(), sent);
    assert!(script.session.wants_bytes());
}

#[test]
fn a_client_that_reads_no_replies_may_still_abort() {
    let mut script = Script::logged_in();
    let channel = script.running("RETR f");
    script.reads = false;
    while script.session.outgoing().len() < 64 * 1024 {
        script.say("STAT");
    }
    script.say("STAT");
    script.outputs();
    script.say("ABOR");
    assert_eq!(script.outputs(), [close(channel)]);
}

#[test]
fn the_end_of_the_control_connection_ends_a_transfer() {
    // While it is opened.
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.say("STOR f");
    let id = script.open_question().unwrap();
    script.outputs();
    script.eof();
    assert_eq!(
        script.outputs(),
        [
            Output::Withdraw { id },
            close(channel),
            Output::CloseControl
        ]
    );

    // While the connection is awaited.
    let mut script = Script::logged_in();
    let channel = script.connecting("STOR f");
    script.eof();
    assert_eq!(
        script.outputs(),
        [
            close(channel),
            discard(channel, Discard::Disconnected),
            Output::CloseControl
        ]
    );

    // While it runs: it is stopped before it is discarded.
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.say("PWD");
    script.eof();
    assert_eq!(script.outputs(), [close(channel)]);
    script.data(channel, CANCELLED);
    assert_eq!(
        script.outputs(),
        [
            discard(channel, Discard::Disconnected),
            Output::CloseControl
        ]
    );

    // What has arrived as a whole is kept.
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.data(channel, finished(5));
    script.outputs();
    script.eof();
    assert_eq!(script.outputs(), []);
    assert_eq!(script.answer(Answer::Done), [226]);
    assert_eq!(script.outputs(), [Output::CloseControl]);
}

#[test]
fn what_was_sent_before_the_end_is_answered() {
    let mut script = Script::new();
    script.push(b"USER a\r\nPASS b\r\nPWD\r\nSYST\r\n");
    assert_eq!(script.eof(), []);
    let grant = crate::server::Grant::new(
        crate::server::Rights::READ_ONLY,
        crate::path::VirtualPath::root(),
    );
    assert_eq!(script.answer(Answer::LoggedIn(grant)), [230, 257, 215]);
    assert!(script.is_closed());
}

#[test]
fn a_broken_connection_waits_for_nothing() {
    let mut script = Script::logged_in();
    script.reads = false;
    script.say("DELE f");
    script.session.handle_lost(script.now);
    script.settle();
    assert!(script.is_closed());

    let mut script = Script::logged_in();
    script.say("QUIT");
    let mut script = {
        script.reads = false;
        script
    };
    script.session.handle_lost(script.now);
    script.settle();
    assert!(script.is_closed());

    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.reads = false;
    script.session.handle_lost(script.now);
    script.settle();
    assert_eq!(script.outputs(), [close(channel)]);
    script.data(channel, CANCELLED);
    assert_eq!(
        script.outputs(),
        [
            discard(channel, Discard::Disconnected),
            Output::CloseControl
        ]
    );
}

#[test]
fn a_shutdown_lets_what_is_under_way_end() {
    let mut script = Script::logged_in();
    assert_eq!(script.shut_down(), [421]);
    assert!(script.is_closed());

    let mut script = Script::logged_in();
    script.say("DELE f");
    assert_eq!(script.shut_down(), []);
    assert_eq!(script.answer(Answer::Done), [250, 421]);
    assert!(script.is_closed());

    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.say("PWD");
    assert_eq!(script.shut_down(), []);
    assert_eq!(script.data(channel, finished(5)), []);
    assert_eq!(script.answer(Answer::Done), [226, 421]);
    assert!(script.is_closed());
}

#[test]
fn notes_tell_the_transfer_story() {
    let mut script = Script::logged_in();
    let channel = script.running("STOR f");
    script.say("ABOR");
    script.data(channel, CANCELLED);
    let story: Vec<String> = script
        .notes
        .iter()
        .filter(|note| !matches!(note, Note::Replied(_) | Note::Command(_)))
        .map(|note| format!("{note:?}"))
        .collect();
    assert_eq!(
        story,
        [
            "LoggedIn { user: \"alice\" }",
            "TransferStarted { channel: ChannelId(0) }",
            "TransferEnded { channel: ChannelId(0), bytes: 0, failure: Some(Cancelled) }",
        ]
    );
}
