//! Which data connections may be made: pure policy, so that no strategy can forget it.
//!
//! See [RFC 2577] for the attacks: bouncing off a server to a third host, and taking another
//! one's data connection.
//!
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

/// Who may be at the other end of a data connection.
// Complete: a rule is either an address or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a rule names an address or it doesn't"
)]
pub enum PeerRule {
    /// Only this host, on any port; IPv4-mapped IPv6 addresses equal their IPv4 address.
    Host(IpAddr),
    /// Anyone, for server-to-server transfers and transports without addresses.
    Anyone,
}

impl PeerRule {
    /// Whether a peer may be at the other end.
    pub fn admits(self, peer: IpAddr) -> bool {
        match self {
            Self::Host(host) => host.to_canonical() == peer.to_canonical(),
            Self::Anyone => true,
        }
    }

    /// Whether a connection may be made to an address that the peer has told: the rule admits the
    /// host, the host is one that can be connected to, and the port isn't a well-known one, behind
    /// which there is a service that knows nothing of FTP (RFC 2577 §3).
    pub fn may_dial(self, address: SocketAddr) -> bool {
        let host = address.ip().to_canonical();
        let broadcast = matches!(host, IpAddr::V4(host) if host.is_broadcast());
        self.admits(host)
            && address.port() >= FIRST_FREE_PORT
            && !(host.is_unspecified() || host.is_multicast() || broadcast)
    }
}

/// Ports below are those of well-known services.
const FIRST_FREE_PORT: u16 = 1024;

/// Which address of a 227 reply the client connects to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressPolicy {
    /// The host of the control connection; of the reply only the port counts. The default, and
    /// the only safe choice: an address in a reply can make the client attack other hosts.
    #[default]
    ControlHost,
    /// The address of the reply.
    Advertised,
}

impl AddressPolicy {
    /// The address to connect to after a 227 reply, given the peer of the control connection;
    /// `None` stands for the host of the control connection.
    ///
    /// Even an address that is trusted may only be this machine, a neighbour without a router, or
    /// no single host at all if the server itself has that address.
    pub fn choose(self, advertised: SocketAddrV4, control: Option<IpAddr>) -> Option<SocketAddrV4> {
        let ip = *advertised.ip();
        let is_peer = control.is_some_and(|control| control.to_canonical() == IpAddr::V4(ip));
        match self {
            Self::Advertised if is_peer || is_routable(ip) => Some(advertised),
            Self::ControlHost | Self::Advertised => None,
        }
    }
}

fn is_routable(ip: Ipv4Addr) -> bool {
    let [first, ..] = ip.octets();
    // 0/8 is "this network", 240/4 is reserved and holds the broadcast address.
    !(ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || first == 0 || first >= 240)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_equals_its_mapped_address() {
        let rule = PeerRule::Host(IpAddr::from([192, 0, 2, 1]));
        assert!(rule.admits("::ffff:192.0.2.1".parse().unwrap()));
        assert!(!rule.admits(IpAddr::from([192, 0, 2, 2])));
        assert!(PeerRule::Anyone.admits(IpAddr::from([192, 0, 2, 2])));
    }

    #[test]
    fn only_free_ports_of_single_hosts_are_dialled() {
        for (rule, address, may) in [
            ("192.0.2.1", "192.0.2.1:1024", true),
            ("192.0.2.1", "[::ffff:192.0.2.1]:1024", true),
            ("::ffff:192.0.2.1", "192.0.2.1:65535", true),
            ("192.0.2.1", "192.0.2.1:1023", false),
            ("192.0.2.1", "192.0.2.1:0", false),
            ("192.0.2.1", "192.0.2.2:1024", false),
            ("*", "192.0.2.2:1024", true),
            ("*", "192.0.2.2:25", false),
            ("*", "0.0.0.0:1024", false),
            ("*", "255.255.255.255:1024", false),
            ("*", "224.0.0.1:1024", false),
            ("*", "[ff02::1]:1024", false),
            ("*", "[::]:1024", false),
            ("*", "[::ffff:255.255.255.255]:1024", false),
        ] {
            let host = rule.parse().map_or(PeerRule::Anyone, PeerRule::Host);
            assert_eq!(
                host.may_dial(address.parse().unwrap()),
                may,
                "{rule} {address}"
            );
        }
    }

    #[test]
    fn the_address_of_a_227_counts_only_if_it_is_trusted_and_routable() {
        let control = Some(IpAddr::from([192, 0, 2, 1]));
        for (policy, ip, counts) in [
            (AddressPolicy::ControlHost, [192, 0, 2, 1], false),
            (AddressPolicy::ControlHost, [198, 51, 100, 1], false),
            (AddressPolicy::Advertised, [192, 0, 2, 1], true),
            (AddressPolicy::Advertised, [198, 51, 100, 1], true),
            (AddressPolicy::Advertised, [10, 0, 0, 5], true),
            (AddressPolicy::Advertised, [127, 0, 0, 2], false),
            (AddressPolicy::Advertised, [169, 254, 169, 254], false),
            (AddressPolicy::Advertised, [224, 0, 0, 1], false),
            (AddressPolicy::Advertised, [0, 0, 0, 0], false),
            (AddressPolicy::Advertised, [255, 255, 255, 255], false),
        ] {
            let advertised = SocketAddrV4::new(ip.into(), 40000);
            assert_eq!(
                policy.choose(advertised, control),
                counts.then_some(advertised),
                "{policy:?} {ip:?}"
            );
        }
        let here = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 40000);
        let policy = AddressPolicy::Advertised;
        assert_eq!(
            policy.choose(here, Some(Ipv4Addr::LOCALHOST.into())),
            Some(here)
        );
    }
}
