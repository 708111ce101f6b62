//! `h1,h2,h3,h4,p1,p2`: the IPv4 address of PORT and 227 ([RFC 959 §5.3.2]).
//!
//! The port is `p1 * 256 + p2`.
//!
//! [RFC 959 §5.3.2]: https://www.rfc-editor.org/rfc/rfc959#section-5

use alloc::format;
use alloc::string::String;
use core::net::{Ipv4Addr, SocketAddrV4};

/// Reads the argument of PORT: six numbers from 0 to 255 with commas between them, nothing else.
///
/// ```
/// use ftp_proto::addr::parse_host_port;
///
/// assert_eq!(parse_host_port(b"127,0,0,1,8,73"), Some("127.0.0.1:2121".parse()?));
/// assert_eq!(parse_host_port(b"127,0,0,1,8,256"), None);
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
pub fn parse_host_port(argument: &[u8]) -> Option<SocketAddrV4> {
    let mut numbers = [0; 6];
    let mut fields = argument.split(|&byte| byte == b',');
    for number in &mut numbers {
        *number = octet(fields.next()?)?;
    }
    fields.next().is_none().then(|| address(numbers))
}

/// Writes an address as PORT and 227 have it.
pub fn format_host_port(address: SocketAddrV4) -> String {
    let [a, b, c, d] = address.ip().octets();
    let [high, low] = address.port().to_be_bytes();
    format!("{a},{b},{c},{d},{high},{low}")
}

/// Finds an address in the text of a 227 reply.
///
/// RFC 1123 §4.1.2.6 says that nothing about the text around the numbers is certain: there may be
/// no parentheses, spaces after the commas, an equals sign in front. The first run of six numbers
/// counts.
pub fn scan_host_port(text: &[u8]) -> Option<SocketAddrV4> {
    let mut rest = text;
    loop {
        let start = rest.iter().position(u8::is_ascii_digit)?;
        rest = rest.get(start..)?;
        if let Some(found) = six_numbers(rest) {
            return Some(found);
        }
        let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        rest = rest.get(digits..)?;
    }
}

/// Reads six numbers from the beginning of a text, with spaces allowed around the commas.
fn six_numbers(text: &[u8]) -> Option<SocketAddrV4> {
    let mut numbers = [0; 6];
    let mut rest = text;
    for (index, number) in numbers.iter_mut().enumerate() {
        if index > 0 {
            rest = rest
                .trim_ascii_start()
                .strip_prefix(b",")?
                .trim_ascii_start();
        }
        let end = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end)?;
        *number = octet(digits)?;
        rest = after;
    }
    Some(address(numbers))
}

fn address([a, b, c, d, high, low]: [u8; 6]) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low]))
}

/// A decimal number from 0 to 255, of at most three digits.
fn octet(digits: &[u8]) -> Option<u8> {
    if digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_port_argument_is_six_numbers_and_nothing_else() {
        for bad in [
            "",
            "1",
            "1,2,3,4,5",
            "1,2,3,4,5,6,7",
            "1,2,3,4,5,6,",
            "1,2,3,4,5,256",
            "1,2,3,4,5,-6",
            "1,2,3,4,5, 6",
            "1,2,3,4,5,x",
            "1,2,3,4,5,",
            ",2,3,4,5,6",
            "1,2,3,4,5,0006",
            "+1,2,3,4,5,6",
        ] {
            assert_eq!(parse_host_port(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_227_reply_may_have_any_text_around_the_numbers() {
        let expected = Some("192.0.2.1:1027".parse().unwrap());
        for text in [
            "Entering Passive Mode (192,0,2,1,4,3).",
            "Entering Passive Mode. 192,0,2,1,4,3",
            "=192,0,2,1,4,3",
            "Entering Passive Mode (192, 0, 2, 1, 4, 3)",
            "227 again: 5 (192,0,2,1,4,3)",
            "[192,0,2,1,4,3]",
        ] {
            assert_eq!(scan_host_port(text.as_bytes()), expected, "{text}");
        }
        for bad in [
            "",
            "Entering Passive Mode",
            "(1,2,3,4,5)",
            "(1,2,3,4,5,999)",
            "(256,1,1,1,1,1)",
        ] {
            assert_eq!(scan_host_port(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(ip: [u8; 4], port: u16) {
            let address = SocketAddrV4::new(ip.into(), port);
            let text = format_host_port(address);
            prop_assert_eq!(parse_host_port(text.as_bytes()), Some(address));
            let reply = format!("Entering Passive Mode ({text}).");
            prop_assert_eq!(scan_host_port(reply.as_bytes()), Some(address));
        }

        #[test]
        fn nothing_makes_the_scan_panic(text: alloc::vec::Vec<u8>) {
            let _ = scan_host_port(&text);
            let _ = parse_host_port(&text);
        }
    }
}
