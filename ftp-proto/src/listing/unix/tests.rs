use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use crate::listing::{Entry, EntryKind, ListedTime, Precision};
use crate::path::PathName;
use crate::timestamp::Timestamp;

use super::line::parse;
use super::*;

fn now() -> Timestamp {
    Timestamp::parse(b"20240501000000").unwrap()
}

fn entry(line: &[u8]) -> Option<Entry> {
    parse(line, now())
}

/// Name, size, time and target as text, for tables.
fn show(line: &[u8]) -> String {
    let Some(entry) = entry(line) else {
        return "unread".into();
    };
    let mut text = alloc::format!("{:?}", entry.name);
    if let Some(size) = entry.size {
        text += &alloc::format!(" {size}");
    }
    text += &match entry.modified {
        Some(ListedTime::Local(time, Precision::Day)) => {
            alloc::format!(" {}", &time.to_string()[..8])
        }
        Some(ListedTime::Local(time, _)) => alloc::format!(" {time}"),
        Some(ListedTime::Utc(time)) => alloc::format!(" {time}Z"),
        None => " never".into(),
    };
    if let Some(target) = entry.target {
        text += &alloc::format!(" -> {target:?}");
    }
    text
}

#[track_caller]
fn shows(rows: &[(&str, &str)]) {
    for (line, expected) in rows {
        assert_eq!(show(line.as_bytes()), *expected, "{line}");
    }
}

#[test]
fn the_nine_columns_are_read() {
    let read = entry(b"-rwsr-x--T  12 alice    staff     5368709120 Jan  2 15:04 a.txt").unwrap();
    assert_eq!(read.name.as_bytes(), b"a.txt");
    assert_eq!(read.kind, EntryKind::File);
    assert_eq!(read.mode, Some(0o5750));
    assert_eq!(read.links, Some(12));
    assert_eq!(read.owner.as_deref(), Some(&b"alice"[..]));
    assert_eq!(read.group.as_deref(), Some(&b"staff"[..]));
    assert_eq!(read.size, Some(5_368_709_120));
    let time = Timestamp::parse(b"20240102150400").unwrap();
    assert_eq!(
        read.modified,
        Some(ListedTime::Local(time, Precision::Minute))
    );
}

#[test]
fn dates_are_read_in_every_form() {
    shows(&[
        (
            "-rw-r--r-- 1 o g 7 Jan  2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "-rw-r--r-- 1 o g 7 Jun  2 15:04 n",
            "\"n\" 7 20230602150400",
        ),
        ("-rw-r--r-- 1 o g 7 Jan  2  2015 n", "\"n\" 7 20150102"),
        (
            "-rw-r--r-- 1 o g 7 Jan 2 15:04:05 2015 n",
            "\"n\" 7 20150102150405",
        ),
        (
            "-rw-r--r-- 1 o g 7 Jan 2 15:04 2015 n",
            "\"2015 n\" 7 20240102150400",
        ),
        (
            "-rw-r--r-- 1 o g 7 02 Jan 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        ("-rw-r--r-- 1 o g 7 2. Okt. 2015 n", "\"n\" 7 20151002"),
        (
            "-rw-r--r-- 1 o g 7 2. Juli, 5:04 n",
            "\"n\" 7 20230702050400",
        ),
        (
            "-rw-r--r-- 1 o g 7 2015-01-02 15:04 n",
            "\"n\" 7 20150102150400",
        ),
        (
            "-rw-r--r-- 1 o g 7 2015/01/02 15:04 n",
            "\"n\" 7 20150102150400",
        ),
        (
            "-rw-r--r-- 1 o g 7 2015-01-02 15:04:05.123456789 +0130 n",
            "\"n\" 7 20150102133405Z",
        ),
        (
            "-rw-r--r-- 1 o g 7 2015-01-02 15:04:05 n",
            "\"n\" 7 20150102150405",
        ),
        ("-rw-r--r-- 1 o g 7 2015-01-02  n", "\"n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 2015.01.02   n", "\"n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 01-02 15:04 n", "\"n\" 7 20240102150400"),
        ("-rw-r--r-- 1 o g 7 01-02 2015 n", "\"n\" 7 20150102"),
        (
            "-rw-r--r-- 1 o g 7 02-01-2015 15:04 n",
            "\"n\" 7 20150102150400",
        ),
        ("-rw-r--r-- 1 o g 7 02-jan-99 n", "\"n\" 7 19990102"),
        ("-rw-r--r-- 1 o g 7 1 2 15:04 n", "\"n\" 7 20240102150400"),
        (
            "-rw-r--r-- 1 o g 7 1月 2日 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        ("-rw-r--r-- 1 o g 7 1월 2 2015 n", "\"n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 2015年 1月 2日 n", "\"n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 2 янв 2015 n", "\"n\" 7 20150102"),
    ]);
}

