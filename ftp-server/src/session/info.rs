//! Who is at the other end of a session.

use core::net::{IpAddr, SocketAddr, SocketAddrV4};

/// Who is at the other end of a session, and where it was reached.
///
/// IPv4-mapped IPv6 addresses stand here as the IPv4 addresses that they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The number of the session, unique within its server.
    pub id: u64,
    /// The client, as the PROXY protocol tells if it is in use.
    pub peer: SocketAddr,
    /// The server's own end of the control connection: data connections use its address.
    pub local: SocketAddr,
    /// Where the client connected to: `local`, or what the PROXY protocol tells.
    pub destination: SocketAddr,
}

impl SessionInfo {
    /// A session without a proxy.
    pub const fn new(id: u64, peer: SocketAddr, local: SocketAddr) -> Self {
        let (peer, local) = (canonical(peer), canonical(local));
        Self {
            id,
            peer,
            local,
            destination: local,
        }
    }
}

/// The address, as IPv4 if it is IPv4-mapped; the scope of a link-local one is kept.
pub(crate) const fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(host) => SocketAddr::V4(SocketAddrV4::new(host, address.port())),
        IpAddr::V6(_) => address,
    }
}
