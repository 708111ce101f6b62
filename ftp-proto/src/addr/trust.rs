//! Which data connections may be made: pure policy, so that no strategy can forget it.
//!
//! See [RFC 2577] for the attacks: bouncing off a server to a third host, and taking another
//! one's data connection.
//!
//! [RFC 2577]: https://www.rfc-editor.org/rfc/rfc2577

use core::net::IpAddr;

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
}

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
