//! HAProxy in front of two servers, which learn by the PROXY protocol who their clients are.
//!
//! ```text
//!                    HAProxy                      first 192.168.1.100
//!   client ───────── 203.0.113.1 ── router ──┬───
//!   203.0.113.50                             └─── second 192.168.2.100
//! ```

use core::time::Duration;
use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

use crate::guide::recipe;
use crate::host::Host;
use crate::map::{INNER, ROUTER, Routed};
use crate::modes::{list, serve, working};
use crate::support::ftpd::Ftpd;
use crate::support::peers;
use crate::support::process::{Background, poll, run};

const SECOND: &str = "192.168.2.100";
/// How long HAProxy may take until it passes clients on.
const LIMIT: Duration = Duration::from_secs(20);

const ALL: [&str; 4] = ["epsv", "pasv", "eprt", "port"];

#[test]
fn two_servers_behind_a_balancer_are_as_one() {
    let Some(farm) = Farm::new() else { return };
    farm.net.router.rules(recipe("router"));
    let _servers = farm.serve(&["--proxy-data"]);
    let _balancer = farm.balance(recipe("balancer"));
    assert_eq!(working(&farm.net.outer, ROUTER, &[]), ALL);
    assert_eq!(farm.answering(), BTreeSet::from(["first", "second"]));
}

#[test]
fn data_connections_may_go_round_the_balancer() {
    let Some(farm) = Farm::new() else { return };
    farm.net.router.rules(recipe("router-balancer"));
    let _servers = farm.serve(&[]);
    let configuration = recipe("balancer");
    let control = configuration.split("listen data").next();
    let _balancer = farm.balance(control.expect("a part before the data"));
    assert_eq!(working(&farm.net.outer, ROUTER, &[]), ALL);
    assert_eq!(farm.answering(), BTreeSet::from(["first", "second"]));
}

#[test]
fn nobody_but_the_balancer_says_who_a_client_is() {
    let Some(farm) = Farm::new() else { return };
    let _servers = farm.serve(&["--proxy-data"]);
    let claim = "exec 3<>/dev/tcp/192.168.1.100/21
        printf 'PROXY TCP4 203.0.113.50 203.0.113.1 40000 21\\r\\n' >&3
        head -n 1 <&3";
    let claimed_by = |host: &Host| {
        let ran = run(
            &mut host.command("timeout", ["10", "bash", "-c", claim]),
            "",
        );
        ran.output
    };
    assert!(claimed_by(&farm.net.router).starts_with("220 "));
    assert_eq!(claimed_by(&farm.second), "");
}

/// Two servers behind a router that can be a balancer.
struct Farm {
    net: Routed,
    second: Host,
    folder: TempDir,
}

impl Farm {
    /// `None` after saying that the test skips.
    fn new() -> Option<Self> {
        let net = Routed::new()?;
        peers::program("haproxy")?;
        let second = Host::new("second");
        net.router.cable("lan2", &second, "eth0");
        net.router.address("lan2", "192.168.2.1/24");
        second.address("eth0", "192.168.2.100/24");
        second.gateway("192.168.2.1");
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        Some(Self {
            net,
            second,
            folder,
        })
    }

    /// An `ftpd` on each host, with a file of this name; the next hop is believed.
    fn serve(&self, options: &[&str]) -> [Ftpd; 2] {
        let servers = [
            (
                &self.net.inner,
                INNER,
                "50000-50099",
                "192.168.1.1",
                "first",
            ),
            (&self.second, SECOND, "50100-50199", "192.168.2.1", "second"),
        ];
        servers.map(|(host, address, ports, trusted, file)| {
            let proxy = ["--proxy-protocol", "--proxy-trusted", trusted];
            let passive = ["--passive-ports", ports];
            let ftpd = serve(host, address, &[&proxy[..], &passive, options].concat());
            fs::write(ftpd.place.root.join(file), file).expect("the root can be written");
            ftpd
        })
    }

    /// HAProxy, passing clients on.
    fn balance(&self, configuration: &str) -> Background {
        let file = self.folder.path().join("haproxy.cfg");
        fs::write(&file, format!("{configuration}\n")).expect("a new file can be written");
        let file = file.to_str().expect("a path in UTF-8");
        let mut command = self.net.router.command("haproxy", ["-db", "-f", file]);
        let haproxy = Background::start(&mut command, self.folder.path());
        let passes = || list(&self.net.outer, ROUTER, "auto", &[]).status.success();
        let ready = poll(LIMIT, || passes().then_some(()));
        assert!(ready.is_some(), "{}", haproxy.log());
        haproxy
    }

    /// The servers that answer, of as many tries as HAProxy needs to use each of them.
    fn answering(&self) -> BTreeSet<&'static str> {
        let listings = [(); 4].map(|()| list(&self.net.outer, ROUTER, "auto", &[]).output);
        ["first", "second"]
            .into_iter()
            .filter(|name| listings.iter().any(|listing| listing.contains(name)))
            .collect()
    }
}
