use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::listing::{EntryKind, write_name};
use crate::path::PathName;

const MAX: usize = ListingParser::MAX_LINE;

/// Reads a listing in portions of the given lengths, over and over; lines are taken after each.
fn read_in(mut parser: ListingParser, mut listing: &[u8], portions: &[usize]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut lengths = portions.iter().cycle();
    while !listing.is_empty() {
        let length = lengths.next().map_or(listing.len(), |length| *length);
        let (portion, rest) = listing.split_at(length.min(listing.len()));
        parser.push(portion);
        lines.extend(core::iter::from_fn(|| parser.next_line()));
        assert!(parser.held.len() <= parser.taken + MAX + 1);
        listing = rest;
    }
    parser.finish();
    lines.extend(core::iter::from_fn(|| parser.next_line()));
    lines
}

fn read_all(listing: &[u8]) -> Vec<Line> {
    read_in(ListingParser::new(Timestamp::UNIX_EPOCH), listing, &[])
}

/// Names of entries, and unparsed lines in parentheses.
fn show(lines: &[Line]) -> Vec<alloc::string::String> {
    let show = |line: &Line| match line {
        Line::Entry(entry) => entry.name.to_string_lossy().into_owned(),
        Line::Unparsed(line) => alloc::format!("({})", line.escape_ascii()),
        Line::TooLong(line) => alloc::format!("({} and more)", line.len()),
    };
    lines.iter().map(show).collect()
}

#[test]
fn lines_end_with_lf_or_cr_lf_or_the_listing() {
    let listing = b"total 2\r\n\r\nsize=1; a\nsize=2; b\r\r\n\n  \nsize=3; c";
    assert_eq!(show(&read_all(listing)), ["a", "b", " ", "c"]);
}

#[test]
fn the_first_line_that_can_be_read_decides_the_dialect() {
    for (listing, dialect, expected) in [
        (
            &b"hello\nsize=1; a\n-rw-r--r-- 1 o g 7 Jan 2 2015 n\nsize=1; b"[..],
            Some(Dialect::Facts),
            &["(hello)", "a", "(-rw-r--r-- 1 o g 7 Jan 2 2015 n)", "b"][..],
        ),
        (
            b"total 1\n-rw-r--r-- 1 o g 7 Jan 2 2015 a\nsize=1; b\ntotal 2\n",
            Some(Dialect::Unix),
            &["a", "(size=1; b)"],
        ),
        (
            b"05-26-95  10:57AM  1 a\n-rw-r--r-- 1 o g 7 Jan 2 2015 n",
            Some(Dialect::Dos),
            &["a", "(-rw-r--r-- 1 o g 7 Jan 2 2015 n)"],
        ),
        (b"a.txt\na=b c\n x\n", None, &["(a.txt)", "(a=b c)", "( x)"]),
        (b"\r\n", None, &[]),
        (b"", None, &[]),
    ] {
        let mut parser = ListingParser::new(Timestamp::UNIX_EPOCH);
        parser.push(listing);
        parser.finish();
        let lines: Vec<_> = core::iter::from_fn(|| parser.next_line()).collect();
        assert_eq!(show(&lines), expected, "{}", listing.escape_ascii());
        assert_eq!(parser.dialect(), dialect, "{}", listing.escape_ascii());
    }
}

#[test]
fn a_dialect_that_is_told_is_not_guessed() {
    let read = |dialect, listing| {
        let parser = ListingParser::with_dialect(dialect, Timestamp::UNIX_EPOCH);
        read_in(parser, listing, &[])
    };
    let names = read(Dialect::Names, b"a b\r\n\r\nsize=1; c\r\n..\r\nx\0y\r\n");
    assert_eq!(show(&names), ["a b", "size=1; c", "..", "(x\\x00y)"]);
    let facts = read(Dialect::Facts, b" a\r\nb=c d\r\ne\r\n");
    assert_eq!(show(&facts), ["a", "d", "(e)"]);
}

#[test]
fn a_line_that_is_too_long_is_reported_once_and_skipped() {
    for (length, end, expected) in [
        (MAX, "\n", vec!["(x)", "b"]),
        (MAX + 1, "\n", vec!["(16384 and more)", "b"]),
        (MAX - 1, "\r\n", vec!["(x)", "b"]),
        (MAX, "\r\n", vec!["(16384 and more)", "b"]),
        (10 * MAX, "\r\n", vec!["(16384 and more)", "b"]),
    ] {
        let mut listing = vec![b'x'; length];
        listing.extend_from_slice(end.as_bytes());
        listing.extend_from_slice(b"size=1; b");
        for portions in [&[][..], &[1], &[MAX], &[MAX + 1], &[7, 4096]] {
            let parser = ListingParser::new(Timestamp::UNIX_EPOCH);
            let mut shown = show(&read_in(parser, &listing, portions));
            if let Some(first) = shown.first_mut().filter(|first| first.contains("xx")) {
                *first = "(x)".into();
            }
            assert_eq!(shown, expected, "{length} {end:?} {portions:?}");
        }
    }
}

#[test]
fn a_last_line_that_is_too_long_is_reported_once() {
    let listing = vec![b'x'; 3 * MAX];
    for portions in [&[][..], &[1], &[MAX], &[MAX + 1]] {
        let parser = ListingParser::new(Timestamp::UNIX_EPOCH);
        let lines = read_in(parser, &listing, portions);
        assert_eq!(show(&lines), ["(16384 and more)"], "{portions:?}");
    }
}

const KNOWN: [&[u8]; 10] = [
    b"\n",
    b"\r\n",
    b"\r",
    b"total 1",
    b" ",
    b"type=file;size=1; a b",
    b"-rw-r--r-- 1 o g 7 Jan 2 2015 n",
    b"lrwxrwxrwx 1 o g 1 Jan 2 15:04 a -> b",
    b"05-26-95  10:57AM  1 a",
    b"12-05-96  05:03PM       <DIR>          d",
];

/// Pieces of listings in every dialect, whole and broken.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(&KNOWN[..]);
    let long = (MAX - 2..MAX + 3).prop_map(|length| vec![b'x'; length]);
    let any = prop::collection::vec(any::<u8>(), 0..9);
    let piece = prop_oneof![20 => known.prop_map(Vec::from), 4 => any, 1 => long];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_portions_do_not_matter(
        listing in pieces(),
        portions in prop::collection::vec(1_usize..40, 1..9),
    ) {
        let parser = ListingParser::new(Timestamp::UNIX_EPOCH);
        prop_assert_eq!(read_in(parser, &listing, &portions), read_all(&listing));
    }

    #[test]
    fn names_that_are_written_are_read_back(
        names in prop::collection::vec("[^\r\n\0]{1,9}", 0..9),
        portions in prop::collection::vec(1_usize..9, 1..9),
    ) {
        let mut listing = Vec::new();
        for name in &names {
            let entry = Entry::new(PathName::new(name.as_str()).unwrap(), EntryKind::File);
            write_name(b"", &entry, &mut listing);
            listing.extend_from_slice(b"\r\n");
        }
        let parser = ListingParser::with_dialect(Dialect::Names, Timestamp::UNIX_EPOCH);
        prop_assert_eq!(show(&read_in(parser, &listing, &portions)), names);
    }

    #[test]
    fn every_line_comes_back(listing in pieces()) {
        let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
        let total = |line: &&[u8]| line.trim_ascii_start().starts_with(b"total");
        let lines = listing.split(|&byte| byte == b'\n');
        let expected = lines.filter(|line| !blank(line) && !total(line)).count();
        let found = read_all(&listing);
        prop_assert!(found.len() >= expected, "{:?}", show(&found));
    }
}
