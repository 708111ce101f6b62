use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

fn entry(line: &[u8]) -> Option<Entry> {
    parse(line, Timestamp::UNIX_EPOCH)
}

/// Kind, name, size, time and target as text, for tables.
fn show(line: &str) -> String {
    let Some(entry) = entry(line.as_bytes()) else {
        return "unread".into();
    };
    let size = entry.size.map(|size| alloc::format!(" {size}"));
    let time = entry.modified.map(|time| time.assume_utc().to_string());
    let target = entry.target.map(|target| alloc::format!(" -> {target}"));
    alloc::format!(
        "{:?} {:?}{} {}{}",
        entry.kind,
        entry.name,
        size.unwrap_or_default(),
        time.as_deref().map_or("never", |time| &time[..12]),
        target.unwrap_or_default()
    )
}

#[test]
fn lines_are_read() {
    for (line, expected) in [
        (
            "05-26-95  10:57AM               143712 n",
            "File \"n\" 143712 199505261057",
        ),
        (
            "05-26-1995  10:57PM             143712 n",
            "File \"n\" 143712 199505262257",
        ),
        (
            "05/26/95  10:57a                     1 n",
            "File \"n\" 1 199505261057",
        ),
        (
            "2013-09-02  19:06                9,730 n",
            "File \"n\" 9730 201309021906",
        ),
        (
            "26.05.1995  19:06                9.730 n",
            "File \"n\" 9730 199505261906",
        ),
        (
            "26-05-95  19:06                     1 n",
            "File \"n\" 1 199505261906",
        ),
        (
            "04-08-14  03:09 PM       1234 n",
            "File \"n\" 1234 201404081509",
        ),
        (
            "01-06-79  12:42AM                  1 n",
            "File \"n\" 1 207901060042",
        ),
        (
            "01-06-80  12:42PM                  1 n",
            "File \"n\" 1 198001061242",
        ),
        (
            "01-06-80  02:42PM  18446744073709551616 n",
            "File \"n\" 198001061442",
        ),
        (
            "12-05-96  05:03PM       <DIR>          a b ",
            "Directory \"a b \" 199612051703",
        ),
        (
            "12-05-96  05:03PM       <dir> 10 years",
            "Directory \"10 years\" 199612051703",
        ),
        (
            "12-05-96  05:03PM       <DIR>          ..",
            "ParentDirectory \"..\" 199612051703",
        ),
        (
            "12-05-96  05:03PM       <JUNCTION>     n [C:\\x y]",
            "Link \"n\" 199612051703 -> C:\\x y",
        ),
        (
            "12-05-96  05:03PM       <SYMLINKD>     n",
            "Link \"n\" 199612051703",
        ),
        (
            "12-05-96  05:03PM                    1  n",
            "File \" n\" 1 199612051703",
        ),
        (
            "12-05-96  05:03PM                    1 n [x]",
            "File \"n [x]\" 1 199612051703",
        ),
    ] {
        assert_eq!(show(line), expected, "{line}");
    }
}

#[test]
fn what_is_no_entry_is_not_read() {
    for line in [
        "",
        "12-07-10  12:05AM       <DIR>    ",
        "12-07-10  12:05AM       1234    ",
        "12-07-10  12:05AM       1234",
        "12-07-10  12:05         <DIR>",
        "12-07-10  12:05AM       <GARBAGE>      n",
        "12-FEB-10 12:05AM       <DIR>          n",
        "99-25-10  12:05AM       1 n",
        "12-99-10  12:05AM       1 n",
        "12-07-10  99:05AM       1 n",
        "12-07-10  12:05ZM       1 n",
        "12-07-10  13:05AM       1 n",
        "12-07-010 12:05AM       1 n",
        "12-07-10-1 12:05AM      1 n",
        "12-07/10  12:05AM       1 n",
        "-07-10    12:05AM       1 n",
        "02-30-10  12:05AM       1 n",
        "12-07-10  12:05AM       1x n",
        "12-07-10  12:05AM       1\tn",
        " 4 File(s)  1,234 bytes",
    ] {
        assert_eq!(show(line), "unread", "{line}");
    }
}

#[test]
fn names_are_bytes() {
    let read = entry(b"07-17-13  02:17PM                    3 x\x81\x85y").unwrap();
    assert_eq!(read.name.as_bytes(), b"x\x81\x85y");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, tail in "[ -~]{0,30}") {
        let _ = entry(&bytes);
        let _ = entry(&[b"12-07-10  ", tail.as_bytes()].concat());
        let _ = entry(&[b"12-07-10  12:05AM  ", tail.as_bytes(), &bytes].concat());
    }
}
