//! `|af|address|port|` and `(|||port|)`: the addresses of EPRT and 229 ([RFC 2428]).
//!
//! [RFC 2428]: https://www.rfc-editor.org/rfc/rfc2428

use alloc::format;
use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::ascii;

/// Why the argument of EPRT can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtendedError {
    /// It isn't of the form `|af|address|port|`.
    #[error("malformed extended address")]
    Syntax,
    /// The family is neither 1 (IPv4) nor 2 (IPv6); answered with 522.
    #[error("unknown address family {0}")]
    UnknownFamily(u32),
}

/// Reads the argument of EPRT. The delimiter may be any printable character.
///
/// ```
/// use ftp_proto::addr::parse_extended;
///
/// assert_eq!(parse_extended(b"|2|::1|2121|"), Ok("[::1]:2121".parse()?));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
///
/// # Errors
///
/// [`ExtendedError`] says which part is bad.
pub fn parse_extended(argument: &[u8]) -> Result<SocketAddr, ExtendedError> {
    let fields = fields(argument).ok_or(ExtendedError::Syntax)?;
    let [family, address, port] = fields;
    let family: u32 = ascii::number(family).ok_or(ExtendedError::Syntax)?;
    let address = text_of(address).ok_or(ExtendedError::Syntax)?;
    let address: IpAddr = match family {
        1 => address.parse::<Ipv4Addr>().map(IpAddr::from),
        2 => address.parse::<Ipv6Addr>().map(IpAddr::from),
        other => return Err(ExtendedError::UnknownFamily(other)),
    }
    .map_err(|_| ExtendedError::Syntax)?;
    Ok(SocketAddr::new(
        address,
        ascii::number(port).ok_or(ExtendedError::Syntax)?,
    ))
}

/// Writes an address as EPRT has it. A scope of a link-local address stays here: it means nothing
/// to the other side.
pub fn format_extended(address: SocketAddr) -> String {
    let family = if address.is_ipv4() { 1 } else { 2 };
    format!("|{family}|{}|{}|", address.ip(), address.port())
}

/// Finds the port in the text of a 229 reply: `(|||port|)` with any delimiter, with or without
/// parentheses. A port of 0 is none.
///
/// Family and address should be empty; what stands there is ignored, since RFC 2428 §3 has the
/// client connect to the host of the control connection.
pub fn scan_extended_port(text: &[u8]) -> Option<u16> {
    (0..text.len()).find_map(|start| {
        let text = text.get(start..)?;
        port_at_start(text.get(..LONGEST).unwrap_or(text))
    })
}

/// Bytes that `|2|address|port|` can have, with some room for spaces; it keeps the scan linear.
const LONGEST: usize = 64;

/// Reads the port if a text begins with `|family|address|port|`.
fn port_at_start(text: &[u8]) -> Option<u16> {
    let (&delimiter, rest) = text.split_first()?;
    if !is_delimiter(delimiter) {
        return None;
    }
    let (family, rest) = ascii::split_once(rest, delimiter)?;
    let (address, rest) = ascii::split_once(rest, delimiter)?;
    let (port, _) = ascii::split_once(rest, delimiter)?;
    let is_address = || text_of(address)?.parse::<IpAddr>().ok();
    match family {
        b"" if address.is_empty() => {}
        b"1" | b"2" if is_address().is_some() => {}
        _ => return None,
    }
    ascii::number(port.trim_ascii()).filter(|&port| port != 0)
}

fn text_of(field: &[u8]) -> Option<&str> {
    str::from_utf8(field).ok()
}

/// Whether a byte may be the delimiter: printable, and none of those that stand in numbers.
const fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_graphic() && !byte.is_ascii_digit()
}

/// The three fields between four delimiters, of which the first byte is one.
fn fields(text: &[u8]) -> Option<[&[u8]; 3]> {
    let (&delimiter, rest) = text.split_first()?;
    if !is_delimiter(delimiter) {
        return None;
    }
    let mut parts = rest.split(|&byte| byte == delimiter);
    let fields = [parts.next()?, parts.next()?, parts.next()?];
    let nothing_behind = parts.next()?.is_empty() && parts.next().is_none();
    nothing_behind.then_some(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_printable_delimiter_will_do() {
        for (text, address) in [
            ("|1|192.0.2.1|21|", "192.0.2.1:21"),
            ("!2!2001:db8::1!65535!", "[2001:db8::1]:65535"),
            ("~1~192.0.2.1~1~", "192.0.2.1:1"),
        ] {
            assert_eq!(
                parse_extended(text.as_bytes()),
                Ok(address.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_extended_address_is_told() {
        for bad in [
            "",
            "|",
            "|1|192.0.2.1|21",
            "1|192.0.2.1|21|",
            "|1|192.0.2.1|65536|",
            "|1|::1|21|",
            "|2|192.0.2.1|21|",
            "||192.0.2.1|21|",
            "|1|192.0.2.1||",
            "|1|192.0.2.1|21|x",
            "|1|192.0.2.1|+21|",
            "|1|host|21|",
            " 1 192.0.2.1 21 ",
        ] {
            assert_eq!(
                parse_extended(bad.as_bytes()),
                Err(ExtendedError::Syntax),
                "{bad}"
            );
        }
        assert_eq!(
            parse_extended(b"|3|x|21|"),
            Err(ExtendedError::UnknownFamily(3))
        );
    }

    #[test]
    fn a_229_reply_tells_a_port() {
        for (text, port) in [
            ("Entering Extended Passive Mode (|||6446|)", Some(6446)),
            ("Entering Extended Passive Mode (!!!6446!)", Some(6446)),
            ("ok (|1|192.0.2.1|6446|).", Some(6446)),
            ("(|||0|)", None),
            ("(|||65536|)", None),
            ("(|||6446)", None),
            ("(||6446|)", None),
            ("ok |||06446| bye", Some(6446)),
            ("wait (ha-ha) (|||  6446|)", Some(6446)),
            ("ok (|2|2001:db8::1|6446|)", Some(6446)),
            ("(|3||6446|)", None),
            ("(|1||6446|)", None),
            ("(|!!6446!)", None),
            ("(|||+6446|)", None),
            ("(|||99999999999999999999|)", None),
            ("Entering Passive Mode (192,0,2,1,4,3)", None),
            ("", None),
        ] {
            assert_eq!(scan_extended_port(text.as_bytes()), port, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(v4: [u8; 4], v6: [u8; 16], port: u16) {
            for address in [
                SocketAddr::new(Ipv4Addr::from(v4).into(), port),
                SocketAddr::new(Ipv6Addr::from(v6).into(), port),
            ] {
                prop_assert_eq!(parse_extended(format_extended(address).as_bytes()), Ok(address));
            }
        }

        #[test]
        fn nothing_makes_the_readers_panic(text: alloc::vec::Vec<u8>) {
            let _ = parse_extended(&text);
            let _ = scan_extended_port(&text);
        }
    }
}
