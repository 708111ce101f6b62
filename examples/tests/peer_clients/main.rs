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

use core::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use support::ftpd::{self, Ftpd};
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

const IPV4: &str = "127.0.0.1";
const IPV6: &str = "::1";

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
        host: IPV4,
        mode,
        pipelined: false,
    });
}

/// Over IPv6 it is passive whatever `ftp:passive-mode` says.
#[test]
fn lftp_over_ipv6() {
    with_program_over("lftp", IPV6, PASSIVE, |program, mode| lftp::Lftp {
        program,
        host: IPV6,
        mode,
        pipelined: false,
    });
}

#[test]
fn lftp_with_pipelined_commands() {
    with_program("lftp", BOTH, |program, mode| lftp::Lftp {
        program,
        host: IPV4,
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
        host: IPV4,
        mode,
    });
}

#[test]
fn python_ftplib_over_ipv6() {
    with_program_over("python3", IPV6, BOTH, |program, mode| ftplib::Ftplib {
        program,
        host: IPV6,
        mode,
    });
}

#[test]
fn suppaftp() {
    for &mode in BOTH {
        against_ftpd("suppaftp", IPV4, mode, &suppaftp::Suppaftp { mode });
    }
}

/// Lets a client that is a program perform the scenario in each of the modes it has.
fn with_program<C: Client>(name: &str, modes: &[Mode], client: impl Fn(PathBuf, Mode) -> C) {
    with_program_over(name, IPV4, modes, client);
}

fn with_program_over<C: Client>(
    name: &str,
    host: &str,
    modes: &[Mode],
    client: impl Fn(PathBuf, Mode) -> C,
) {
    let Some(program) = peers::program(name) else {
        return;
    };
    for &mode in modes {
        against_ftpd(name, host, mode, &client(program.clone(), mode));
    }
}

fn against_ftpd(name: &str, host: &str, mode: Mode, client: &dyn Client) {
    let refuse_the_other = match mode {
        Mode::Passive => "--no-active",
        Mode::Active => "--no-passive",
    };
    let listen = SocketAddr::new(host.parse().expect("an address"), 0).to_string();
    let ftpd = Ftpd::start_by(Command::new(ftpd::PROGRAM), &listen, &[refuse_the_other]);
    scenario::exercise(&format!("{name} {mode:?} {host}"), client, &ftpd.place);
}
