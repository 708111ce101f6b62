//! A file that is encoded and decoded is the same, however input and output are portioned.
#![no_main]

use ftp_proto::codec::{AsciiDecoder, AsciiEncoder, Step};
use ftp_proto_fuzz::Portioned;
use libfuzzer_sys::fuzz_target;

/// Runs steps until all portions are taken; `room` is the size of the output of each step.
fn run<'a>(
    portions: impl Iterator<Item = &'a [u8]>,
    room: usize,
    mut step: impl FnMut(&[u8], &mut [u8]) -> Step,
) -> Vec<u8> {
    let mut all = Vec::new();
    let mut output = vec![0; room];
    for mut portion in portions {
        while !portion.is_empty() {
            let Step { consumed, produced } = step(portion, &mut output);
            assert!(consumed + produced > 0, "no progress");
            all.extend_from_slice(&output[..produced]);
            portion = &portion[consumed..];
        }
    }
    all
}

fuzz_target!(|input: (Portioned, u8, u8)| {
    let (file, room, other_room) = input;
    let (room, other_room) = (usize::from(room).max(1), usize::from(other_room).max(1));
    let mut encoder = AsciiEncoder::new();
    let wire = run(file.portions(), room, |i, o| encoder.step(i, o));
    let mut decoder = AsciiDecoder::new();
    let mut decoded = run(wire.chunks(other_room), room, |i, o| decoder.step(i, o));
    let mut last = [0];
    let finished = decoder.finish(&mut last);
    decoded.extend_from_slice(&last[..finished.produced]);
    assert_eq!(decoded, file.bytes);

    // What was never encoded decodes to the same in any portions, too.
    let (mut whole, mut parts) = (AsciiDecoder::new(), AsciiDecoder::new());
    let at_once = run([&file.bytes[..]].into_iter(), other_room, |i, o| {
        whole.step(i, o)
    });
    assert_eq!(run(file.portions(), room, |i, o| parts.step(i, o)), at_once);
});
