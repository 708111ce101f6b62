//! Which data connections may be made: pure policy, so that no strategy can forget it.
//!
//! See [RFC 2577] for the attacks: bouncing off a server to a third host, and taking another
//! one's data connection.
//!
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use core::net::{IpAddr, SocketAddr};

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
}
