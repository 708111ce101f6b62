//! A listing reads the same however its bytes are portioned, and each entry can be written.
#![no_main]

use ftp_proto::Timestamp;
use ftp_proto::listing::{FactSet, Line, ListingParser, write_facts, write_unix};
use ftp_proto_fuzz::Portioned;
use libfuzzer_sys::fuzz_target;

fn read<'a>(portions: impl Iterator<Item = &'a [u8]>, now: Timestamp) -> Vec<Line> {
    let mut parser = ListingParser::new(now);
    let mut all = Vec::new();
    for portion in portions {
        parser.push(portion);
        all.extend(std::iter::from_fn(|| parser.next_line()));
    }
    parser.finish();
    all.extend(std::iter::from_fn(|| parser.next_line()));
    all
}

fuzz_target!(|input: (Portioned, i64)| {
    let (listing, seconds) = input;
    let now = Timestamp::from_unix(seconds, 0).unwrap_or(Timestamp::UNIX_EPOCH);
    let lines = read(listing.portions(), now);
    assert_eq!(read([&listing.bytes[..]].into_iter(), now), lines);
    for line in lines {
        if let Line::Entry(entry) = line {
            let mut out = Vec::new();
            write_unix(&entry, now, &mut out);
            write_facts(&entry, FactSet::ALL, &mut out);
            assert!(!out.contains(&b'\n') && !out.contains(&b'\r'));
            let _ = entry.safe_name();
        }
    }
});
