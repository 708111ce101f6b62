//! The server program of this repository, started on a free port.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use tempfile::TempDir;

use super::place::{self, PASSWORD, Place, USER};

/// How long `ftpd` may take to say that it listens.
const LIMIT: Duration = Duration::from_secs(30);

/// The server program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ftpd");

/// A running `ftpd`, killed when it goes out of scope.
#[derive(Debug)]
pub(crate) struct Ftpd {
    pub(crate) place: Place,
    child: Child,
    _root: TempDir,
}

impl Ftpd {
    /// Serves a new empty directory with these further options.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_by(Command::new(PROGRAM), "127.0.0.1:0", options)
    }

    /// The same by a command that runs [`PROGRAM`] somewhere else, and listens there.
    pub(crate) fn start_by(mut command: Command, listen: &str, options: &[&str]) -> Self {
        let root = place::open_directory();
        let mut child = command
            .args(["--listen", listen, "--user", &format!("{USER}:{PASSWORD}")])
            .args(options)
            .arg(root.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ftpd was built with this test");
        let lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
        let (sender, receiver) = mpsc::channel();
        // Reads on to the end, so that the pipe never fills.
        thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .filter_map(|line| listening_address(&line))
                .for_each(|address| {
                    let _ = sender.send(address);
                });
        });
        let Ok(address) = receiver.recv_timeout(LIMIT) else {
            let _ = child.kill();
            panic!("ftpd {options:?} didn't say `listening on ADDR:PORT` within {LIMIT:?}");
        };
        let place = Place {
            port: address.port(),
            root: root.path().to_owned(),
        };
        Self {
            place,
            child,
            _root: root,
        }
    }
}

impl Drop for Ftpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening_address(line: &str) -> Option<SocketAddr> {
    line.strip_prefix("listening on ")?.trim().parse().ok()
}
