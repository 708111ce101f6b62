//! The two programs and `parse_listing` as somebody types them: options, exit status, what is shown.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails as the test does"
)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use support::ftpd::Ftpd;
use support::process::{self, Ran};

const FTP: &str = env!("CARGO_BIN_EXE_ftp");
const FTPD: &str = env!("CARGO_BIN_EXE_ftpd");

/// Runs a program in a directory of its own.
fn run(program: &str, arguments: &[&str], input: &str) -> Ran {
    let home = home();
    let mut command = process::command(program.as_ref(), home.path());
    process::run(command.args(arguments), input)
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

/// What a program shows that succeeds.
fn shown(program: &str, arguments: &[&str], input: &str) -> String {
    let ran = run(program, arguments, input);
    assert!(ran.status.success(), "{arguments:?}: {ran:?}");
    ran.output
}

/// The line in which a program tells why it fails.
fn error_line(program: &str, arguments: &[&str]) -> String {
    let ran = run(program, arguments, "");
    let mut lines = ran
        .errors
        .lines()
        .filter(|line| line.starts_with("error: "));
    let line = lines.next();
    let failed = !ran.status.success() && lines.next().is_none();
    assert!(failed, "{arguments:?}: {ran:?}");
    line.unwrap_or_else(|| panic!("{arguments:?}: {ran:?}"))
        .into()
}

#[test]
fn ftp_tells_in_one_line_what_went_wrong_and_never_the_password() {
    let ftpd = Ftpd::start(&[]);
    let port = ftpd.place.port;
    let wrong = format!("ftp://test:hunter2@127.0.0.1:{port}/");
    for (arguments, told) in [
        (&["ls", &wrong][..], "530"),
        (&["ls", &ftpd.place.url("")], "530"),
        (&["get", &ftpd.place.url_with_account("nothing")], "550"),
        (&["rm", &ftpd.place.url_with_account("nothing")], "550"),
        (&["get", &ftpd.place.url_with_account("")], "path"),
        (&["ls", "http://127.0.0.1/"], "ftp://"),
        (&["ls", "ftp://127.0.0.1/a%0d%0aDELE%20b"], "bad path"),
        (&["ls", "ftp://test:hunter2@127.0.0.1:99999/"], "bad port"),
        (&["raw", &ftpd.place.url_with_account(""), "RETR x"], "RETR"),
    ] {
        let line = error_line(FTP, arguments);
        assert!(line.contains(told), "{arguments:?}: {line}");
        assert!(!line.contains("hunter2"), "{arguments:?}: {line}");
    }
}

#[test]
fn ftp_shows_the_protocol_without_the_password() {
    let ftpd = Ftpd::start(&[]);
    let ran = run(FTP, &["-v", "ls", &ftpd.place.url_with_account("")], "");
    for line in ["> USER test", "> PASS ***", "> EPSV", "> QUIT"] {
        assert!(ran.errors.contains(line), "{line}: {}", ran.errors);
    }
    assert!(!ran.errors.contains("secret"), "{}", ran.errors);
}

#[test]
fn ftp_open_obeys_line_by_line() {
    let ftpd = Ftpd::start(&[]);
    fs::write(ftpd.place.root.join("a b"), "content").expect("a file can be written");
    let script = "pwd\nmkdir d\ncd d\npwd\ncd ..\nmv 'a b' c\nbogus\nls\nget c\nput c e\nquit\n";
    let shown = shown(FTP, &["open", &ftpd.place.url_with_account("")], script);
    for line in ["/\n", "/d\n", " c\n"] {
        assert!(shown.contains(line), "{line:?} isn't in {shown}");
    }
    let uploaded = fs::read_to_string(ftpd.place.root.join("e"));
    assert_eq!(uploaded.ok().as_deref(), Some("content"));
}

#[test]
fn ftp_get_verifies_what_it_got() {
    let ftpd = Ftpd::start(&[]);
    fs::write(ftpd.place.root.join("f"), "content").expect("a file can be written");
    shown(
        FTP,
        &["get", &ftpd.place.url_with_account("f"), "--verify"],
        "",
    );
    let home = home();
    let local = home.path().join("f");
    fs::write(&local, "longer than there").expect("a file can be written");
    let local = local.to_str().expect("temporary paths are UTF-8");
    let url = ftpd.place.url_with_account("f");
    error_line(FTP, &["get", &url, local, "--resume", "--verify"]);
}

#[test]
fn ftpd_switches_off_what_it_is_told_to() {
    for (option, working) in [
        ("--no-active", ["EPSV", "PASV"]),
        ("--no-passive", ["EPRT", "PORT"]),
    ] {
        let ftpd = Ftpd::start(&[option]);
        let url = ftpd.place.url_with_account("");
        let report = shown(FTP, &["doctor", &url, "--json"], "");
        let report: Value = serde_json::from_str(&report).expect("doctor prints JSON");
        let modes = report["modes"].as_array().expect("modes are a list");
        let works = modes.iter().filter(|mode| mode["works"] == true);
        let works: Vec<_> = works.filter_map(|mode| mode["mode"].as_str()).collect();
        assert_eq!(works, working, "{option}");
    }
}

#[test]
fn ftpd_lets_anonymous_in_only_as_far_as_it_is_told() {
    for (options, reads, writes) in [
        (&[][..], false, false),
        (&["--anonymous"], true, false),
        (&["--anonymous-write"], true, true),
    ] {
        let ftpd = Ftpd::start(options);
        let list = run(FTP, &["ls", &ftpd.place.url("")], "");
        assert_eq!(list.status.success(), reads, "{options:?}: {list:?}");
        let make = run(FTP, &["mkdir", &ftpd.place.url("d")], "");
        assert_eq!(make.status.success(), writes, "{options:?}: {make:?}");
        assert_eq!(ftpd.place.root.join("d").is_dir(), writes, "{options:?}");
    }
}

#[test]
fn ftpd_reads_its_settings_and_hashed_passwords_from_a_file() {
    let hash = shown(FTPD, &["hash-password"], "hunter2\n");
    let home = home();
    let file = home.path().join("ftpd.toml");
    let text = format!(
        "no-active = true\n[[user]]\nname = \"bob\"\npassword-hash = \"{}\"\n",
        hash.trim()
    );
    fs::write(&file, text).expect("a file can be written");
    let file = file.to_str().expect("temporary paths are UTF-8");
    assert!(shown(FTPD, &["check", file], "").contains("ok"));

    let ftpd = Ftpd::start(&["--config", file, "--user", "alice:secret"]);
    let port = ftpd.place.port;
    shown(FTP, &["ls", &ftpd.place.url_with_account("")], "");
    // What the command line says about users wins.
    error_line(
        FTP,
        &["ls", &format!("ftp://bob:hunter2@127.0.0.1:{port}/")],
    );
}

#[test]
fn ftpd_refuses_settings_that_make_no_sense() {
    let home = home();
    let file = home.path().join("ftpd.toml");
    for text in [
        "unknown-key = 1",
        "[[user]]\nname = \"bob\"",
        "[[user]]\nname = \"bob\"\npassword-hash = \"x\"",
        "root = \"/nothing/here\"",
    ] {
        fs::write(&file, text).expect("a file can be written");
        let path = file.to_str().expect("temporary paths are UTF-8");
        error_line(FTPD, &["check", path]);
    }
    error_line(FTPD, &["/nothing/here"]);
    error_line(FTPD, &["--passive-ports", "9-3"]);
    error_line(FTPD, &["--listen", "192.0.2.1:1"]);
    let line = error_line(FTPD, &["--user", ":hunter2"]);
    assert!(!line.contains("hunter2"), "{line}");
}

/// Examples are built by `cargo test`, unless it is told to build something else.
#[test]
fn parse_listing_prints_one_object_a_line() {
    let program = Path::new(FTP)
        .with_file_name("examples")
        .join("parse_listing");
    let Some(program) = program.to_str().filter(|_| program.exists()) else {
        println!("skipped: the example parse_listing isn't built");
        return;
    };
    let listing = "total 3\r\n\
        -rw-r--r-- 1 o g 7 Dec 31 15:04 a b\r\n\
        drwxr-xr-x 2 o g 0 Feb  1  2020 d\r\n\
        lrwxrwxrwx 1 o g 1 Jan  2 15:04 l -> t\r\n\
        what is that\r\n";
    let output = shown(program, &["--now", "2024-05-01T00:00:00Z"], listing);
    let objects: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let expected = serde_json::json!([
        {"name": "a b", "kind": "file", "size": 7, "modified": "2023-12-31T15:04:00Z",
         "target": null, "mode": "rw-r--r--"},
        {"name": "d", "kind": "dir", "size": 0, "modified": "2020-02-01T00:00:00Z",
         "target": null, "mode": "rwxr-xr-x"},
        {"name": "l", "kind": "link", "size": 1, "modified": "2024-01-02T15:04:00Z",
         "target": "t", "mode": "rwxrwxrwx"},
        {"unparsed": "what is that"},
    ]);
    assert_eq!(Value::from(objects), expected);
    let refused = run(program, &["--now", "yesterday"], "");
    assert!(!refused.status.success(), "{refused:?}");
}
