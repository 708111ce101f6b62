use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

#[test]
fn the_name_begins_after_the_first_space() {
    for (line, name) in [
        (&b"type=file; a"[..], Some(&b"a"[..])),
        (b"type=file;  a b ", Some(b" a b ")),
        (b"type=file; a;b=c; d", Some(b"a;b=c; d")),
        (b"type=file; caf\xe9", Some(b"caf\xe9")),
        (b"type=file a", Some(b"a")),
        (b"type=file;\ta b", Some(b"a b")),
        (b" /no/facts", Some(b"/no/facts")),
        (b"  ", Some(b" ")),
        (b"x=; a", Some(b"a")),
        (b"type=file;", None),
        (b"type=file; ", None),
        (b"type=file;/a", None),
        (b"type=file; a\0", None),
        (b"no facts", None),
        (b"\tx", None),
        (b" ", None),
        (b"", None),
    ] {
        let entry = parse_facts(line);
        let found = entry.as_ref().map(|entry| entry.name.as_bytes());
        assert_eq!(found, name, "{}", line.escape_ascii());
    }
}

#[test]
fn types_tell_the_kind_and_the_target() {
    for (value, kind, target) in [
        ("file", EntryKind::File, None),
        ("DIR", EntryKind::Directory, None),
        ("cdir", EntryKind::CurrentDirectory, None),
        ("pDir", EntryKind::ParentDirectory, None),
        ("OS.unix=slink:/a=b", EntryKind::Link, Some("/a=b")),
        ("OS.unix=slink:", EntryKind::Link, None),
        ("OS.unix=slink", EntryKind::Link, None),
        ("os.UNIX=symlink", EntryKind::Link, None),
        ("OS.unix=chr-13/29", EntryKind::Other, None),
        ("", EntryKind::Other, None),
    ] {
        let entry = parse_facts(format!("Type={value}; x").as_bytes()).expect(value);
        assert_eq!(entry.kind, kind, "{value}");
        let found = entry.target.map(|target| target.to_string());
        assert_eq!(found.as_deref(), target, "{value}");
    }
    assert_eq!(parse_facts(b"size=1; x").unwrap().kind, EntryKind::Unknown);
}

#[test]
fn values_that_cannot_be_read_are_unknown() {
    for facts in [
        "size=",
        "size=-1",
        "size=1k",
        "size=18446744073709551616",
        "size",
        "modify=2014",
        "modify=20240230000000",
        "modify=notadate",
        "UNIX.mode=",
        "UNIX.mode=09",
        "UNIX.mode=\u{e9}0",
        "UNIX.mode=77777777777777777",
    ] {
        let entry = parse_facts(format!("x=y;{facts}; n").as_bytes()).expect(facts);
        let unknown = Entry::new(PathName::new("n").unwrap(), EntryKind::Unknown);
        assert_eq!(entry, unknown, "{facts}");
    }
}

#[test]
fn facts_are_read_in_any_case_and_order() {
    let line = b"SIZE=5;unix.MODE=0102775;Perm=adfr;Unique=x+1;UNIX.owner=0;UNIX.ownername=root;\
        unix.gid=7;modify=20080426135501.5;charset=x;sizd=9; n";
    let entry = parse_facts(line).unwrap();
    assert_eq!(entry.size, Some(5));
    assert_eq!(entry.mode, Some(0o2775));
    assert_eq!(entry.perm.as_deref(), Some(&b"adfr"[..]));
    assert_eq!(entry.unique.as_deref(), Some(&b"x+1"[..]));
    assert_eq!(entry.owner.as_deref(), Some(&b"root"[..]));
    assert_eq!(entry.group.as_deref(), Some(&b"7"[..]));
    let modified = entry.modified.map(|time| time.assume_utc().to_string());
    assert_eq!(modified.as_deref(), Some("20080426135501.5"));
    assert_eq!(parse_facts(b"sizd=9; n").unwrap().size, Some(9));
}

fn written(entry: &Entry, facts: FactSet) -> String {
    let mut line = Vec::new();
    write_facts(entry, facts, &mut line);
    String::from_utf8(line).unwrap()
}

#[test]
fn chosen_facts_that_are_known_are_written() {
    let mut entry = Entry::new(PathName::new("a b").unwrap(), EntryKind::File);
    assert_eq!(written(&entry, FactSet::ALL), "type=file; a b");
    entry.size = Some(7);
    entry.modified = Timestamp::parse(b"20240102030405.75").map(ListedTime::Utc);
    entry.mode = Some(0o644);
    entry.owner = Some(b"me".into());
    entry.group = Some(b"us".into());
    entry.unique = Some(b"1g2".into());
    entry.perm = Some(b"adfrw".into());
    assert_eq!(
        written(&entry, FactSet::ALL),
        "type=file;size=7;modify=20240102030405;perm=adfrw;UNIX.mode=0644;UNIX.owner=me;\
         UNIX.group=us;unique=1g2; a b"
    );
    let few = FactSet::parse(b"size;type;");
    assert_eq!(written(&entry, few), "type=file;size=7; a b");
    assert_eq!(written(&entry, FactSet::NONE), " a b");
}

#[test]
fn values_that_would_break_the_line_are_left_out() {
    let mut entry = Entry::new(PathName::new("n").unwrap(), EntryKind::Link);
    entry.owner = Some(b"Domain Users".into());
    entry.group = Some(b"a;size=9".into());
    entry.target = PathName::new("a b").ok();
    assert_eq!(written(&entry, FactSet::ALL), "type=OS.unix=slink:; n");
    entry.target = PathName::new("/a").ok();
    assert_eq!(written(&entry, FactSet::ALL), "type=OS.unix=slink:/a; n");
}

prop_compose! {
    fn entries()(
        name in "[^\r\n\0]{1,20}",
        kind in prop::sample::select(&[
            EntryKind::File,
            EntryKind::Directory,
            EntryKind::CurrentDirectory,
            EntryKind::ParentDirectory,
            EntryKind::Link,
            EntryKind::Other,
            EntryKind::Unknown,
        ][..]),
        size: Option<u64>,
        modified in prop::option::of(0..=253_402_300_799_i64),
        mode in prop::option::of(0..=0o7777_u16),
        target in prop::option::of("[!-:<-~]{1,9}"),
        texts in prop::array::uniform4(prop::option::of("[!-:<-~]{1,9}")),
    ) -> Entry {
        let mut entry = Entry::new(PathName::new(name).unwrap(), kind);
        entry.size = size;
        entry.modified = modified
            .and_then(|seconds| Timestamp::from_unix(seconds, 0))
            .map(ListedTime::Utc);
        entry.mode = mode;
        entry.target = target
            .filter(|_| kind == EntryKind::Link)
            .and_then(|target| PathName::new(target).ok());
        [entry.owner, entry.group, entry.unique, entry.perm] =
            texts.map(|text| text.map(String::into_bytes));
        entry
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(entry in entries()) {
        let line = written(&entry, FactSet::ALL);
        prop_assert_eq!(parse_facts(line.as_bytes()), Some(entry), "{}", line);
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, fact in "[a-zA-Z.]{0,12}", name in ".{0,4}") {
        let _ = parse_facts(&bytes);
        let line = [fact.as_bytes(), b"=", &bytes, b"; ", name.as_bytes()].concat();
        let _ = parse_facts(&line);
    }
}
