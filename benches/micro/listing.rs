//! Listings: lines written by the server, and read by the client.

use core::hint::black_box;

use criterion::{Criterion, Throughput};
use ftp_proto::listing::{
    Entry, EntryKind, FactSet, ListedTime, ListingParser, write_facts, write_unix,
};
use ftp_proto::{PathName, Timestamp};

/// Lines of a listing.
const LINES: u32 = 1000;

type Write = fn(&Entry, &mut Vec<u8>);

pub(crate) fn all(criterion: &mut Criterion) {
    let unix: Write = |entry, out| write_unix(entry, now(), out);
    let facts: Write = |entry, out| write_facts(entry, FactSet::ALL, out);
    let entries: Vec<_> = (0..LINES).filter_map(entry).collect();
    let mut group = criterion.benchmark_group("listing");
    group.throughput(Throughput::Elements(LINES.into()));
    for (name, write) in [("unix", unix), ("facts", facts)] {
        let mut listing = Vec::new();
        group.bench_function(format!("write/{name}"), |bencher| {
            bencher.iter(|| {
                listing.clear();
                for entry in black_box(&entries) {
                    write(entry, &mut listing);
                    listing.extend_from_slice(b"\r\n");
                }
            });
        });
        group.bench_function(format!("read/{name}"), |bencher| {
            bencher.iter(|| read(black_box(&listing)));
        });
    }
    group.finish();
}

fn entry(number: u32) -> Option<Entry> {
    let name = format!("a file with number {number}.txt");
    let mut entry = Entry::new(PathName::new(name).ok()?, EntryKind::File);
    entry.size = Some(u64::from(number) * 1000);
    entry.modified = Timestamp::from_unix(MODIFIED + i64::from(number), 0).map(ListedTime::Utc);
    entry.mode = Some(0o644);
    entry.owner = Some(b"1000".into());
    entry.group = Some(b"1000".into());
    entry.links = Some(1);
    entry.unique = Some(format!("801g{number:x}").into());
    Some(entry)
}

fn read(listing: &[u8]) -> usize {
    let mut parser = ListingParser::new(now());
    parser.push(listing);
    parser.finish();
    core::iter::from_fn(|| parser.next_line()).count()
}

/// A day after the files were modified.
fn now() -> Timestamp {
    Timestamp::from_unix(MODIFIED + 86_400, 0).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// 2024-02-29 23:59:59 UTC.
const MODIFIED: i64 = 1_709_251_199;
