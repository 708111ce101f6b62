//! The `ftp` program against foreign servers: the scenario over each way of opening data
//! connections, and what only this program does.
//!
//! A server that isn't installed is skipped, see `support::peers`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails as the test does"
)]

#[path = "../support/mod.rs"]
mod support;

mod program;
mod servers;

use program::Program;
use servers::{Limit, Server, proftpd, pureftpd, pyftpdlib, unftp, vsftpd};
use support::ftpd::Ftpd;
use support::place::Place;
use support::scenario;

/// Every one way in which `ftp --data` opens data connections.
const DATA_MODES: [&str; 4] = ["epsv", "pasv", "eprt", "port"];

#[test]
fn vsftpd() {
    against(vsftpd::start(), &[]);
}

#[test]
fn proftpd() {
    against(proftpd::start(), &[]);
}

#[test]
fn pure_ftpd() {
    against(pureftpd::start(), &[]);
}

#[test]
fn pyftpdlib() {
    against(pyftpdlib::start(), &[]);
}

#[test]
fn unftp() {
    against(unftp::start(), unftp::LIMITS);
}

/// The nearest peer of all: no limits, no installation.
#[test]
fn ftpd() {
    let ftpd = Ftpd::start(&[]);
    everything("ftpd", &ftpd.place, &[]);
}

/// Lets the program do everything against a server, if that is installed.
fn against(server: Option<Server>, limits: &'static [Limit]) {
    if let Some(server) = server {
        everything(server.name, &server.place, limits);
    }
}

/// Everything but what the server's limits name.
fn everything(server: &str, place: &Place, limits: &'static [Limit]) {
    let label = |data| format!("ftp --data {data}, {server}");
    let program = |data| Program { data, limits };
    scenario::exercise(&label("auto"), &program("auto"), place);
    for data in DATA_MODES {
        scenario::exercise_data_connections(&label(data), &program(data), place);
    }
    for check in program::CHECKS {
        if !limits.iter().any(|limit| limit.is_about(check.name)) {
            println!("{server}: {}", check.name);
            (check.run)(place);
        }
    }
}
