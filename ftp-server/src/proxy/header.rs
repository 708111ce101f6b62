//! The header in front of a connection, read to its last byte and no further, with a bound on bytes
//! and time: what follows is the connection's own.

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

/// The two ends of the connection that the proxy took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) client: SocketAddr,
    pub(crate) destination: SocketAddr,
}

/// Reads the header. `None` if the proxy speaks for itself (health checks) or doesn't know.
///
/// # Errors
///
/// `InvalidData` for what isn't a header, `TimedOut` if it doesn't come, `UnexpectedEof` if it
/// ends early.
pub(super) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Addresses>> {
    let reading = async {
        let mut bytes = Vec::new();
        loop {
            let missing = missing(&bytes)?;
            if missing == 0 {
                return parse(&bytes);
            }
            let mut next = (&mut *stream).take(missing);
            if next.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    };
    // On the heap, so that every session need not have room for it.
    timeout(PATIENCE, Box::pin(reading)).await?
}

fn parse(header: &[u8]) -> io::Result<Option<Addresses>> {
    match HeaderResult::parse(header) {
        HeaderResult::V1(Ok(header)) => Ok(of_text(header.addresses)),
        HeaderResult::V2(Ok(header)) => Ok(of_binary(&header)),
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => Err(bad("bad PROXY header")),
    }
}

/// How many bytes of the header are certainly still to come; none if it is whole.
fn missing(bytes: &[u8]) -> io::Result<u64> {
    let held = bytes.len();
    // Nothing at all may become either; version 1 has the shorter header.
    let whole = if begin_alike(bytes, v1::PROTOCOL_PREFIX.as_bytes()) {
        if bytes.ends_with(b"\r\n") {
            held
        } else {
            // Nothing tells the length of a line.
            SHORTEST.max(held + 1)
        }
    } else if begin_alike(bytes, v2::PROTOCOL_PREFIX) {
        let length = bytes
            .get(14..BINARY)
            .and_then(|bytes| bytes.try_into().ok());
        length.map_or(BINARY, |length| {
            BINARY + usize::from(u16::from_be_bytes(length))
        })
    } else {
        return Err(bad("no PROXY header"));
    };
    if whole > MAX_HEADER {
        return Err(bad("PROXY header too long"));
    }
    Ok((whole - held) as u64)
}

/// The part of a header of version 2 that tells the length of the rest.
const BINARY: usize = 16;

/// The shortest header: `PROXY UNKNOWN` and the end of the line.
const SHORTEST: usize = 15;

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

    #[tokio::test]
    async fn both_versions_tell_the_client_and_leave_the_rest_alone() {
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
            let shown = header.escape_ascii();
            let bytes = [header.as_slice(), b"NOOP\r\n"].concat();
            let mut stream = bytes.as_slice();
            assert_eq!(read(&mut stream).await.unwrap(), told, "{shown}");
            assert_eq!(stream, b"NOOP\r\n", "{shown}");
            for cut in 0..header.len() {
                let error = read(&mut &header[..cut]).await.unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{shown} {cut}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        for bytes in [
            b"USER anonymous\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.7 203.0.113.1 99999 21\r\n".to_vec(),
            b"PROXY\r\n".to_vec(),
            vec![b'A'; 2 * MAX_HEADER],
            [b"PROXY ".as_slice(), &[b'A'; 2 * MAX_HEADER]].concat(),
            [v2::PROTOCOL_PREFIX, &[0x21, 0x11, 0xff, 0xff]].concat(),
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
