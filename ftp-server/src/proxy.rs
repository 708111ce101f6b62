//! The PROXY protocol in front of a control connection: who is really there.
//!
//! It is read before the session begins, with a bound on bytes and time. Whoever can connect can
//! claim any address, so this is only for servers that nobody but the proxy can reach.
//!
//! See the [specification](https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).

use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use ppp::{HeaderResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

/// Longest header: 16 bytes, addresses, and room for certificates in the extensions of version 2.
const MAX_HEADER: usize = 4096;

/// Longest wait for the header. Proxies send it at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// What stood in front of the session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Preface {
    /// Client and destination, unless the proxy speaks for itself (health checks) or doesn't know.
    pub(crate) addresses: Option<Addresses>,
    /// What came after the header.
    pub(crate) rest: Vec<u8>,
}

/// The two ends of the connection that the proxy took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) client: SocketAddr,
    pub(crate) destination: SocketAddr,
}

/// Reads the header.
///
/// # Errors
///
/// `InvalidData` for what isn't a header, `TimedOut` if it doesn't come, `UnexpectedEof` if it
/// ends early.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Preface> {
    let reading = async {
        let mut bytes = Vec::new();
        loop {
            if let Some(preface) = parse(&bytes)? {
                return Ok(preface);
            }
            if bytes.len() >= MAX_HEADER {
                return Err(bad("PROXY header too long"));
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    };
    // On the heap, so that every session need not have room for it.
    timeout(PATIENCE, Box::pin(reading)).await?
}

/// The header at the beginning of these bytes, or `None` if it isn't whole yet.
fn parse(bytes: &[u8]) -> io::Result<Option<Preface>> {
    let Some(length) = length(bytes)? else {
        return Ok(None);
    };
    let Some((header, rest)) = bytes.split_at_checked(length) else {
        return Ok(None);
    };
    let addresses = match HeaderResult::parse(header) {
        HeaderResult::V1(Ok(header)) => of_text(header.addresses),
        HeaderResult::V2(Ok(header)) => of_binary(&header),
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => return Err(bad("bad PROXY header")),
    };
    Ok(Some(Preface {
        addresses,
        rest: rest.to_vec(),
    }))
}

/// How long the header at the beginning of these bytes is, or `None` if that can't be told yet.
fn length(bytes: &[u8]) -> io::Result<Option<usize>> {
    if begin_alike(bytes, v2::PROTOCOL_PREFIX) {
        let length = bytes.get(14..16).and_then(|length| length.try_into().ok());
        return Ok(length.map(|length| 16 + usize::from(u16::from_be_bytes(length))));
    }
    if begin_alike(bytes, v1::PROTOCOL_PREFIX.as_bytes()) {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n");
        return Ok(end.map(|end| end + 2));
    }
    Err(bad("no PROXY header"))
}

/// Whether these bytes are the beginning of others, or the other way round.
fn begin_alike(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.iter().zip(prefix).all(|(one, other)| one == other)
}

fn of_text(addresses: v1::Addresses) -> Option<Addresses> {
    match addresses {
        v1::Addresses::Unknown => None,
        v1::Addresses::Tcp4(ip) => Some(Addresses {
            client: (ip.source_address, ip.source_port).into(),
            destination: (ip.destination_address, ip.destination_port).into(),
        }),
        v1::Addresses::Tcp6(ip) => Some(Addresses {
            client: (ip.source_address, ip.source_port).into(),
            destination: (ip.destination_address, ip.destination_port).into(),
        }),
    }
}

fn of_binary(header: &v2::Header<'_>) -> Option<Addresses> {
    match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(ip)) => Some(Addresses {
            client: (ip.source_address, ip.source_port).into(),
            destination: (ip.destination_address, ip.destination_port).into(),
        }),
        (v2::Command::Proxy, v2::Addresses::IPv6(ip)) => Some(Addresses {
            client: (ip.source_address, ip.source_port).into(),
            destination: (ip.destination_address, ip.destination_port).into(),
        }),
        _ => None,
    }
}

fn bad(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(client: &str, destination: &str) -> Option<Addresses> {
        Some(Addresses {
            client: client.parse().unwrap(),
            destination: destination.parse().unwrap(),
        })
    }

    fn binary(command: v2::Command) -> Vec<u8> {
        let client: SocketAddr = "192.0.2.7:4000".parse().unwrap();
        let destination: SocketAddr = "203.0.113.1:21".parse().unwrap();
        v2::Builder::with_addresses(
            v2::Version::Two | command,
            v2::Protocol::Stream,
            (client, destination),
        )
        .build()
        .unwrap()
    }

    #[test]
    fn both_versions_tell_the_client_and_leave_the_rest_alone() {
        let known = addresses("192.0.2.7:4000", "203.0.113.1:21");
        for (header, told) in [
            (
                b"PROXY TCP4 192.0.2.7 203.0.113.1 4000 21\r\n".to_vec(),
                known,
            ),
            (
                b"PROXY TCP6 2001:db8::7 2001:db8::1 4000 21\r\n".to_vec(),
                addresses("[2001:db8::7]:4000", "[2001:db8::1]:21"),
            ),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (binary(v2::Command::Proxy), known),
            (binary(v2::Command::Local), None),
        ] {
            let mut bytes = header.clone();
            bytes.extend_from_slice(b"NOOP\r\n");
            let preface = parse(&bytes).unwrap().unwrap();
            assert_eq!(preface.addresses, told, "{}", header.escape_ascii());
            assert_eq!(preface.rest, b"NOOP\r\n", "{}", header.escape_ascii());
            for cut in 0..header.len() {
                let partial = &header[..cut];
                assert_eq!(parse(partial).unwrap(), None, "{}", partial.escape_ascii());
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        for bytes in [
            b"USER anonymous\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.7 203.0.113.1 99999 21\r\n".to_vec(),
            vec![b'A'; 2 * MAX_HEADER],
        ] {
            let error = read(&mut bytes.as_slice()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{}", bytes.len());
        }
        let mut cut = &b"PROXY TCP4 192.0.2.7"[..];
        let error = read(&mut cut).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test(start_paused = true)]
    async fn a_header_that_does_not_come_is_not_waited_for() {
        let (mut near, _far) = tokio::io::duplex(64);
        let error = read(&mut near).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
