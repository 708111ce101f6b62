//! The program `ftp` against servers that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod server;

use core::time::Duration;
use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Instant;

use server::Server;

/// Longest run of the program; a hang is a failure.
const LIMIT: Duration = Duration::from_secs(20);

/// Starts `ftp` with an input that stays open.
fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ftp"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ftp was built with this test")
}

/// Waits for its end.
fn end(mut child: Child) -> Output {
    // Kept open: nothing may depend on its end.
    let _input = child.stdin.take();
    let deadline = Instant::now() + LIMIT;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("ftp hangs");
        }
        thread::park_timeout(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn run(arguments: &[&str]) -> Output {
    end(start(arguments))
}

/// What it printed on both streams.
fn printed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// It fails with one line that holds this text.
#[track_caller]
fn assert_fails(output: &Output, why: &str) {
    let text = printed(output);
    let errors: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert!(!output.status.success(), "{text}");
    assert!(
        matches!(errors[..], [line] if line.contains(why)),
        "{why}: {text}"
    );
}

#[test]
fn how_a_server_says_goodbye_changes_nothing() {
    for goodbye in ["500 what?", "421 away", "nonsense", ""] {
        let server = Server::start(&[("QUIT", goodbye)]);
        let output = run(&["ls", &server.url("")]);
        assert!(output.status.success(), "{goodbye:?}: {}", printed(&output));
    }
}

#[test]
fn a_full_disk_ends_an_upload_whose_input_is_silent() {
    let server = Server::start(&[("STOR", "150 go on\r\n452 disk full")]);
    let mut child = start(&["put", "-", &server.url("a")]);
    child.stdin.as_mut().unwrap().write_all(b"begin").unwrap();
    assert_fails(&end(child), "452 disk full");
}

#[test]
fn a_tree_that_holds_itself_is_given_up() {
    let server = Server::start(&[("DELE", "550 a directory")]).listing("type=dir; again\r\n");
    assert_fails(&run(&["rm", "-r", &server.url("a")]), "too deep");
}

#[test]
fn a_name_that_leads_elsewhere_is_never_removed() {
    for name in ["../b", "/b", "a/b", "..", "."] {
        let server = Server::start(&[("DELE a", "550 a directory")])
            .listing(&format!("type=file; {name}\r\n"));
        assert_fails(&run(&["rm", "-r", &server.url("a")]), name);
        let removed: Vec<_> = server.commands("DELE");
        assert_eq!(removed, ["DELE a"], "{name}");
    }
}

#[test]
fn parents_are_made_without_knowing_where_one_is() {
    let server = Server::start(&[("PWD", "502 no"), ("MKD", "257 made")]);
    let output = run(&["mkdir", "-p", &server.url("a/b")]);
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(server.commands("MKD"), ["MKD a", "MKD a/b"]);
}

#[test]
fn nothing_that_a_server_says_reaches_the_terminal_as_it_is() {
    const TRICK: &str = "\u{1b}[2J\u{9b}2J\u{7}";
    let server = Server::start(&[
        ("220", &format!("220 {TRICK}")),
        ("SYST", &format!("215 {TRICK}")),
        ("FEAT", &format!("211-{TRICK}\r\n {TRICK}\r\n211 end")),
        ("PWD", &format!("257 \"/{TRICK}\"")),
        ("SITE", &format!("200-{TRICK}\r\n200 {TRICK}")),
        ("MKD", &format!("550 {TRICK}")),
        (
            "MLST",
            &format!("250-{TRICK}\r\n type=file; {TRICK}\r\n250 end"),
        ),
    ])
    .listing(&format!("type=file; a{TRICK}\r\n{TRICK}\r\n"));
    for arguments in [
        &["ls", "-v"][..],
        &["ls", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["raw", "SITE x", "PWD"],
        &["mkdir"],
        &["stat"],
        &["stat", "--json"],
    ] {
        let url = server.url(if matches!(arguments[0], "mkdir" | "stat") {
            "a"
        } else {
            ""
        });
        let mut all = vec![arguments[0], &url];
        all.extend(&arguments[1..]);
        let text = printed(&run(&all));
        let forbidden = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(forbidden), "{arguments:?}: {text:?}");
    }
}
