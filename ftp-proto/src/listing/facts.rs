//! Machine listings: lines of MLSD and MLST ([RFC 3659 §7]).
//!
//! ```text
//! type=file;size=1234;modify=20240229235959;UNIX.mode=0644; the name, with  any; bytes
//! └──────────────────── facts ────────────────────────────┘│└────── to the end ──────┘
//!                                              the first space
//! ```
//!
//! Names of facts have no case. Facts that this crate doesn't know, or whose value can't be read,
//! are left out; they never cost the entry.
//!
//! **Deviation:** the semicolon after the last fact may be missing, as with servers that were
//! written to drafts of the RFC, and a tab may stand for the space.
//!
//! [RFC 3659 §7]: https://www.rfc-editor.org/rfc/rfc3659#section-7

use alloc::format;
use alloc::vec::Vec;

use crate::ascii::{number, split_once};
use crate::path::PathName;
use crate::timestamp::Timestamp;

use super::fact_set::{Fact, FactSet};
use super::reading::{Context, Reading};
use super::text::is_blank;
use super::{Entry, EntryKind, ListedTime};

/// Reads one line of an MLSD listing, or of an MLST reply without its leading space.
///
/// The line must not hold its line end. `None` if it has no name, or facts of which none has an
/// equals sign.
///
/// ```
/// use ftp_proto::listing::{EntryKind, parse_facts};
///
/// let entry = parse_facts(b"Type=file;Size=12;  a; b").ok_or("no entry")?;
/// assert_eq!(entry.name.as_bytes(), b" a; b");
/// assert_eq!((entry.kind, entry.size), (EntryKind::File, Some(12)));
/// # Ok::<(), &str>(())
/// ```
pub fn parse_facts(line: &[u8]) -> Option<Entry> {
    parse(line).map(|(entry, _)| entry)
}

/// Appends the line of an entry to `out`, without a line end: the chosen facts that are known, a
/// space, the name.
///
/// Times are written to the second, because not every client can read fractions. A fact whose value
/// would break the line is left out.
///
/// ```
/// use ftp_proto::PathName;
/// use ftp_proto::listing::{Entry, EntryKind, FactSet, write_facts};
///
/// let mut entry = Entry::new(PathName::new("a b")?, EntryKind::File);
/// entry.size = Some(12);
/// let mut line = Vec::new();
/// write_facts(&entry, FactSet::parse(b"size;type;modify;"), &mut line);
/// assert_eq!(line, b"type=file;size=12; a b");
/// # Ok::<(), ftp_proto::BadArgument>(())
/// ```
pub fn write_facts(entry: &Entry, facts: FactSet, out: &mut Vec<u8>) {
    for fact in facts.iter() {
        if let Some(value) = value(entry, fact).filter(|value| is_value(value)) {
            out.extend_from_slice(fact.name().as_bytes());
            out.push(b'=');
            out.extend_from_slice(&value);
            out.push(b';');
        }
    }
    out.push(b' ');
    out.extend_from_slice(entry.name.as_bytes());
}

/// Reads a line of a listing. Where the dialect isn't certain, one of the facts must be known, since
/// any text may have an equals sign.
pub(super) fn read(line: &[u8], context: Context) -> Reading {
    let read = parse(line).filter(|(_, known)| *known || context.certain);
    read.map(|(entry, _)| entry).into()
}

/// Reads a line; tells also whether it has a fact that is known.
fn parse(line: &[u8]) -> Option<(Entry, bool)> {
    let blank = line.iter().position(|&byte| is_blank(byte))?;
    let (facts, name) = (line.get(..blank)?, line.get(blank + 1..)?);
    if facts.is_empty() && !line.starts_with(b" ") {
        return None;
    }
    let mut entry = Entry::new(PathName::new(name).ok()?, EntryKind::Unknown);
    let (mut any, mut known) = (facts.is_empty(), false);
    let pairs = facts.split(|&byte| byte == b';');
    for (fact, value) in pairs.filter_map(|fact| split_once(fact, b'=')) {
        any = true;
        if let Some((_, read)) = READERS.iter().find(|row| row.0.eq_ignore_ascii_case(fact)) {
            known = true;
            read(&mut entry, value);
        }
    }
    any.then_some((entry, known))
}

/// Puts the value of one fact into an entry.
type Reader = fn(&mut Entry, &[u8]);

