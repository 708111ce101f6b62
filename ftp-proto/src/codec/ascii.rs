//! TYPE A: lines end in CR LF on the wire and in LF in files ([RFC 959 §3.1.1.1]).
//!
//! The encoder puts a CR before every LF, whatever stands before it; the decoder drops the CR of
//! every CR LF and leaves lone CRs alone. So whatever is encoded decodes to the same bytes, also a
//! file that has CR LF in it.
//!
//! [RFC 959 §3.1.1.1]: https://www.rfc-editor.org/rfc/rfc959#section-3

use super::Step;
use crate::ascii;

/// From a file to the wire: LF becomes CR LF.
#[derive(Clone, Debug, Default)]
pub struct AsciiEncoder {
    /// The CR of an LF is out, the LF had no room any more.
    owes_lf: bool,
}

impl AsciiEncoder {
    /// An encoder at the beginning of a file.
    pub const fn new() -> Self {
        Self { owes_lf: false }
    }

    /// Encodes as much as fits.
    ///
    /// An output of at least twice the input always takes all of it.
    pub fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut step = Step::default();
        loop {
            let room = output.get_mut(step.produced..).unwrap_or_default();
            let rest = input.get(step.consumed..).unwrap_or_default();
            if self.owes_lf {
                let (Some(slot), false) = (room.first_mut(), rest.is_empty()) else {
                    return step;
                };
                *slot = b'\n';
                self.owes_lf = false;
                step.produced += 1;
                step.consumed += 1;
                continue;
            }
            let plain = ascii::find(rest, b'\n').unwrap_or(rest.len());
            let copied = copy(room, rest.get(..plain).unwrap_or_default());
            step.produced += copied;
            step.consumed += copied;
            if copied < plain || plain == rest.len() {
                return step;
            }
            let Some(slot) = output.get_mut(step.produced) else {
                return step;
            };
            *slot = b'\r';
            step.produced += 1;
            self.owes_lf = true;
        }
    }
}

/// From the wire to a file: CR LF becomes LF, a lone CR stays.
#[derive(Clone, Debug, Default)]
pub struct AsciiDecoder {
    /// A CR came, and nobody knows yet what follows it.
    holds_cr: bool,
}

impl AsciiDecoder {
    /// A decoder at the beginning of a file.
    pub const fn new() -> Self {
        Self { holds_cr: false }
    }

    /// Decodes as much as fits. The output never gets longer than the input and one byte.
    pub fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut step = Step::default();
        loop {
            let room = output.get_mut(step.produced..).unwrap_or_default();
            let rest = input.get(step.consumed..).unwrap_or_default();
            let Some(&next) = rest.first() else {
                return step;
            };
            if self.holds_cr {
                let Some(slot) = room.first_mut() else {
                    return step;
                };
                // A lone CR goes out and leaves `next` to the next round.
                *slot = if next == b'\n' { b'\n' } else { b'\r' };
                step.produced += 1;
                step.consumed += usize::from(next == b'\n');
                self.holds_cr = false;
                continue;
            }
            let plain = ascii::find(rest, b'\r').unwrap_or(rest.len());
            let copied = copy(room, rest.get(..plain).unwrap_or_default());
            step.produced += copied;
            step.consumed += copied;
            if copied < plain || plain == rest.len() {
                return step;
            }
            step.consumed += 1;
            self.holds_cr = true;
        }
    }

    /// Says that the wire has ended: a CR that was held back goes out, if there is room for it.
    pub fn finish(&mut self, output: &mut [u8]) -> Step {
        let mut step = Step::default();
        if self.holds_cr
            && let Some(slot) = output.first_mut()
        {
            *slot = b'\r';
            step.produced = 1;
            self.holds_cr = false;
        }
        step
    }
}

/// Copies as much as fits, and says how much that was.
fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let count = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..count), from.get(..count)) {
        to.copy_from_slice(from);
    }
    count
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// Feeds pieces of `input` through `step` with outputs of `room` bytes.
    fn run(
        pieces: &[&[u8]],
        room: usize,
        mut step: impl FnMut(&[u8], &mut [u8]) -> Step,
    ) -> Vec<u8> {
        let mut all = Vec::new();
        for piece in pieces {
            let mut rest = *piece;
            loop {
                let mut output = vec![0; room];
                let done = step(rest, &mut output);
                all.extend_from_slice(&output[..done.produced]);
                rest = &rest[done.consumed..];
                if rest.is_empty() && done.produced < room {
                    break;
                }
            }
        }
        all
    }

    fn encode(pieces: &[&[u8]], room: usize) -> Vec<u8> {
        let mut encoder = AsciiEncoder::new();
        run(pieces, room, |input, output| encoder.step(input, output))
    }

    fn decode(pieces: &[&[u8]], room: usize) -> Vec<u8> {
        let mut decoder = AsciiDecoder::new();
        let mut all = run(pieces, room, |input, output| decoder.step(input, output));
        let mut last = [0];
        if decoder.finish(&mut last).produced == 1 {
            all.push(last[0]);
        }
        all
    }

    #[test]
    fn lines_are_converted() {
        for (file, wire) in [
            (&b""[..], &b""[..]),
            (b"a\nb\n", b"a\r\nb\r\n"),
            (b"\n\n", b"\r\n\r\n"),
            (b"a\rb", b"a\rb"),
            (b"a\r\nb", b"a\r\r\nb"),
            (b"a\r", b"a\r"),
        ] {
            assert_eq!(encode(&[file], 7), wire, "{}", file.escape_ascii());
            assert_eq!(decode(&[wire], 7), file, "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn a_bare_lf_on_the_wire_stays() {
        assert_eq!(decode(&[b"a\nb\r\n"], 7), b"a\nb\n");
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..64)
    }

    fn pieces(bytes: &[u8], size: usize) -> Vec<&[u8]> {
        bytes.chunks(size).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_at_any_border(
            file in text(), size in 1usize..9, room in 1usize..9,
        ) {
            let wire = encode(&pieces(&file, size), room);
            prop_assert_eq!(&wire, &encode(&[&file], 200));
            prop_assert_eq!(&decode(&pieces(&wire, size), room), &file);
        }

        #[test]
        fn decoding_does_not_depend_on_borders(
            wire in text(), size in 1usize..9, room in 1usize..9,
        ) {
            prop_assert_eq!(decode(&pieces(&wire, size), room), decode(&[&wire], 200));
        }
    }
}
