//! What a client is told to connect to, apart from what is bound.
//!
//! A server behind a NAT, in a container or behind a load balancer listens at an address that
//! clients can't reach. The policy says which one they can.
//!
//! | the server | policy |
//! |---|---|
//! | is reached directly | [`ControlAddress`], the default |
//! | is behind a proxy that speaks the PROXY protocol | [`ControlAddress`]: it tells the destination that the proxy tells |
//! | is behind a NAT with an address that stays | [`PublicAddress`] |
//! | is behind a NAT with an address that changes | [`LookedUp`] |
//! | has clients on both sides of the NAT | [`ByNetwork`] |
//! | has ports that are forwarded under other numbers | [`ExposedPorts`] around one of the others |
//! | knows better | a function |
//!
//! Only 227, the reply to `PASV`, tells an address. 229, the reply to `EPSV`, tells a port alone,
//! and the client uses the address of its control connection.

mod by_network;
mod exposed_ports;
mod looked_up;

use core::net::{IpAddr, SocketAddr};

use crate::session::SessionInfo;

pub use by_network::ByNetwork;
pub use exposed_ports::ExposedPorts;
pub use looked_up::LookedUp;

/// Which address the replies to `PASV` and `EPSV` tell.
///
/// A function of this form is such a policy too:
///
/// ```
/// use std::net::SocketAddr;
///
/// use ftp_server::{Server, SessionInfo};
///
/// let builder = Server::builder().advertise(|session: &SessionInfo, bound: SocketAddr| {
///     let inside = session.peer.ip().is_loopback();
///     Some(if inside { bound } else { SocketAddr::from(([203, 0, 113, 5], bound.port())) })
/// });
/// ```
pub trait Advertise: Send + Sync + 'static {
    /// What the client of a session is told for a port that listens at `bound`. `None` means that
    /// there is nothing to tell: the client gets 425.
    ///
    /// It must not block: the session waits meanwhile.
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr>;

    /// Learns that a client has connected, some commands before it can ask for an address, and that
    /// a server begins to serve: the time to look something up. Does nothing unless implemented.
    fn prepare(&self) {}
}

impl<F> Advertise for F
where
    F: Fn(&SessionInfo, SocketAddr) -> Option<SocketAddr> + Send + Sync + 'static,
{
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        self(session, bound)
    }
}

/// Tells the address that the client reached the control connection at, as the PROXY protocol told
/// if it is in use.
#[derive(Clone, Copy, Debug, Default)]
pub struct ControlAddress;

impl Advertise for ControlAddress {
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        Some(tell(&[], session, bound))
    }
}

/// Tells this address, of a NAT in front of the server. Clients of the other address family are
/// told the address of their control connection.
#[derive(Clone, Copy, Debug)]
pub struct PublicAddress(pub IpAddr);

impl Advertise for PublicAddress {
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        Some(tell(&[self.0], session, bound))
    }
}

/// The first of these hosts that has the family of the port, or else the host that the client
/// reached.
fn tell(hosts: &[IpAddr], session: &SessionInfo, bound: SocketAddr) -> SocketAddr {
    let ipv4 = bound.ip().to_canonical().is_ipv4();
    let host = hosts.iter().find(|host| host.is_ipv4() == ipv4);
    let host = host.copied().unwrap_or_else(|| session.destination.ip());
    SocketAddr::new(host, bound.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_address_is_told_to_clients_of_its_family() {
        let public = PublicAddress("203.0.113.5".parse().unwrap());
        let control = ControlAddress;
        let own = |_: &SessionInfo, bound: SocketAddr| Some(bound);
        let policies: [(&dyn Advertise, _, _, _); 5] = [
            (&control, "192.0.2.9:5", "192.0.2.1:21", "192.0.2.1:7000"),
            (&public, "192.0.2.9:5", "192.0.2.1:21", "203.0.113.5:7000"),
            (&public, "127.0.0.1:5", "127.0.0.1:21", "203.0.113.5:7000"),
            (
                &public,
                "[2001:db8::9]:5",
                "[2001:db8::1]:21",
                "[2001:db8::1]:7000",
            ),
            (&own, "192.0.2.9:5", "192.0.2.1:21", "192.0.2.1:7000"),
        ];
        for (policy, peer, local, told) in policies {
            let local: SocketAddr = local.parse().unwrap();
            let session = SessionInfo::new(1, peer.parse().unwrap(), local);
            let bound = SocketAddr::new(local.ip(), 7000);
            let told: SocketAddr = told.parse().unwrap();
            assert_eq!(policy.address(&session, bound), Some(told), "{peer}");
        }
    }

    #[test]
    fn behind_a_proxy_the_destination_that_it_tells_is_told() {
        let mut session = SessionInfo::new(
            1,
            "198.51.100.9:5".parse().unwrap(),
            "10.0.0.1:21".parse().unwrap(),
        );
        session.destination = "203.0.113.1:21".parse().unwrap();
        let told = ControlAddress.address(&session, "10.0.0.1:7000".parse().unwrap());
        assert_eq!(told, Some("203.0.113.1:7000".parse().unwrap()));
    }
}
