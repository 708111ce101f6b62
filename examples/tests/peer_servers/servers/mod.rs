//! The foreign servers, each started on a free port over a directory of its own.
//!
//! None of them needs an account of the machine: those that would ask for one are told to act
//! as `nobody`, or to read a password file of the test.

use core::fmt::Debug;
use core::net::SocketAddr;
use core::time::Duration;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::place::{self, Place};
use crate::support::process::{self, Background};

pub(crate) mod proftpd;
pub(crate) mod pureftpd;
pub(crate) mod pyftpdlib;
pub(crate) mod unftp;
pub(crate) mod vsftpd;

/// The password of the account, as crypt(3) makes it with SHA-512: quick to check.
const PASSWORD_HASH: &str = concat!(
    "$6$peers$KrBmzvhIULwqEdfeIsp4m8uL6wV13TVt4y6zpvDZa.",
    "TUYm1KPEels5fFjf5.KxYPUCAr2BsgkD8iKU6hLf0Xz/"
);
/// The number of `nobody` and `nogroup`.
const NOBODY: u32 = 65534;

/// What a server can't do, so that no test asks for it.
#[derive(Debug)]
pub(crate) struct Limit {
    /// The way of opening data connections, the step or the check that fails.
    pub(crate) about: &'static str,
    pub(crate) reason: &'static str,
}

impl Limit {
    pub(crate) fn is_about(&self, what: &str) -> bool {
        self.about == what
    }
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    _process: Background,
    _root: TempDir,
    _settings: TempDir,
    /// What is undone when the server has ended.
    _guard: Option<Box<dyn Debug>>,
}

/// How long a server may take until it accepts a connection.
const LIMIT: Duration = Duration::from_secs(20);
/// How often a port that was free may be gone when the server wants it.
const ATTEMPTS: u32 = 5;

impl Server {
    /// Starts a server by the command that `configure` makes of a port, the root directory and
    /// a directory for settings; again on another port if that one was taken meanwhile.
    pub(crate) fn start(
        name: &'static str,
        configure: impl Fn(u16, &Path, &Path) -> Command,
    ) -> Self {
        for _ in 0..ATTEMPTS {
            let (root, settings) = (place::open_directory(), place::open_directory());
            let port = free_port();
            let mut command = configure(port, root.path(), settings.path());
            let mut process = Background::start(&mut command, settings.path());
            if accepts(port, &mut process) {
                let place = Place {
                    port,
                    root: root.path().to_owned(),
                };
                return Self {
                    name,
                    place,
                    _process: process,
                    _root: root,
                    _settings: settings,
                    _guard: None,
                };
            }
            eprintln!("{name} on port {port} doesn't accept:\n{}", process.log());
        }
        panic!("{name} doesn't start");
    }

    /// Keeps something for as long as the server runs.
    pub(crate) fn with_guard(self, guard: impl Debug + 'static) -> Self {
        Self {
            _guard: Some(Box::new(guard)),
            ..self
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("some port is free");
    listener
        .local_addr()
        .expect("a listener has an address")
        .port()
}

/// Whether the server accepts before it ends or the time is up.
fn accepts(port: u16, process: &mut Background) -> bool {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    process::poll(LIMIT, || {
        if !process.is_running() {
            return Some(false);
        }
        TcpStream::connect_timeout(&address, Duration::from_secs(1))
            .ok()
            .map(|_| true)
    })
    .unwrap_or(false)
}
