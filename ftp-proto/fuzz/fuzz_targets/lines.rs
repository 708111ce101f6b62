//! Lines are the same however their bytes are portioned, and never longer than allowed.
#![no_main]

use ftp_proto::wire::LineBuffer;
use ftp_proto_fuzz::Portioned;
use libfuzzer_sys::fuzz_target;

const MAX_LINE: usize = 16;

fn read<'a>(portions: impl Iterator<Item = &'a [u8]>) -> Vec<Option<Vec<u8>>> {
    let mut buffer = LineBuffer::new(MAX_LINE);
    let mut all = Vec::new();
    for portion in portions {
        buffer.push(portion);
        while let Some(line) = buffer.next_line() {
            all.push(line.ok());
        }
        assert!(
            buffer.len() <= MAX_LINE + 2,
            "{} bytes are held",
            buffer.len()
        );
    }
    all
}

fuzz_target!(|input: Portioned| {
    let lines = read(input.portions());
    assert_eq!(read([&input.bytes[..]].into_iter()), lines);
    for line in lines.iter().flatten() {
        assert!(line.len() <= MAX_LINE && !line.contains(&b'\n'), "{line:?}");
    }
});
