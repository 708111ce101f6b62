//! The Telnet protocol, as far as a control connection speaks it ([RFC 959 §4.1.3], [RFC 854],
//! [RFC 1123 §4.1.2.12]).
//!
//! FTP negotiates nothing. What a peer says in Telnet is dropped, and the byte 0xFF of a name is
//! sent twice so that it isn't taken for the beginning of such talk.
//!
//! [RFC 854]: https://www.rfc-editor.org/rfc/rfc854
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 1123 §4.1.2.12]: https://www.rfc-editor.org/rfc/rfc1123#page-34

use alloc::vec::Vec;

use crate::ascii;

/// Telnet "Interrupt Process" and "Synch", which some servers want before an `ABOR`.
///
/// Its last byte, the data mark, should be sent as TCP urgent data; few servers care.
pub const INTERRUPT_AND_SYNCH: [u8; 4] = [IAC, INTERRUPT_PROCESS, IAC, DATA_MARK];

/// Takes Telnet commands out of a stream of bytes, however it is cut into chunks.
#[derive(Clone, Copy, Debug)]
pub(super) struct TelnetFilter(State);

/// What the bytes so far have begun.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing.
    Data,
    /// IAC.
    Command,
    /// IAC and WILL, WONT, DO or DONT: the option follows.
    Option,
    /// IAC SB: anything follows, up to IAC SE.
    Subnegotiation,
    /// IAC inside a subnegotiation.
    SubnegotiationCommand,
}

impl TelnetFilter {
    pub(super) const fn new() -> Self {
        Self(State::Data)
    }

    /// Hands the data of a chunk to `data`, in pieces.
    pub(super) fn pass(&mut self, mut chunk: &[u8], mut data: impl FnMut(&[u8])) {
        loop {
            if let State::Data = self.0 {
                let end = ascii::find(chunk, IAC).unwrap_or(chunk.len());
                let (run, rest) = chunk.split_at_checked(end).unwrap_or((chunk, &[]));
                data(run);
                chunk = rest;
            }
            let Some((&byte, rest)) = chunk.split_first() else {
                return;
            };
            chunk = rest;
            self.0 = match (self.0, byte) {
                (State::Data, _) => State::Command,
                (State::Command, WILL..=DONT) => State::Option,
                (State::Command, SUBNEGOTIATION) => State::Subnegotiation,
                (State::Command, IAC) => {
                    data(&[IAC]);
                    State::Data
                }
                (State::Command, _) if is_command(byte) => State::Data,
                // No Telnet at all: a peer that doesn't know of it and has sent a name with 0xFF.
                (State::Command, _) => {
                    data(&[IAC, byte]);
                    State::Data
                }
                (State::Option, _) => State::Data,
                (State::Subnegotiation, IAC) => State::SubnegotiationCommand,
                (State::SubnegotiationCommand, SUBNEGOTIATION_END) => State::Data,
                (State::Subnegotiation | State::SubnegotiationCommand, _) => State::Subnegotiation,
            };
        }
    }
}

/// Whether a byte after IAC is a Telnet command; also true of IAC itself.
pub(crate) const fn is_command(byte: u8) -> bool {
    byte >= SUBNEGOTIATION_END
}

/// Appends bytes to a line that is to be sent, with each 0xFF doubled.
pub(crate) fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    for run in bytes.split_inclusive(|&byte| byte == IAC) {
        out.extend_from_slice(run);
        if run.last() == Some(&IAC) {
            out.push(IAC);
        }
    }
}

const SUBNEGOTIATION_END: u8 = 240;
const DATA_MARK: u8 = 242;
const INTERRUPT_PROCESS: u8 = 244;
const SUBNEGOTIATION: u8 = 250;
const WILL: u8 = 251;
const DONT: u8 = 254;
const IAC: u8 = 255;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filtered<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut filter = TelnetFilter::new();
        let mut data = Vec::new();
        for chunk in chunks {
            filter.pass(chunk, |piece| data.extend_from_slice(piece));
        }
        data
    }

    #[test]
    fn telnet_is_dropped_and_the_rest_stays() {
        for (input, data) in [
            (&b"NOOP"[..], &b"NOOP"[..]),
            (b"a\xff\xffb", b"a\xffb"),
            (b"\xff\xf4\xff\xf2ABOR", b"ABOR"),
            (
                b"a\xff\xfb\x01b\xff\xfc\x01c\xff\xfd\x01d\xff\xfe\x01e",
                b"abcde",
            ),
            (b"a\xff\xfa\x18\x00\r\n\xff\xff\xf0\xff\xf0b", b"ab"),
            (b"a\xff\xf1b", b"ab"),
            (b"name\xff\r\n", b"name\xff\r\n"),
            (b"\xff\xff\xff\xff", b"\xff\xff"),
            (b"\xff", b""),
        ] {
            assert_eq!(filtered([input]), data, "{}", input.escape_ascii());
            assert_eq!(filtered(input.chunks(1)), data, "{}", input.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_through(bytes: Vec<u8>, size in 1_usize..9) {
            let mut sent = Vec::new();
            escape(&bytes, &mut sent);
            prop_assert_eq!(filtered(sent.chunks(size)), bytes);
        }
    }
}
