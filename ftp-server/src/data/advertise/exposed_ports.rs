//! Ports that clients reach under other numbers.

use core::fmt;
use core::net::SocketAddr;

use super::Advertise;
use crate::session::SessionInfo;

/// Tells another port than the one that is bound, for NATs, containers and load balancers that
/// forward ports under other numbers. The address is that of another policy.
///
/// Together with [`PortRange`](crate::data::PortRange) or [`Shared`](crate::data::Shared), so that
/// it is known which ports are bound.
pub struct ExposedPorts {
    host: Box<dyn Advertise>,
    map: Box<dyn Fn(u16) -> Option<u16> + Send + Sync>,
}

impl ExposedPorts {
    /// A policy for the address, and the exposed port for each bound one; `None` for a port that
    /// isn't forwarded, so that the client gets 425.
    pub fn new(
        host: impl Advertise,
        map: impl Fn(u16) -> Option<u16> + Send + Sync + 'static,
    ) -> Self {
        Self {
            host: Box::new(host),
            map: Box::new(map),
        }
    }

    /// Ports that are all forwarded the same distance away, such as bound 50,000 to 50,099 as 40,000
    /// to 40,099 with an offset of -10,000.
    ///
    /// ```
    /// use ftp_server::data::{ExposedPorts, PortRange, PublicAddress};
    ///
    /// let public = PublicAddress("203.0.113.5".parse()?);
    /// let builder = ftp_server::Server::builder()
    ///     .passive(PortRange::new(50_000..=50_099)?)
    ///     .advertise(ExposedPorts::offset(public, -10_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(host: impl Advertise, offset: i32) -> Self {
        Self::new(host, move |bound| {
            let port = i32::from(bound).checked_add(offset)?;
            u16::try_from(port).ok().filter(|&port| port != 0)
        })
    }
}

impl Advertise for ExposedPorts {
    fn address(&self, session: &SessionInfo, bound: SocketAddr) -> Option<SocketAddr> {
        let mut told = self.host.address(session, bound)?;
        told.set_port((self.map)(told.port())?);
        Some(told)
    }

    fn prepare(&self) {
        self.host.prepare();
    }
}

impl fmt::Debug for ExposedPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExposedPorts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::data::ControlAddress;

    use super::*;

    #[test]
    fn a_bound_port_is_told_as_the_exposed_one() {
        let here: SocketAddr = "192.0.2.1:21".parse().unwrap();
        let session = SessionInfo::new(1, here, here);
        for (offset, bound, told) in [
            (0, 7000, Some(7000)),
            (-1000, 7000, Some(6000)),
            (1000, 7000, Some(8000)),
            (-7000, 7000, None),
            (60_000, 7000, None),
            (i32::MAX, 7000, None),
        ] {
            let policy = ExposedPorts::offset(ControlAddress, offset);
            let address = policy.address(&session, SocketAddr::new(here.ip(), bound));
            assert_eq!(address.map(|at| at.port()), told, "{bound} {offset:+}");
        }
        let listed = ExposedPorts::new(ControlAddress, |port| (port == 7000).then_some(9));
        for (bound, told) in [(7000, Some(9)), (7001, None)] {
            let address = listed.address(&session, SocketAddr::new(here.ip(), bound));
            assert_eq!(address.map(|at| at.port()), told, "{bound}");
        }
    }
}
