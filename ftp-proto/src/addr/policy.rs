//! Which address of a 227 reply a client connects to: pure policy.
//!
//! A server behind a router often tells the address that it has inside, where no client can reach
//! it; a malicious one tells the address of a victim. Of both a client is safe that takes the port
//! from the reply and the host from its control connection, as [RFC 2428] has it for EPSV.
//!
//! | policy        | told a public address | told an inner one, server is public | server is an inner one, too |
//! |---------------|-----------------------|-------------------------------------|-----------------------------|
//! | `ControlHost` | control host          | control host                        | control host                |
//! | `Smart`       | told address          | control host                        | told address                |
//! | `Advertised`  | told address          | told address                        | told address                |
//!
//! No policy but a function lets a reply point at the machine of the client, at its link, or at
//! many hosts at once, unless that is where the server itself is.
//!
//! [RFC 2428]: https://www.rfc-editor.org/rfc/rfc2428

use alloc::sync::Arc;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

/// Which address of a 227 reply the client connects to.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum AddressPolicy {
    /// The host of the control connection; of the reply only the port counts. The default, and
    /// the only safe choice: an address in a reply can make the client attack other hosts.
    #[default]
    ControlHost,
    /// The address of the reply, unless it plainly can't be reached from here: private, loopback,
    /// link-local, multicast and unspecified addresses are replaced by the control host, if the
    /// control host isn't of the same kind.
    Smart,
    /// The address of the reply, also a private one.
    Advertised,
    /// What a function says.
    Function(AddressFn),
}

type Choose = dyn Fn(SocketAddrV4, Option<IpAddr>) -> Option<SocketAddr> + Send + Sync;

/// A function that chooses the address to connect to. It must be pure: same question, same answer.
///
/// It is given the address of the reply and the host of the control connection, if that has an
/// address; `None` stands for the host of the control connection at the port of the reply. Its
/// answer is not checked.
#[derive(Clone)]
pub struct AddressFn(Arc<Choose>);

impl AddressPolicy {
    /// The policy that asks a function; see [`AddressFn`].
    pub fn function(
        choose: impl Fn(SocketAddrV4, Option<IpAddr>) -> Option<SocketAddr> + Send + Sync + 'static,
    ) -> Self {
        Self::Function(AddressFn(Arc::new(choose)))
    }

    /// The address to connect to after a 227 reply, given the peer of the control connection;
    /// `None` stands for the host of the control connection.
    pub fn choose(&self, advertised: SocketAddrV4, control: Option<IpAddr>) -> Option<SocketAddr> {
        let told = Reach::of(*advertised.ip());
        let peer = match control.map(|peer| peer.to_canonical()) {
            Some(IpAddr::V4(peer)) => Some(peer),
            _ => None,
        };
        let trusted = match self {
            Self::ControlHost => false,
            Self::Function(AddressFn(choose)) => return choose(advertised, control),
            // The server told its own address; there is nothing to choose.
            _ if peer == Some(*advertised.ip()) => true,
            Self::Smart => match told {
                Reach::Everywhere => true,
                Reach::Site => peer.is_some_and(|peer| Reach::of(peer) == Reach::Site),
                Reach::Nowhere => false,
            },
            Self::Advertised => told != Reach::Nowhere,
        };
        trusted.then_some(SocketAddr::V4(advertised))
    }
}

impl fmt::Debug for AddressFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressFn")
    }
}

/// From where an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Everywhere,
    /// From the networks of one site, or of one provider: RFC 1918 and RFC 6598.
    Site,
    /// From no other machine than itself, or its link; or it is no single host.
    Nowhere,
}

impl Reach {
    const fn of(ip: Ipv4Addr) -> Self {
        match ip.octets() {
            // "This network", loopback, link-local, multicast and reserved with the broadcast.
            [0 | 127 | 224..=255, ..] | [169, 254, ..] => Self::Nowhere,
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Self::Site,
            _ => Self::Everywhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each policy: does the told address count (`t`), or the control host (`c`)?
    #[test]
    fn every_policy_chooses_as_its_table_says() {
        let policies = [
            AddressPolicy::ControlHost,
            AddressPolicy::Smart,
            AddressPolicy::Advertised,
            AddressPolicy::function(|told, _| (told.ip().octets()[3] == 9).then(|| told.into())),
        ];
        for (told, control, expected) in [
            // The server's own address, whatever it is.
            ("192.0.2.1", "192.0.2.1", "cttc"),
            ("192.0.2.1", "::ffff:192.0.2.1", "cttc"),
            ("127.0.0.1", "127.0.0.1", "cttc"),
            ("169.254.1.9", "169.254.1.9", "cttt"),
            // Another public one.
            ("198.51.100.1", "192.0.2.1", "cttc"),
            ("198.51.100.1", "10.0.0.1", "cttc"),
            ("198.51.100.1", "-", "cttc"),
            ("198.51.100.9", "2001:db8::1", "cttt"),
            // A private one.
            ("10.0.0.5", "192.0.2.1", "cctc"),
            ("172.31.0.5", "192.0.2.1", "cctc"),
            ("172.32.0.5", "192.0.2.1", "cttc"),
            ("192.168.1.100", "192.0.2.1", "cctc"),
            ("100.64.0.5", "192.0.2.1", "cctc"),
            ("10.0.0.5", "192.168.0.1", "cttc"),
            ("10.0.0.5", "127.0.0.1", "cctc"),
            ("10.0.0.5", "-", "cctc"),
            // One that leads nowhere.
            ("127.0.0.2", "192.0.2.1", "cccc"),
            ("127.0.0.2", "127.0.0.1", "cccc"),
            ("127.0.0.1", "-", "cccc"),
            ("169.254.169.254", "192.0.2.1", "cccc"),
            ("169.254.169.254", "169.254.1.1", "cccc"),
            ("224.0.0.9", "192.0.2.1", "ccct"),
            ("0.0.0.0", "192.0.2.1", "cccc"),
            ("255.255.255.255", "192.0.2.1", "cccc"),
        ] {
            let address = SocketAddrV4::new(told.parse().unwrap(), 40000);
            let chosen: alloc::string::String = policies
                .iter()
                .map(
                    |policy| match policy.choose(address, control.parse().ok()) {
                        Some(chosen) if chosen == address.into() => 't',
                        Some(_) => '?',
                        None => 'c',
                    },
                )
                .collect();
            assert_eq!(chosen, expected, "{told} told by {control}");
        }
    }
}
