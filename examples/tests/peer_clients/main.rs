//! Foreign clients against `ftpd`: each performs what it can of the scenario, passive and active.
//!
//! A client that isn't installed is skipped, see `support::peers`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails as the test does"
)]

#[path = "../support/mod.rs"]
mod support;

mod busybox;
mod curl;
mod downloaders;
mod ftplib;
mod lftp;
mod line_driven;
mod ncftp;
mod rclone;
mod suppaftp;

use std::path::PathBuf;

use support::ftpd::Ftpd;
use support::peers;
use support::scenario::{self, Client};

/// Which side opens the data connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// The client does (EPSV, PASV); the server refuses the other mode.
    Passive,
    /// The server does (EPRT, PORT); the server refuses the other mode.
    Active,
}

const BOTH: &[Mode] = &[Mode::Passive, Mode::Active];
const PASSIVE: &[Mode] = &[Mode::Passive];

#[test]
fn curl() {
    with_program("curl", BOTH, |program, mode| curl::Curl {
        program,
        mode,
        extended: true,
    });
}

#[test]
fn curl_without_the_extended_commands() {
    with_program("curl", BOTH, |program, mode| curl::Curl {
        program,
        mode,
        extended: false,
    });
}

#[test]
fn lftp() {
    with_program("lftp", BOTH, |program, mode| lftp::Lftp {
        program,
        mode,
        pipelined: false,
    });
}

#[test]
fn lftp_with_pipelined_commands() {
    with_program("lftp", BOTH, |program, mode| lftp::Lftp {
        program,
        mode,
        pipelined: true,
    });
}

#[test]
fn tnftp() {
    with_program("tnftp", BOTH, line_driven::tnftp);
}

#[test]
fn inetutils_ftp() {
    with_program("inetutils-ftp", BOTH, line_driven::inetutils);
}

#[test]
fn ncftp() {
    with_program("ncftpput", BOTH, |_, mode| ncftp::Ncftp { mode });
}

#[test]
fn wget() {
    with_program("wget", BOTH, |program, mode| downloaders::Wget {
        program,
        mode,
    });
}

#[test]
fn aria2() {
    with_program("aria2c", PASSIVE, |program, _| downloaders::Aria2 {
        program,
    });
}

#[test]
fn rclone() {
    with_program("rclone", PASSIVE, |program, _| rclone::Rclone::new(program));
}

#[test]
fn busybox() {
    with_program("busybox", PASSIVE, |program, _| busybox::Busybox {
        program,
    });
}

#[test]
fn python_ftplib() {
    with_program("python3", BOTH, |program, mode| ftplib::Ftplib {
        program,
        mode,
    });
}

#[test]
fn suppaftp() {
    for &mode in BOTH {
        against_ftpd("suppaftp", mode, &suppaftp::Suppaftp { mode });
    }
}

/// Lets a client that is a program perform the scenario in each of the modes it has.
fn with_program<C: Client>(name: &str, modes: &[Mode], client: impl Fn(PathBuf, Mode) -> C) {
    let Some(program) = peers::program(name) else {
        return;
    };
    for &mode in modes {
        against_ftpd(name, mode, &client(program.clone(), mode));
    }
}

fn against_ftpd(name: &str, mode: Mode, client: &dyn Client) {
    let refuse_the_other = match mode {
        Mode::Passive => "--no-active",
        Mode::Active => "--no-passive",
    };
    let ftpd = Ftpd::start(&[refuse_the_other]);
    scenario::exercise(&format!("{name} {mode:?}"), client, &ftpd.place);
}