/// The facts that are read, by name.
static READERS: [(&[u8], Reader); 13] = [
    (b"type", read_type),
    (b"size", |entry, value| entry.size = number(value)),
    // ProFTPD, for directories.
    (b"sizd", |entry, value| {
        entry.size = entry.size.or_else(|| number(value))
    }),
    (b"modify", |entry, value| {
        entry.modified = Timestamp::parse(value).map(ListedTime::Utc);
    }),
    (b"perm", |entry, value| entry.perm = Some(value.into())),
    (b"unique", |entry, value| entry.unique = Some(value.into())),
    (b"UNIX.mode", |entry, value| entry.mode = octal(value)),
    // Owner and group are numbers on most servers; ProFTPD tells names too, which count more.
    (b"UNIX.ownername", |entry, value| {
        entry.owner = Some(value.into())
    }),
    (b"UNIX.groupname", |entry, value| {
        entry.group = Some(value.into())
    }),
    (b"UNIX.owner", |entry, value| {
        or_insert(&mut entry.owner, value)
    }),
    (b"UNIX.group", |entry, value| {
        or_insert(&mut entry.group, value)
    }),
    (b"UNIX.uid", |entry, value| {
        or_insert(&mut entry.owner, value)
    }),
    (b"UNIX.gid", |entry, value| {
        or_insert(&mut entry.group, value)
    }),
];

fn or_insert(slot: &mut Option<Vec<u8>>, value: &[u8]) {
    slot.get_or_insert_with(|| value.into());
}

fn read_type(entry: &mut Entry, value: &[u8]) {
    let (name, detail) = split_once(value, b':').unwrap_or((value, b""));
    let kind = KINDS.iter().find(|row| row.0.eq_ignore_ascii_case(name));
    entry.kind = kind.map_or(EntryKind::Other, |row| row.1);
    if entry.kind == EntryKind::Link {
        entry.target = PathName::new(detail).ok();
    }
}

/// The values of `type`. The links are no part of the RFC but of its example (§7.7.4) and of
/// several servers.
const KINDS: [(&[u8], EntryKind); 7] = [
    (b"file", EntryKind::File),
    (b"dir", EntryKind::Directory),
    (b"cdir", EntryKind::CurrentDirectory),
    (b"pdir", EntryKind::ParentDirectory),
    (b"OS.unix=slink", EntryKind::Link),
    (b"OS.unix=symlink", EntryKind::Link),
    (b"link", EntryKind::Link),
];

/// Reads permission bits; those above 0o7777 tell the kind of file on some servers.
fn octal(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    let bits = digits.iter().try_fold(0_u32, |value, byte| {
        let digit = matches!(byte, b'0'..=b'7').then(|| byte - b'0')?;
        value.checked_mul(8)?.checked_add(u32::from(digit))
    })?;
    u16::try_from(bits & 0o7777).ok()
}

/// The value of a fact, if it is known.
fn value(entry: &Entry, fact: Fact) -> Option<Vec<u8>> {
    match fact {
        Fact::Type => type_of(entry),
        Fact::Size => entry.size.map(|size| format!("{size}").into()),
        Fact::Modify => match entry.modified {
            Some(ListedTime::Utc(time)) => Some(format!("{}", time.whole_seconds()).into()),
            Some(ListedTime::Local(..)) | None => None,
        },
        Fact::Perm => entry.perm.clone(),
        Fact::UnixMode => entry
            .mode
            .map(|mode| format!("{:04o}", mode & 0o7777).into()),
        Fact::UnixOwner => entry.owner.clone(),
        Fact::UnixGroup => entry.group.clone(),
        Fact::Unique => entry.unique.clone(),
    }
}

fn type_of(entry: &Entry) -> Option<Vec<u8>> {
    let name: &[u8] = match entry.kind {
        EntryKind::File => b"file",
        EntryKind::Directory => b"dir",
        EntryKind::CurrentDirectory => b"cdir",
        EntryKind::ParentDirectory => b"pdir",
        EntryKind::Link => return Some(link_type(entry)),
        EntryKind::Other => b"OS.unix=special",
        EntryKind::Unknown => return None,
    };
    Some(name.into())
}

/// The type of a link, with its target if that can stand in a fact.
fn link_type(entry: &Entry) -> Vec<u8> {
    let target = entry.target.as_ref().map_or(&b""[..], PathName::as_bytes);
    let mut value = b"OS.unix=slink:".to_vec();
    if is_value(target) {
        value.extend_from_slice(target);
    }
    value
}

/// Whether bytes can be the value of a fact: a space would end the facts, a semicolon this one.
fn is_value(value: &[u8]) -> bool {
    !value
        .iter()
        .any(|&byte| matches!(byte, b' ' | b';' | 0x7f) || byte.is_ascii_control())
}

#[cfg(test)]
mod tests;
