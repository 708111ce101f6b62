//! Which kinds of data connections work between two hosts.

use std::fs;
use std::process::Command;
use std::thread;

use crate::host::Host;
use crate::support::ftpd::{Ftpd, PROGRAM};
use crate::support::place::{PASSWORD, USER};
use crate::support::process::{Ran, run};

/// The file that every server of these tests has.
pub(crate) const FILE: &str = "hello.txt";

/// How long `ftp` waits, in seconds. Long enough for a busy machine, and no test needs more than
/// three such waits.
const PATIENCE: &str = "5";

/// What is used when a mode works, in the order in which it is tried.
const MODES: [&str; 4] = ["epsv", "pasv", "eprt", "port"];

/// An `ftpd` on a host, at port 21, that gives up data connections after two seconds.
pub(crate) fn serve(host: &Host, address: &str, options: &[&str]) -> Ftpd {
    let options = [options, &["--data-timeout", "2"]].concat();
    let listen = format!("{address}:21");
    let ftpd = Ftpd::start_by(host.command(PROGRAM, []), &listen, &options);
    fs::write(ftpd.place.root.join(FILE), "hello\n").expect("the root can be written");
    ftpd
}

/// The modes in which a listing arrives, in their order.
///
/// Checks that `auto` works if one of them does.
pub(crate) fn working(client: &Host, server: &str, options: &[&str]) -> Vec<&'static str> {
    let listing_in = |mode| list(client, server, mode, options);
    let (auto, each) = thread::scope(|scope| {
        let auto = scope.spawn(|| listing_in("auto"));
        let each = MODES.map(|mode| scope.spawn(move || listing_in(mode)));
        let each = each.map(|thread| thread.join().expect("a child was run"));
        (auto.join().expect("a child was run"), each)
    });
    let works = |ran: &Ran| ran.status.success() && ran.output.contains(FILE);
    assert_eq!(works(&auto), each.iter().any(works), "{auto:#?}\n{each:#?}");
    let modes = MODES.into_iter().zip(&each);
    modes
        .filter(|(_, ran)| works(ran))
        .map(|(mode, _)| mode)
        .collect()
}

/// `ftp ls` in one mode.
pub(crate) fn list(client: &Host, server: &str, mode: &str, options: &[&str]) -> Ran {
    run(
        ftp(client, "ls", server)
            .args(["--data", mode])
            .args(options),
        "",
    )
}

/// A URL of the server's root, with the account.
pub(crate) fn url(server: &str) -> String {
    format!("ftp://{USER}:{PASSWORD}@{server}/")
}

/// `ftp` on a host, about a server's root.
pub(crate) fn ftp(client: &Host, what: &str, server: &str) -> Command {
    let mut command = client.command(env!("CARGO_BIN_EXE_ftp"), []);
    command.args([what, &url(server), "--timeout", PATIENCE]);
    command
}
