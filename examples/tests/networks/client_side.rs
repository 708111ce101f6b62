//! Routers and firewalls on the client's side: passive mode cures them.

use crate::guide::recipe;
use crate::map::{INNER, Neighbours, OUTER, RIGHT, ROUTER, Routed};
use crate::modes::{list, serve, working};

#[test]
fn behind_a_router_a_client_is_passive() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router"));
    let _ftpd = serve(&net.outer, OUTER, &[]);
    assert_eq!(working(&net.inner, OUTER, &[]), ["epsv", "pasv"]);
    // The server sees at once that the address isn't the client's.
    let ran = list(&net.inner, OUTER, "port", &["-v"]);
    let port = format!("PORT {},", INNER.replace('.', ","));
    assert!(
        ran.errors.contains(&port) && ran.errors.contains("501 "),
        "{ran:?}"
    );
}

#[test]
fn behind_a_router_that_forwards_ports_a_client_may_be_active() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-client"));
    let _ftpd = serve(&net.outer, OUTER, &[]);
    let told = ["--active-ports", "50000-50099", "--active-address", ROUTER];
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.inner, OUTER, &told), all);
}

#[test]
fn a_router_that_knows_ftp_lets_a_client_be_active() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-helper"));
    let _ftpd = serve(&net.outer, OUTER, &[]);
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.inner, OUTER, &[]), all);
}

#[test]
fn behind_a_firewall_that_lets_nothing_in_a_client_is_passive() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client"));
    let _ftpd = serve(&net.right, RIGHT, &[]);
    assert_eq!(working(&net.left, RIGHT, &[]), ["epsv", "pasv"]);
}

#[test]
fn a_firewall_with_a_range_of_ports_lets_a_client_be_active() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client-active"));
    let _ftpd = serve(&net.right, RIGHT, &["--active-port", "20"]);
    let ports = ["--active-ports", "50000-50099"];
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.left, RIGHT, &ports), all);
}

#[test]
fn a_firewall_that_lets_little_out_must_know_the_passive_ports() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client-out"));
    let known = ["epsv", "pasv", "eprt", "port"];
    for (range, modes) in [("50000-50999", &known[..]), ("51000-51999", &known[2..])] {
        let _ftpd = serve(&net.right, RIGHT, &["--passive-ports", range]);
        assert_eq!(working(&net.left, RIGHT, &[]), modes, "{range}");
    }
}
