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

/// Lets the program do everything against a server, except what the server's limits name.
fn against(server: Option<Server>, limits: &'static [Limit]) {
    let Some(server) = server else { return };
    let label = |data| format!("ftp --data {data}, {}", server.name);
    scenario::exercise(
        &label("auto"),
        &Program {
            data: "auto",
            limits,
        },
        &server.place,
    );
    for data in DATA_MODES {
        let program = Program { data, limits };
        scenario::exercise_data_connections(&label(data), &program, &server.place);
    }
    for check in program::CHECKS {
        if !limits.iter().any(|limit| limit.is_about(check.name)) {
            println!("{}: {}", server.name, check.name);
            (check.run)(&server.place);
        }
    }
}
