//! `h1,h2,h3,h4,p1,p2`: the IPv4 address of PORT and 227 ([RFC 959 §5.3.2]).
//!
//! The port is `p1 * 256 + p2`.
//!
//! [RFC 959 §5.3.2]: https://www.rfc-editor.org/rfc/rfc959#section-5

use alloc::format;
use alloc::string::String;
use core::net::{Ipv4Addr, SocketAddrV4};

use crate::ascii;

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
/// no parentheses, spaces after the commas, an equals sign in front. The first list of exactly six
/// numbers counts; with a number above 255 or a port of 0 it is no address.
pub fn scan_host_port(text: &[u8]) -> Option<SocketAddrV4> {
    let mut rest = text;
    loop {
        let start = rest.iter().position(u8::is_ascii_digit)?;
        let (numbers, after) = number_list(rest.get(start..)?);
        if let Some(numbers) = numbers {
            return Some(address(numbers)).filter(|address| address.port() != 0);
        }
        rest = after;
    }
}

/// Reads a list of numbers from the beginning of a text, to its end: six octets, or nothing; and
/// what follows the list.
fn number_list(text: &[u8]) -> (Option<[u8; 6]>, &[u8]) {
    let mut numbers = [0; 6];
    let mut slots = numbers.iter_mut();
    let mut all_fit = true;
    let mut rest = text;
    loop {
        let (digits, after) = ascii::split_digits(rest);
        match (slots.next(), octet(digits)) {
            (Some(slot), Some(number)) => *slot = number,
            _ => all_fit = false,
        }
        let next = after
            .trim_ascii_start()
            .strip_prefix(b",")
            .map(<[u8]>::trim_ascii_start)
            .filter(|next| next.first().is_some_and(u8::is_ascii_digit));
        let Some(next) = next else {
            let complete = all_fit && slots.next().is_none();
            return (complete.then_some(numbers), after);
        };
        rest = next;
    }
}

fn address([a, b, c, d, high, low]: [u8; 6]) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low]))
}

/// A decimal number from 0 to 255, of at most three digits; leading zeros don't make it octal.
fn octet(digits: &[u8]) -> Option<u8> {
    ascii::number(digits).filter(|_| digits.len() <= 3)
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
            "(192,000,002,001,004,003)",
            "take 2, or 3 (192,0,2,1,4,3), 4 at most",
        ] {
            assert_eq!(scan_host_port(text.as_bytes()), expected, "{text}");
        }
        for bad in [
            "",
            "Entering Passive Mode",
            "(1,2,3,4,5)",
            "(1,2,3,4,5,999)",
            "(256,1,1,1,1,1)",
            "(1000,1,2,3,4,5,6)",
            "(1,2,3,4,5,6,7)",
            "(1,2,3,4,-5,6)",
            "(1,2,3,4,0,0)",
            "(1,2,3,4,99999999999999999999,6)",
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
            prop_assert_eq!(scan_host_port(reply.as_bytes()), Some(address).filter(|_| port != 0));
        }

        #[test]
        fn nothing_makes_the_scan_panic(text: alloc::vec::Vec<u8>) {
            let _ = scan_host_port(&text);
            let _ = parse_host_port(&text);
        }
    }
}
