//! The PROXY protocol: who is really there, behind a load balancer.
//!
//! ```text
//! accept ──▶ from a trusted network? ──▶ header ──▶ whom it names: SessionInfo, PeerRule ──▶ FTP
//!                 │ no: closed             │ none, bad or late: closed
//! ```

mod header;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::io;

use ipnet::IpNet;
use tokio::io::AsyncRead;

use crate::session::canonical;

pub(crate) use header::Addresses;

/// From whom headers of the PROXY protocol, version 1 or 2, are taken, and on which connections.
///
/// A header says who the client is and which address it connected to, and the server believes it
/// in everything: limits for each address, checks of data connections, traces. So headers are taken
/// from trusted networks alone. On connections for which headers are switched on each connection
/// must bring one: whoever is not in a trusted network is turned away without a word, and so is who
/// sends anything else, or nothing within 5 s.
///
/// | connections | header | default |
/// |---|---|---|
/// | control | [`with_control`](Self::with_control) | demanded |
/// | passive data | [`with_data`](Self::with_data) | not demanded: clients reach the data ports without the proxy |
///
/// ```
/// use ftp_server::{ProxyProtocol, Server};
///
/// // HAProxy at 10.0.0.2 takes both kinds of connections.
/// let proxy = ProxyProtocol::trusting(["10.0.0.2/32".parse()?]).with_data(true);
/// let builder = Server::builder().proxy_protocol(proxy);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// See the [specification](https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyProtocol {
    trusted: Vec<IpNet>,
    control: bool,
    data: bool,
}

/// Loopback, RFC 1918, RFC 6598, link-local and unique local addresses.
const PRIVATE: &[(IpAddr, u8)] = &[
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
];

impl ProxyProtocol {
    /// Demands headers on control connections, and takes them from these networks.
    pub fn trusting(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            trusted: networks.into_iter().collect(),
            control: true,
            data: false,
        }
    }

    /// Demands headers on control connections, and takes them from everyone.
    ///
    /// Whoever can connect can then claim any address: only for servers that nobody but the proxy
    /// can reach.
    pub fn trusting_everyone() -> Self {
        let everywhere = [
            IpAddr::from(Ipv4Addr::UNSPECIFIED),
            IpAddr::from(Ipv6Addr::UNSPECIFIED),
        ];
        // A prefix of no bits suits every address.
        Self::trusting(everywhere.iter().filter_map(|&ip| IpNet::new(ip, 0).ok()))
    }

    /// Demands headers on control connections, and takes them from this machine and from networks
    /// that the Internet doesn't lead to: private ones, those of providers and link-local ones.
    pub fn trusting_private_networks() -> Self {
        Self::trusting(
            PRIVATE
                .iter()
                .filter_map(|&(ip, bits)| IpNet::new(ip, bits).ok()),
        )
    }

    /// Whether each control connection must bring a header. Default true.
    #[must_use]
    pub const fn with_control(mut self, demanded: bool) -> Self {
        self.control = demanded;
        self
    }

    /// Whether each passive data connection must bring a header, because the proxy takes them too.
    /// Default false.
    #[must_use]
    pub const fn with_data(mut self, demanded: bool) -> Self {
        self.data = demanded;
        self
    }

    pub(crate) const fn on_control(&self) -> bool {
        self.control
    }

    pub(crate) const fn on_data(&self) -> bool {
        self.data
    }

    /// Reads the header of a connection from this address; not a byte more. `None` if the proxy
    /// speaks for itself (health checks) or doesn't know.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` if the address isn't trusted, `InvalidData` for what isn't a header,
    /// `TimedOut` if it doesn't come, `UnexpectedEof` if it ends early.
    pub(crate) async fn read<S: AsyncRead + Unpin>(
        &self,
        stream: &mut S,
        from: SocketAddr,
    ) -> io::Result<Option<Addresses>> {
        let from = from.ip().to_canonical();
        if !self.trusted.iter().any(|network| network.contains(&from)) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "not from a trusted proxy",
            ));
        }
        let addresses = header::read(stream).await?;
        Ok(addresses.map(|told| Addresses {
            client: canonical(told.client),
            destination: canonical(told.destination),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn private_networks_do_not_reach_the_internet() {
        let proxy = ProxyProtocol::trusting_private_networks();
        for (from, trusted) in [
            ("127.0.0.1:5", true),
            ("10.1.2.3:5", true),
            ("172.31.0.1:5", true),
            ("172.32.0.1:5", false),
            ("192.168.1.1:5", true),
            ("100.64.0.1:5", true),
            ("169.254.0.1:5", true),
            ("203.0.113.1:5", false),
            ("[::1]:5", true),
            ("[fd00::1]:5", true),
            ("[fe80::1]:5", true),
            ("[2001:db8::1]:5", false),
            ("[::ffff:10.0.0.1]:5", true),
            ("[::ffff:203.0.113.1]:5", false),
        ] {
            let mut header = &b"PROXY UNKNOWN\r\n"[..];
            let read = proxy.read(&mut header, from.parse().unwrap()).await;
            assert_eq!(read.is_ok(), trusted, "{from}: {read:?}");
        }
    }
}