#[test]
fn marks_in_older_encodings_are_read() {
    for (line, expected) in [
        (
            &b"-rw-r--r-- 1 o g 7 4\x8c\x8e 18\x93\xfa 2003\x94N n"[..],
            "\"n\" 7 20030418",
        ),
        (
            b"-rw-r--r-- 1 o g 7 2003 3\xed\xef 20 n",
            "\"n\" 7 20030320",
        ),
        (
            b"-rw-r--r-- 1 o g 7 8\xed 17 08:52 n",
            "\"n\" 7 20230817085200",
        ),
        (
            b"-rw-r--r-- 1 o g 7 4 ao\xfb 20:10 n",
            "\"n\" 7 20230804201000",
        ),
    ] {
        assert_eq!(show(line), expected, "{}", line.escape_ascii());
    }
}

#[test]
fn columns_may_be_missing_glued_or_hold_spaces() {
    shows(&[
        (
            "drwxr-xr-x 1 owner 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        ("drwxr-xr-x owner 7 Jan 2 15:04 n", "\"n\" 7 20240102150400"),
        ("drwxr-xr-x 7 Jan 2 15:04 n", "\"n\" 7 20240102150400"),
        ("-rw-r--r-- 1 1 7 Jan 2 15:04 n", "\"n\" 7 20240102150400"),
        (
            "drwxr-xr-x1732 266 111 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "drwxr-xr-x+17 266 111 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "drwxr-xr-x. 1 o g 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "drwxr-xr-x@ 1 o g 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "drwxr-xr-x 1 o Domain Users 7 Jan 2 15:04 n",
            "\"n\" 7 20240102150400",
        ),
        (
            "-rw-r--r-- 1 12 10 2012 Mar 3 15:04 n",
            "\"n\" 2012 20240303150400",
        ),
        (
            "-rw-r--r-- 1 o longgroup77 Jan 2 15:04 n",
            "\"n\" 20240102150400",
        ),
        (
            "-rw-r--r--\t1\to\tg\t7\tJan 2 15:04\tn",
            "\"n\" 7 20240102150400",
        ),
        ("drwxrwx 2 10 7 Jan 2 15:04 n", "\"n\" 7 20240102150400"),
    ]);
    for (line, owner, group) in [
        ("-rw-r--r-- 1 a b c 7 Jan 2 15:04 n", "a", Some("b c")),
        ("-rw-r--r-- 1 a b   c 7 Jan 2 15:04 n", "a b", Some("c")),
        ("-rw-r--r-- 1 a 7 Jan 2 15:04 n", "a", None),
    ] {
        let entry = entry(line.as_bytes()).expect(line);
        assert_eq!(entry.owner.as_deref(), Some(owner.as_bytes()), "{line}");
        assert_eq!(entry.group.as_deref(), group.map(str::as_bytes), "{line}");
    }
}

#[test]
fn sizes_that_are_rounded_or_too_large_are_unknown() {
    shows(&[
        (
            "-rw-r--r-- 1 o g 33.5k Jan 2 15:04 n",
            "\"n\" 20240102150400",
        ),
        ("-rw-r--r-- 1 o g -1 Jan 2 15:04 n", "\"n\" 20240102150400"),
        (
            "-rw-r--r-- 1 o g 99999999999999999999 Jan 2 15:04 n",
            "\"n\" 20240102150400",
        ),
        (
            "-rw-r--r-- 1 o g 18446744073709551615 Jan 2 15:04 n",
            "\"n\" 18446744073709551615 20240102150400",
        ),
        (
            "-rw-r--r-- 1 o g 1,234 Jan 2 15:04 n",
            "\"n\" 1234 20240102150400",
        ),
        (
            "crw-r--r-- 1 o g 1, 234 Jan 2 15:04 n",
            "\"n\" 20240102150400",
        ),
        (
            "brw-r--r-- 1 o g 1,234 Jan 2 15:04 n",
            "\"n\" 20240102150400",
        ),
    ]);
}

