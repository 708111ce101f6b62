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
use crate::support::process::{Background, poll};

const SECOND: &str = "192.168.2.100";
/// How long HAProxy may take until it passes clients on.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn two_servers_behind_a_balancer_are_as_one() {
    let Some(farm) = Farm::new() else { return };
    farm.net.router.rules(recipe("router-balancer"));
    let first = farm.serve(&farm.net.inner, INNER, "50000-50499", "first");
    let second = farm.serve(&farm.second, SECOND, "50500-50999", "second");
    let _balancer = farm.balance(recipe("balancer"));
    let all = ["epsv", "pasv", "eprt", "port"];
    assert_eq!(working(&farm.net.outer, ROUTER, &[]), all);
    assert_eq!(farm.answering(), BTreeSet::from(["first", "second"]));
    drop((first, second));
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

    /// An `ftpd` that expects the PROXY protocol and has a file of this name.
    fn serve(&self, host: &Host, address: &str, ports: &str, file: &str) -> Ftpd {
        let options = ["--proxy-protocol", "--passive-ports", ports];
        let ftpd = serve(host, address, &options);
        fs::write(ftpd.place.root.join(file), file).expect("the root can be written");
        ftpd
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
