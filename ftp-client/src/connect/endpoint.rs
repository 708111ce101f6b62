//! Where to connect to: a host by its name or its address, and a port.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use core::str::FromStr;

/// The port of FTP, for endpoints that name none.
const FTP: u16 = 21;

/// The longest host name, in bytes (RFC 1035 §2.3.4).
const LONGEST_NAME: usize = 255;

/// Where to connect to.
///
/// ```
/// use ftp_client::connect::Endpoint;
///
/// let by_name: Endpoint = "ftp.example.org".parse()?;
/// assert_eq!(by_name.to_string(), "ftp.example.org:21");
/// let by_address: Endpoint = "[2001:db8::1]:2121".parse()?;
/// assert!(matches!(by_address, Endpoint::Address(_)));
/// # Ok::<(), ftp_client::connect::BadEndpoint>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a host has a name or an address; connectors must know both"
)]
pub enum Endpoint {
    /// A name, looked up by whoever connects: a proxy may know it when this machine doesn't.
    Name(HostName, u16),
    /// An address.
    Address(SocketAddr),
}

/// The name of a host: not empty, at most 255 bytes, nothing that could end it in a protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostName(Box<str>);

/// Something that is no host and port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host, or a host and a port")]
pub struct BadEndpoint;

impl Endpoint {
    /// A host, by its name or its address without brackets, and a port.
    ///
    /// # Errors
    ///
    /// If it can't be the name of a host.
    pub fn new(host: &str, port: u16) -> Result<Self, BadEndpoint> {
        match host.parse::<IpAddr>() {
            Ok(ip) => Ok(Self::Address(SocketAddr::new(ip, port))),
            Err(_) => Ok(Self::Name(HostName::new(host)?, port)),
        }
    }

    /// The same host at another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        match self {
            Self::Name(name, _) => Self::Name(name.clone(), port),
            Self::Address(address) => {
                let mut address = *address;
                address.set_port(port);
                Self::Address(address)
            }
        }
    }

    /// The address, if it is given by one.
    pub const fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Address(address) => Some(*address),
            Self::Name(..) => None,
        }
    }
}

impl HostName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// If it is empty, too long, or holds control characters, spaces or what ends a host in a URL.
    pub fn new(name: &str) -> Result<Self, BadEndpoint> {
        let bad = |c: char| c.is_control() || c.is_whitespace() || "/@:?#[]\\".contains(c);
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(bad) {
            return Err(BadEndpoint);
        }
        Ok(Self(name.into()))
    }

    /// The name.
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

/// `host`, `host:port`, `192.0.2.1:port`, `[2001:db8::1]:port`; the default port is 21.
impl FromStr for Endpoint {
    type Err = BadEndpoint;

    fn from_str(text: &str) -> Result<Self, BadEndpoint> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if let Some(ip) = bracketed {
            let ip: Ipv6Addr = ip.parse().map_err(|_| BadEndpoint)?;
            return Ok(Self::Address((ip, FTP).into()));
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self::Address((ip, FTP).into()));
        }
        match text.rsplit_once(':') {
            Some((host, port)) => Self::new(host, port.parse().map_err(|_| BadEndpoint)?),
            None => Self::new(text, FTP),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name, port) => write!(f, "{}:{port}", name.as_str()),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// What [`connect`](crate::ClientBuilder::connect) takes for a server: `"host:port"`, `"host"`,
/// `("host", port)`, addresses, or an [`Endpoint`].
pub trait ToEndpoint: sealed::Sealed {
    /// The host and port.
    ///
    /// # Errors
    ///
    /// If it is none.
    fn to_endpoint(&self) -> Result<Endpoint, BadEndpoint>;
}

/// One line for each kind of value.
macro_rules! endpoints {
    ($($kind:ty: $this:ident => $endpoint:expr;)+) => {
        $(
            impl sealed::Sealed for $kind {}
            impl ToEndpoint for $kind {
                fn to_endpoint(&self) -> Result<Endpoint, BadEndpoint> {
                    let $this = self;
                    $endpoint
                }
            }
        )+
    };
}

endpoints! {
    Endpoint: this => Ok(this.clone());
    str: text => text.parse();
    String: text => text.parse();
    (&str, u16): this => Endpoint::new(this.0, this.1);
    (String, u16): this => Endpoint::new(&this.0, this.1);
    (IpAddr, u16): this => Ok(Endpoint::Address((*this).into()));
    (Ipv4Addr, u16): this => Ok(Endpoint::Address((*this).into()));
    (Ipv6Addr, u16): this => Ok(Endpoint::Address((*this).into()));
    SocketAddr: address => Ok(Endpoint::Address(*address));
    SocketAddrV4: address => Ok(Endpoint::Address((*address).into()));
    SocketAddrV6: address => Ok(Endpoint::Address((*address).into()));
}

impl<T: ToEndpoint + ?Sized> sealed::Sealed for &T {}

impl<T: ToEndpoint + ?Sized> ToEndpoint for &T {
    fn to_endpoint(&self) -> Result<Endpoint, BadEndpoint> {
        (**self).to_endpoint()
    }
}

mod sealed {
    #[expect(
        unnameable_types,
        reason = "that nobody can name it is what seals the trait"
    )]
    pub trait Sealed {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, shown) in [
            ("ftp.example.org", "ftp.example.org:21"),
            ("ftp.example.org:2121", "ftp.example.org:2121"),
            ("192.0.2.1", "192.0.2.1:21"),
            ("192.0.2.1:2121", "192.0.2.1:2121"),
            ("2001:db8::1", "[2001:db8::1]:21"),
            ("[2001:db8::1]", "[2001:db8::1]:21"),
            ("[2001:db8::1]:2121", "[2001:db8::1]:2121"),
            ("na\u{ef}ve.example:1", "na\u{ef}ve.example:1"),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(endpoint.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_could_be_more_than_a_host_is_refused() {
        let long = "a".repeat(256);
        for text in [
            "", ":21", "a b", "a\r\nb", "a\0", "a:b", "a:99999", "[a]:21", "a/b", "u@a", &long,
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(BadEndpoint), "{text:?}");
        }
        assert_eq!(Endpoint::new("a:1", 2), Err(BadEndpoint));
    }
}
