//! A host of a network that exists for one test: a network namespace.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::support::peers;
use crate::support::process::{Ran, command, run};

/// A host, gone with all its cables and rules when it goes out of scope.
#[derive(Debug)]
pub(crate) struct Host {
    name: String,
}

/// Whether hosts and their firewalls can be made here; says that the test skips if not.
pub(crate) fn can_be_made() -> bool {
    if !peers::root("a network of its own") {
        return false;
    }
    if peers::program("ip").is_none() || peers::program("nft").is_none() {
        return false;
    }
    // Root in a container may not, and some kernels can't.
    let name = unique("probe");
    let add = run(&mut ip(["netns", "add", &name]), "");
    let rules = run(&mut ip(["netns", "exec", &name, "nft", "-f", "-"]), PROBE);
    let _ = ip(["netns", "delete", &name]).status();
    let can = add.status.success() && rules.status.success();
    if !can {
        let why = format!("no networks here: {} {}", add.errors, rules.errors);
        peers::skip(&why);
    }
    can
}

/// The features of the firewall that tests need.
const PROBE: &str = "table ip probe {
  ct helper ftp { type \"ftp\" protocol tcp; }
  chain postrouting { type nat hook postrouting priority srcnat; masquerade; }
}
";

/// A name that no other process or test uses.
fn unique(label: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("ftp-{}-{number}-{label}", process::id())
}

impl Host {
    /// A host that has no cable yet.
    pub(crate) fn new(label: &str) -> Self {
        let name = unique(label);
        must(&mut ip(["netns", "add", &name]), "");
        let host = Self { name };
        host.ip(&["link", "set", "lo", "up"]);
        host
    }

    /// A cable from an interface of this host to one of another.
    pub(crate) fn cable(&self, interface: &str, other: &Self, other_interface: &str) {
        let peer = ["peer", "name", other_interface, "netns", &other.name];
        self.ip(&[&["link", "add", interface, "type", "veth"], &peer[..]].concat());
        self.ip(&["link", "set", interface, "up"]);
        other.ip(&["link", "set", other_interface, "up"]);
    }

    /// Gives an interface an address with the length of its prefix.
    pub(crate) fn address(&self, interface: &str, address: &str) {
        // Duplicates can't be, and looking for them would delay IPv6.
        let nodad: &[&str] = if address.contains(':') {
            &["nodad"]
        } else {
            &[]
        };
        self.ip(&[&["address", "add", address, "dev", interface], nodad].concat());
    }

    /// Sends what has no nearer route there.
    pub(crate) fn gateway(&self, router: &str) {
        self.route(&["default", "via", router]);
    }

    /// Adds a route.
    pub(crate) fn route(&self, route: &[&str]) {
        self.ip(&[&["route", "add"], route].concat());
    }

    /// Makes a router of the host.
    pub(crate) fn forward(&self) {
        let set = "echo 1 >/proc/sys/net/ipv4/ip_forward";
        must(&mut self.command("sh", ["-c", set]), "");
    }

    /// Loads rules of nftables.
    pub(crate) fn rules(&self, rules: &str) {
        must(&mut self.command("nft", ["-f", "-"]), rules);
    }

    /// Gives addresses names, one line each, as in the file `hosts`.
    pub(crate) fn names(&self, lines: &str) {
        let folder = self.configuration();
        fs::create_dir_all(&folder).expect("root can write there");
        fs::write(folder.join("hosts"), lines).expect("root can write there");
    }

    /// What lies there is seen in `/etc` on this host.
    fn configuration(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.name)
    }

    /// A command on this host, in an environment of its own.
    pub(crate) fn command<'a>(
        &self,
        program: &'a str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut command = ip(["netns", "exec", &self.name, program]);
        command.args(arguments);
        command
    }

    fn ip(&self, arguments: &[&str]) {
        let mut command = ip(["-n", &self.name]);
        must(command.args(arguments), "");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.configuration());
        let _ = ip(["netns", "delete", &self.name]).status();
    }
}

fn ip<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command(Path::new("ip"), Path::new("/"));
    command.args(arguments);
    command
}

fn must(command: &mut Command, input: &str) -> Ran {
    let ran = run(command, input);
    assert!(ran.status.success(), "{command:?}\n{input}\n{ran:?}");
    ran
}
