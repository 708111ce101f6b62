//! Replies are the same however their bytes are portioned; what is read is written and read back.
#![no_main]

use ftp_proto::Reply;
use ftp_proto::reply::{ReplyAssembler, ReplySyntax};
use ftp_proto::wire::LineBuffer;
use ftp_proto_fuzz::Portioned;
use libfuzzer_sys::fuzz_target;

/// The replies up to the first bytes that are none.
fn read<'a>(portions: impl Iterator<Item = &'a [u8]>) -> Vec<Reply> {
    let mut lines = LineBuffer::new(1024);
    let mut assembler = ReplyAssembler::new(ReplySyntax::Strict);
    let mut all = Vec::new();
    for portion in portions {
        lines.push(portion);
        while let Some(line) = lines.next_line() {
            let Ok(Ok(reply)) = line.map(|line| assembler.handle_line(&line)) else {
                return all;
            };
            all.extend(reply);
        }
    }
    all
}

fuzz_target!(|input: Portioned| {
    let replies = read(input.portions());
    assert_eq!(read([&input.bytes[..]].into_iter()), replies);
    for reply in replies {
        let mut wire = Vec::new();
        reply.encode(&mut wire);
        let again = read([&wire[..]].into_iter());
        assert_eq!(again.len(), 1, "{reply:?}");
        assert_eq!(again[0].code(), reply.code());
        assert_eq!(again[0].lines().len(), reply.lines().len());
        let _ = (
            reply.passive(),
            reply.extended_passive(),
            reply.path(),
            reply.features(),
        );
        let _ = (
            reply.size(),
            reply.modified(),
            reply.size_hint(),
            reply.to_string(),
        );
    }
});
