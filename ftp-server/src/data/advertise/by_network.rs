//! A policy for each network that clients come from.

use core::fmt;
use core::net::SocketAddr;

use ipnet::IpNet;

use super::Advertise;
use crate::session::SessionInfo;

/// Chooses a policy by the network that the client comes from, for servers with clients on both
/// sides of a NAT.
///
/// The smallest network that the client is in counts.
///
/// ```
/// use ftp_server::data::{ByNetwork, ControlAddress, PublicAddress};
///
/// let policy = ByNetwork::new(PublicAddress("203.0.113.5".parse()?))
///     .with("10.0.0.0/8".parse()?, ControlAddress)
///     .with("10.9.0.0/16".parse()?, PublicAddress("10.9.0.1".parse()?));
/// let builder = ftp_server::Server::builder().advertise(policy);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ByNetwork {
    /// Smallest networks first.
    networks: Vec<(IpNet, Box<dyn Advertise>)>,
    others: Box<dyn Advertise>,
}

impl ByNetwork {
    /// This policy for all clients, as long as no network is added.
    pub fn new(others: impl Advertise) -> Self {
        Self {
            networks: Vec::new(),
            others: Box::new(others),
        }
    }

    /// Another policy for the clients of a network.
    #[must_use]
    pub fn with(mut self, network: IpNet, policy: impl Advertise) -> Self {
        let larger = |(other, _): &(IpNet, _)| other.prefix_len() > network.prefix_len();
        let place = self.networks.partition_point(larger);
        self.networks.insert(place, (network, Box::new(policy)));
        self
    }
}

impl Advertise for ByNetwork {
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        let client = session.peer.ip();
        let mut networks = self.networks.iter();
        let policy = networks.find(|(network, _)| network.contains(&client));
        let policy = policy.map_or(&self.others, |(_, policy)| policy);
        policy.address(session, bound)
    }

    fn prepare(&self) {
        self.networks
            .iter()
            .for_each(|(_, policy)| policy.prepare());
        self.others.prepare();
    }
}

impl fmt::Debug for ByNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.networks.iter().map(|(network, _)| network))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{ControlAddress, PublicAddress};

    use super::*;

    #[test]
    fn the_smallest_network_of_the_client_counts() {
        let public = |ip: &str| PublicAddress(ip.parse().unwrap());
        let policy = ByNetwork::new(public("203.0.113.5"))
            .with("10.0.0.0/8".parse().unwrap(), public("10.0.0.9"))
            .with("10.1.2.3/32".parse().unwrap(), ControlAddress)
            .with("10.1.0.0/16".parse().unwrap(), public("10.1.0.9"))
            .with("2001:db8::/32".parse().unwrap(), ControlAddress);
        for (peer, local, told) in [
            ("198.51.100.1:5", "192.0.2.1:21", "203.0.113.5:7"),
            ("10.2.0.1:5", "192.0.2.1:21", "10.0.0.9:7"),
            ("10.1.2.4:5", "192.0.2.1:21", "10.1.0.9:7"),
            ("10.1.2.3:5", "192.0.2.1:21", "192.0.2.1:7"),
            ("[::ffff:10.2.0.1]:5", "[::ffff:192.0.2.1]:21", "10.0.0.9:7"),
            ("[2001:db8::5]:5", "[2001:db8::1]:21", "[2001:db8::1]:7"),
        ] {
            let session = SessionInfo::new(1, peer.parse().unwrap(), local.parse().unwrap());
            let bound = SocketAddr::new(session.local.ip(), 7);
            let told: SocketAddr = told.parse().unwrap();
            assert_eq!(policy.address(&session, bound), Some(told), "{peer}");
        }
    }
}
