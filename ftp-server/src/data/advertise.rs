//! What a client is told to connect to.

use core::net::{IpAddr, SocketAddr};

use crate::session::SessionInfo;

/// Which address the replies to `PASV` and `EPSV` name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advertise {
    /// The address that the client reached the control connection at. The default.
    #[default]
    Control,
    /// This one, of a NAT in front of the server. Clients of the other address family are told the
    /// address of their control connection.
    Public(IpAddr),
}

impl Advertise {
    /// What the client of a session is told for a port that listens at `bound`.
    pub(crate) fn address(self, session: &SessionInfo, bound: SocketAddr) -> SocketAddr {
        let control = session.destination.ip();
        let host = match self {
            Self::Public(public) if public.is_ipv4() == bound.ip().to_canonical().is_ipv4() => {
                public
            }
            _ => control,
        };
        SocketAddr::new(host, bound.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_address_is_told_to_clients_of_its_family() {
        let public = Advertise::Public("203.0.113.5".parse().unwrap());
        for (policy, peer, local, told) in [
            (
                Advertise::Control,
                "192.0.2.9:5",
                "192.0.2.1:21",
                "192.0.2.1:7000",
            ),
            (public, "192.0.2.9:5", "192.0.2.1:21", "203.0.113.5:7000"),
            (public, "127.0.0.1:5", "127.0.0.1:21", "203.0.113.5:7000"),
            (
                public,
                "[2001:db8::9]:5",
                "[2001:db8::1]:21",
                "[2001:db8::1]:7000",
            ),
        ] {
            let local: SocketAddr = local.parse().unwrap();
            let session = SessionInfo::new(1, peer.parse().unwrap(), local);
            let told: SocketAddr = told.parse().unwrap();
            let bound = SocketAddr::new(local.ip(), 7000);
            assert_eq!(policy.address(&session, bound), told, "{policy:?} {peer}");
        }
    }
}