#[test]
fn a_name_is_all_that_follows_one_space() {
    shows(&[
        (
            "-rw-r--r-- 1 o g 7 Jan 2 15:04  n ",
            "\" n \" 7 20240102150400",
        ),
        ("-rw-r--r-- 1 o g 7 Jan 2  2015  n", "\" n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 Jan 2 2015  n", "\"n\" 7 20150102"),
        ("-rw-r--r-- 1 o g 7 Jan 2 2015 n", "\"n\" 7 20150102"),
        (
            "-rw-r--r-- 1 o g 7 Jan 2 15:04 a -> b",
            "\"a -> b\" 7 20240102150400",
        ),
        (
            "-rw-r--r-- 1 o g 7 Jan 2 15:04 1 Feb 3 2014 n",
            "\"1 Feb 3 2014 n\" 7 20240102150400",
        ),
        ("-rw-r--r-- 1 o g 7 Jan 2 15:04 ", "unread"),
        ("-rw-r--r-- 1 o g 7 Jan 2 15:04", "unread"),
        ("-rw-r--r-- 1 o g 7 Jan 2 15:04   ", "unread"),
    ]);
    assert_eq!(entry(b"-rw-r--r-- 1 o g 7 Jan 2 15:04 a\0"), None);
}

#[test]
fn the_size_of_a_link_tells_its_target() {
    shows(&[
        (
            "lrwxrwxrwx 1 o g 1 Jan 2 15:04 a -> b",
            "\"a\" 1 20240102150400 -> \"b\"",
        ),
        (
            "lrwxrwxrwx 1 o g 6 Jan 2 15:04 a -> b -> c",
            "\"a\" 6 20240102150400 -> \"b -> c\"",
        ),
        (
            "lrwxrwxrwx 1 o g 1 Jan 2 15:04 a -> b -> c",
            "\"a -> b\" 1 20240102150400 -> \"c\"",
        ),
        (
            "lrwxrwxrwx 1 o g 0 Jan 2 15:04 a -> b -> c",
            "\"a\" 0 20240102150400 -> \"b -> c\"",
        ),
        ("lrwxrwxrwx 1 o g 1 Jan 2 15:04 a", "\"a\" 1 20240102150400"),
        ("lrwxrwxrwx 1 o g 1 Jan 2 15:04  -> b", "unread"),
    ]);
}

#[test]
fn letters_tell_the_kind() {
    for (letter, kind) in [
        ("-", EntryKind::File),
        ("d", EntryKind::Directory),
        ("l", EntryKind::Link),
        ("p", EntryKind::Other),
        ("s", EntryKind::Other),
        ("c", EntryKind::Other),
        ("b", EntryKind::Other),
        ("a", EntryKind::File),
    ] {
        let line = alloc::format!("{letter}rw-r--r-- 1 o g 7 Jan 2 15:04 n");
        assert_eq!(
            entry(line.as_bytes()).map(|entry| entry.kind),
            Some(kind),
            "{line}"
        );
    }
    for (name, kind) in [
        (".", EntryKind::CurrentDirectory),
        ("..", EntryKind::ParentDirectory),
    ] {
        let line = alloc::format!("drwxr-xr-x 1 o g 7 Jan 2 15:04 {name}");
        assert_eq!(
            entry(line.as_bytes()).map(|entry| entry.kind),
            Some(kind),
            "{line}"
        );
    }
}

#[test]
fn what_is_no_entry_is_not_read() {
    for line in [
        "",
        "-",
        "garbage",
        "ftpd: .: Permission denied",
        "zrw-r--r-- 1 o g 7 Jan 2 15:04 n",
        "-xwr-r--r-- 1 o g 7 Jan 2 15:04 n",
        "-rw-r--r--x 1 o g 7 Jan 2 15:04 n",
        "-rw-r 1 o g 7 Jan 2 15:04 n",
        "-rw-r--r-- 1 o g 7 Jam 2 15:04 n",
        "-rw-r--r-- 1 o g 7 Jan 32 15:04 n",
        "-rw-r--r-- 1 o g 7 Feb 30 15:04 n",
        "-rw-r--r-- 1 o g 7 Jan 2 25:04 n",
        "-rw-r--r-- 1 o g 7 Jan 2 209 n",
        "-rw-r--r-- 1 o g 7 2015-13-02 15:04 n",
        "-rw-r--r-- 1 o g Jan 2 15:04 n",
        "-rw-r--r-- Jan 2 15:04 n",
        "-rw-r--r-- 1 o g 7",
    ] {
        assert_eq!(show(line.as_bytes()), "unread", "{line}");
    }
}

