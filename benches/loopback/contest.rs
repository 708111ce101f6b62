//! The servers that take part, each in a process of its own over a directory of its own.

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::path::Path;
use std::process;
use std::sync::Arc;

use ftp_server::Server;
use ftp_server::auth::{Rights, Users};
use ftp_server::storage::LocalStorage;

use crate::memory;
use crate::peers::servers::{self, proftpd, pureftpd, pyftpdlib, unftp, vsftpd};
use crate::support::place::{PASSWORD, USER};
use crate::support::process::command;

/// Starts a server, if it is installed.
type Start = fn() -> Option<servers::Server>;

const PEERS: [(&str, Start); 5] = [
    ("vsftpd", vsftpd::start),
    ("proftpd", proftpd::start),
    ("pure-ftpd", pureftpd::start),
    ("pyftpdlib", pyftpdlib::start),
    ("unftp", unftp::start),
];

/// The names of all foreign servers.
pub(crate) const NAMES: [&str; 5] = ["vsftpd", "proftpd", "pure-ftpd", "pyftpdlib", "unftp"];

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Contestant {
    server: servers::Server,
    processes: BTreeSet<u32>,
}

impl Contestant {
    pub(crate) const fn name(&self) -> &'static str {
        self.server.name
    }

    pub(crate) const fn port(&self) -> u16 {
        self.server.place.port
    }

    pub(crate) fn root(&self) -> &Path {
        &self.server.place.root
    }

    /// Bytes of memory that the server and its children have for themselves.
    pub(crate) fn memory(&self) -> io::Result<u64> {
        memory::of_families(&self.processes)
    }
}

/// Starts this server, the one of another build if there is one, and the peers of these names.
pub(crate) fn start(
    before: Option<&Path>,
    names: Option<&[String]>,
) -> io::Result<Vec<Contestant>> {
    let ours = env::current_exe()?;
    let mut contestants = vec![enter(|| Some(start_ours("ours", &ours)))?];
    if let Some(program) = before {
        let program = program.canonicalize()?;
        contestants.push(enter(|| Some(start_ours("before", &program)))?);
    }
    for (name, start) in PEERS {
        if names.is_none_or(|names| names.iter().any(|it| it == name)) {
            contestants.push(enter(start)?);
        }
    }
    Ok(contestants.into_iter().flatten().collect())
}

/// Starts a server and finds out which processes are new since.
fn enter(start: impl FnOnce() -> Option<servers::Server>) -> io::Result<Option<Contestant>> {
    let before = memory::children(process::id())?;
    let Some(server) = start() else {
        return Ok(None);
    };
    let after = memory::children(process::id())?;
    Ok(Some(Contestant {
        server,
        processes: &after - &before,
    }))
}

fn start_ours(name: &'static str, program: &Path) -> servers::Server {
    servers::Server::start(name, |port, root, settings| {
        let mut command = command(program, settings);
        command.arg("serve").arg(port.to_string()).arg(root);
        command
    })
}

/// Serves a directory with the library as it is, until the process is killed.
#[tokio::main]
pub(crate) async fn serve(port: u16, root: &Path) -> io::Result<()> {
    let storage = LocalStorage::new(root).map_err(io::Error::other)?;
    let server = Server::builder()
        .authenticator(Users::new().with(USER, PASSWORD, Rights::READ_WRITE))
        .storage(Arc::new(storage))
        .build()
        .map_err(io::Error::other)?;
    let listening = server.bind(("127.0.0.1", port)).await?;
    // The future of `main` runs on a thread of its own, away from the sessions.
    Ok(tokio::spawn(listening.serve()).await?)
}
