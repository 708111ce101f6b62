//! Routers and firewalls on the server's side: a range of ports and the right address cure them.

use core::time::Duration;
use std::fs;

use crate::guide::recipe;
use crate::host::Host;
use crate::map::{INNER, Neighbours, OUTER, RIGHT, ROUTER, Routed};
use crate::modes::{FILE, serve, url, working};
use crate::support::peers;
use crate::support::process::{Background, Ran, poll, run};

const RANGE: [&str; 2] = ["--passive-ports", "50000-50999"];
/// How long a web server may take to serve, and `ftpd` to ask it.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn behind_a_router_a_server_advertises_its_public_address() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-server"));
    let options = [&RANGE[..], &["--public-address", ROUTER]].concat();
    let _ftpd = serve(&net.inner, INNER, &options);
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.outer, ROUTER, &[]), all);
    if let Some(ran) = trustful_curl(&net.outer, ROUTER) {
        assert!(ran.output.contains(FILE), "{ran:?}");
    }
}

#[test]
fn a_server_may_ask_the_web_for_its_public_address() {
    let Some(net) = Routed::new() else { return };
    if peers::program("python3").is_none() {
        return;
    }
    net.router.rules(recipe("router-server"));
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    fs::write(folder.path().join("ip"), ROUTER).expect("a new file can be written");
    let root = folder.path().to_str().expect("a path in UTF-8");
    let web = ["-m", "http.server", "8000", "--directory", root];
    let _web = Background::start(&mut net.outer.command("python3", web), folder.path());
    let url = format!("http://{OUTER}:8000/ip");
    let answers = || curl(&net.inner, &["-s", &url]).is_none_or(|ran| ran.output == ROUTER);
    let web_serves = poll(LIMIT, || answers().then_some(()));
    assert!(web_serves.is_some());
    let options = [&RANGE[..], &["--public-address", &url]].concat();
    let _ftpd = serve(&net.inner, INNER, &options);
    // The address is asked for while clients are served already.
    let lists = || {
        let ran = trustful_curl(&net.outer, ROUTER);
        ran.is_none_or(|ran| ran.output.contains(FILE))
    };
    let reached = poll(LIMIT, || lists().then_some(()));
    assert!(reached.is_some());
}

#[test]
fn who_believes_the_private_address_of_a_server_cant_reach_it() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router-server"));
    let _ftpd = serve(&net.inner, INNER, &RANGE);
    // `ftp` takes the host of the control connection instead.
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.outer, ROUTER, &[]), all);
    if let Some(ran) = trustful_curl(&net.outer, ROUTER) {
        assert!(
            !ran.status.success() && ran.errors.contains(INNER),
            "{ran:?}"
        );
    }
}

#[test]
fn behind_a_router_that_forwards_port_21_alone_only_active_mode_works() {
    let Some(net) = Routed::new() else { return };
    net.router.rules(recipe("router"));
    net.router.rules(
        "table ip ftp_control {
           chain prerouting {
             type nat hook prerouting priority dstnat
             iifname wan tcp dport 21 dnat to 192.168.1.100
           }
         }",
    );
    let _ftpd = serve(&net.inner, INNER, &[]);
    assert_eq!(working(&net.outer, ROUTER, &[]), ["eprt", "port"]);
}

#[test]
fn a_firewall_needs_the_passive_ports_too() {
    let Some(net) = Neighbours::new() else { return };
    net.right.rules(recipe("server"));
    let _ftpd = serve(&net.right, RIGHT, &RANGE);
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.left, RIGHT, &[]), all);
}

#[test]
fn a_server_that_shares_one_passive_port_needs_no_other() {
    let Some(net) = Neighbours::new() else { return };
    net.right.rules(recipe("server-shared"));
    let options = ["--passive-ports", "50000-50000", "--share-passive-ports"];
    let _ftpd = serve(&net.right, RIGHT, &options);
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.left, RIGHT, &[]), all);
}

#[test]
fn with_passive_ports_that_the_firewall_drops_only_active_mode_works() {
    let Some(net) = Neighbours::new() else { return };
    net.right.rules(recipe("server"));
    let _ftpd = serve(&net.right, RIGHT, &["--passive-ports", "51000-51999"]);
    assert_eq!(working(&net.left, RIGHT, &[]), ["eprt", "port"]);
}

#[test]
fn a_firewall_that_knows_ftp_needs_no_passive_ports() {
    let Some(net) = Neighbours::new() else { return };
    net.right.rules(recipe("server-helper"));
    let _ftpd = serve(&net.right, RIGHT, &[]);
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&net.left, RIGHT, &[]), all);
}

#[test]
fn between_two_firewalls_that_let_nothing_in_nothing_works() {
    let Some(net) = Neighbours::new() else { return };
    net.left.rules(recipe("client"));
    net.right.rules(recipe("server"));
    let _ftpd = serve(&net.right, RIGHT, &["--passive-ports", "51000-51999"]);
    assert_eq!(working(&net.left, RIGHT, &[]), [""; 0]);
}

/// curl as it was before it ignored the address of a 227 reply, as other clients still are.
fn trustful_curl(client: &Host, server: &str) -> Option<Ran> {
    let trust = ["--disable-epsv", "--no-ftp-skip-pasv-ip"];
    let url = url(server);
    curl(
        client,
        &[&trust[..], &["-sSv", "--max-time", "5", &url]].concat(),
    )
}

/// curl, or `None` after saying that it isn't installed.
fn curl(host: &Host, options: &[&str]) -> Option<Ran> {
    let program = peers::program("curl")?;
    let program = program.to_str().expect("a path in UTF-8");
    Some(run(&mut host.command(program, options.iter().copied()), ""))
}
