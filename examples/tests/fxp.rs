//! `ftp fxp` between two `ftpd`, which must both allow it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::process::{Command, Output};

use support::ftpd::{Ftpd, PROGRAM};
use support::place::{PASSWORD, USER};

/// Other addresses than that of the client, and so other hosts to whoever looks at addresses.
const HERE: &str = "127.0.0.2";
const THERE: &str = "127.0.0.3";

fn start(host: &str, options: &[&str]) -> Ftpd {
    Ftpd::start_by(Command::new(PROGRAM), &format!("{host}:0"), options)
}

fn url(host: &str, server: &Ftpd, path: &str) -> String {
    format!(
        "ftp://{USER}:{PASSWORD}@{host}:{}/{path}",
        server.place.port
    )
}

fn copy(from: &str, to: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ftp"))
        .args(["--timeout", "10", "fxp", from, to])
        .output()
        .unwrap()
}

#[test]
fn a_file_goes_from_server_to_server_where_both_allow_it() {
    const ALLOWED: &[&str] = &["--allow-foreign-data", "--data-timeout", "3"];
    const REFUSED: &[&str] = &["--data-timeout", "3"];
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    for (source, destination, works) in [
        (ALLOWED, ALLOWED, true),
        (REFUSED, ALLOWED, false),
        (ALLOWED, REFUSED, false),
        (REFUSED, REFUSED, false),
    ] {
        let (from, to) = (start(HERE, source), start(THERE, destination));
        fs::write(from.place.root.join("a"), &bytes).unwrap();
        let result = copy(&url(HERE, &from, "a"), &url(THERE, &to, ""));
        let said = String::from_utf8_lossy(&result.stderr);
        let case = format!("{source:?} {destination:?}: {said}");
        assert_eq!(result.status.success(), works, "{case}");
        let arrived = fs::read(to.place.root.join("a")).unwrap_or_default();
        assert_eq!(arrived == bytes, works, "{case}");
        assert_eq!(said.lines().count(), usize::from(!works), "{case}");
    }
}

#[test]
fn the_side_that_fails_is_named() {
    let allowed = ["--allow-foreign-data"];
    let (from, to) = (start(HERE, &allowed), start(THERE, &allowed));
    fs::write(from.place.root.join("a"), b"a").unwrap();
    for (source, target, said) in [
        ("missing", "b", "error: source: RETR missing: refused: 550"),
        (
            "a",
            "no/such/b",
            "error: destination: STOR no/such/b: refused: 55",
        ),
    ] {
        let result = copy(&url(HERE, &from, source), &url(THERE, &to, target));
        let error = String::from_utf8_lossy(&result.stderr).into_owned();
        assert!(error.starts_with(said), "{error}");
    }
    assert_eq!(
        fs::read_dir(&to.place.root).unwrap().count(),
        0,
        "nothing is left over"
    );
}