#[test]
fn totals_and_blank_lines_are_nothing() {
    let context = Context {
        now: now(),
        certain: false,
    };
    for line in ["total 12", "Total 1.2M", "insgesamt 4", "总用量 0", " \t "] {
        assert_eq!(read(line.as_bytes(), context), Reading::Nothing, "{line}");
    }
    for line in ["total", "total eclipse", "x 1"] {
        assert_eq!(read(line.as_bytes(), context), Reading::Unknown, "{line}");
    }
}

fn written(entry: &Entry) -> Vec<u8> {
    let mut line = Vec::new();
    write_unix(entry, now(), &mut line);
    line
}

#[test]
fn the_year_shows_if_the_time_is_old_or_in_the_future() {
    for (time, expected) in [
        ("20240501000000", "May  1 00:00"),
        ("20240501000001", "May  1  2024"),
        ("20231103000000", "Nov  3 00:00"),
        ("20231102235959", "Nov  2  2023"),
        ("00010101000000", "Jan  1     1"),
    ] {
        let mut entry = Entry::new(PathName::new("n").unwrap(), EntryKind::File);
        entry.modified = Timestamp::parse(time.as_bytes()).map(ListedTime::Utc);
        let line = alloc::format!("-rw-r--r--   1 owner    group               0 {expected} n");
        assert_eq!(written(&entry).escape_ascii().to_string(), line, "{time}");
    }
}

#[test]
fn columns_cannot_be_broken_by_what_stands_in_them() {
    let mut entry = Entry::new(PathName::new("n").unwrap(), EntryKind::Link);
    entry.owner = Some(b"Domain\tUsers\n".into());
    entry.group = Some(b"".into());
    entry.size = Some(u64::MAX);
    entry.links = Some(u64::MAX);
    entry.target = PathName::new("a b").ok();
    assert_eq!(
        written(&entry).escape_ascii().to_string(),
        "lrwxrwxrwx 18446744073709551615 Domain_Users_ group    18446744073709551615 \
         Jan  1  1970 n -> a b"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        name in "[^\r\n\0]{0,9}[!-~][^\r\n\0]{0,9}",
        kind in prop::sample::select(&[EntryKind::File, EntryKind::Directory, EntryKind::Other][..]),
        size: u32,
        links: u32,
        mode in 0..=0o7777_u16,
        seconds in -30_000_000_000..=253_402_300_799_i64,
        owner in "[a-z]{1,12}",
        group in "[a-z0-9]{1,12}",
    ) {
        let mut entry = Entry::new(PathName::new(name).unwrap(), kind);
        entry.kind = kind.named(&entry.name);
        entry.size = Some(size.into());
        entry.links = Some(links.into());
        entry.mode = Some(mode);
        entry.owner = Some(owner.into());
        entry.group = Some(group.into());
        let age = now().unix_seconds() - seconds;
        let (unit, precision) = if (0..=180 * 86_400).contains(&age) {
            (60, Precision::Minute)
        } else {
            (86_400, Precision::Day)
        };
        let shown = Timestamp::from_unix(seconds - seconds.rem_euclid(unit), 0).unwrap();
        entry.modified = Some(ListedTime::Local(shown, precision));

        let mut to_write = entry.clone();
        to_write.modified = Timestamp::from_unix(seconds, 0).map(ListedTime::Utc);
        let line = written(&to_write);
        prop_assert_eq!(parse(&line, now()), Some(entry), "{}", line.escape_ascii());
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, tail in "[ -~]{0,40}") {
        let _ = entry(&bytes);
        let _ = entry(&[b"-rw-r--r-- ", tail.as_bytes()].concat());
        let _ = entry(&[b"lrwxrwxrwx 1 o g ", tail.as_bytes(), &bytes].concat());
        let _ = entry(&[b"-rw-r--r-- 1 o g 7 ", &bytes[..], b" n"].concat());
    }
}
