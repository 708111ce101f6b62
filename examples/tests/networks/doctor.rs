//! `ftp doctor` names the causes, and what cures them.

use serde_json::Value;

use crate::guide::recipe;
use crate::host::Host;
use crate::map::{INNER, Neighbours, OUTER, RIGHT, ROUTER, Routed};
use crate::modes::{ftp, serve};
use crate::support::process::run;

const PRIVATE_ADDRESS: &str = "227 told the private address 192.168.1.100: \
     the server is behind NAT and should advertise its public address";
const UNREACHABLE_CLIENT: &str = "a firewall or NAT on this side; use passive mode";
const DROPPED: &str = "a firewall drops it: the server's side should let its passive ports in";

#[test]
fn nothing_is_said_where_nothing_is_wrong() {
    let Some(net) = Neighbours::new() else { return };
    let _ftpd = serve(&net.right, RIGHT, &[]);
    doctor(&net.left, RIGHT).names(&[]);
}

#[test]
fn a_server_behind_nat_should_advertise_its_public_address() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-server"));
    let _ftpd = serve(&net.inner, INNER, &["--passive-ports", "50000-50999"]);
    doctor(&net.outer, ROUTER).names(&[PRIVATE_ADDRESS]);
}

#[test]
fn a_router_should_forward_the_passive_ports() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-server"));
    let _ftpd = serve(&net.inner, INNER, &["--passive-ports", "51000-51999"]);
    doctor(&net.outer, ROUTER).names(&[
        "nobody listens at the server's port 51",
        PRIVATE_ADDRESS,
        "nobody listens at the server's port 51",
    ]);
}

#[test]
fn a_client_behind_nat_should_be_passive() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router"));
    let _ftpd = serve(&net.outer, OUTER, &[]);
    doctor(&net.inner, OUTER).names(&[
        "the server refuses this client's private address, told by EPRT",
        "the server refuses this client's private address, told by PORT",
    ]);
}

#[test]
fn a_client_behind_a_firewall_should_be_passive() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client"));
    let _ftpd = serve(&net.right, RIGHT, &[]);
    doctor(&net.left, RIGHT).names(&[UNREACHABLE_CLIENT, UNREACHABLE_CLIENT]);
}

#[test]
fn a_firewall_should_let_the_passive_ports_in() {
    let Some(net) = Neighbours::new() else { return };
    net.right.rules(recipe("server"));
    let _ftpd = serve(&net.right, RIGHT, &["--passive-ports", "51000-51999"]);
    doctor(&net.left, RIGHT).names(&[DROPPED, DROPPED]);
}

#[test]
fn a_mode_that_a_server_refuses_is_named() {
    let Some(net) = Neighbours::new() else { return };
    let _ftpd = serve(&net.right, RIGHT, &["--no-active"]);
    doctor(&net.left, RIGHT).names(&["EPRT is refused", "PORT is refused"]);
}

#[test]
fn it_fails_where_no_mode_works() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client"));
    net.right.rules(recipe("server"));
    let _ftpd = serve(&net.right, RIGHT, &["--passive-ports", "51000-51999"]);
    let said = doctor(&net.left, RIGHT);
    assert!(!said.succeeded, "{said:?}");
    said.names(&[DROPPED, DROPPED, UNREACHABLE_CLIENT, UNREACHABLE_CLIENT]);
}

#[test]
fn an_address_of_the_server_that_is_dead_is_named() {
    let Some(net) = Neighbours::new() else { return };
    net.left.address("eth0", "2001:db8::50/64");
    net.right.address("eth0", "2001:db8::60/64");
    net.left
        .names("2001:db8::60 server.test\n203.0.113.60 server.test\n");
    let _ftpd = serve(&net.right, RIGHT, &[]);
    let said = doctor(&net.left, "server.test");
    said.names(&[]);
    let unreachable = &said.report["unreachable"];
    assert_eq!(unreachable[0]["address"], "[2001:db8::60]:21", "{said:?}");
}

/// What `ftp doctor` said.
#[derive(Debug)]
struct Said {
    succeeded: bool,
    report: Value,
}

fn doctor(client: &Host, server: &str) -> Said {
    let ran = run(ftp(client, "doctor", server).arg("--json"), "");
    Said {
        succeeded: ran.status.success(),
        report: serde_json::from_str(&ran.output)
            .unwrap_or_else(|error| panic!("{error}: {ran:?}")),
    }
}

impl Said {
    /// Each finding has its part of what was expected, and there are no others.
    fn names(&self, expected: &[&str]) {
        let findings = self.report["findings"].as_array().expect("a list");
        let found = findings.iter().map(|finding| {
            let part = |name: &str| finding[name].as_str().expect("a text");
            format!("{}: {}", part("cause"), part("cure"))
        });
        let found: Vec<_> = found.collect();
        let alike = found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, part)| found.contains(part));
        assert!(alike, "expected {expected:#?}, found {found:#?}\n{self:?}");
    }
}
