//! What our own server sends for LIST: the nine columns that every client reads.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use crate::listing::mode::mode_letters;
use crate::listing::month;
use crate::listing::{Entry, EntryKind, ListedTime};
use crate::path::PathName;
use crate::timestamp::Timestamp;

/// Appends the line of an entry to `out`, without a line end, as `ls -l` does in UTC.
///
/// A time that is more than 180 days old, or in the future, shows its year instead of the time of
/// day. What isn't known is filled in, because the form has no blank: one link, `owner`, `group`,
/// size 0, the first day of 1970, and the usual permissions of its kind. An entry that is neither
/// file, directory nor link shows as a FIFO, which no client tries to read.
///
/// ```
/// use ftp_proto::listing::{Entry, EntryKind, ListedTime, write_unix};
/// use ftp_proto::{PathName, Timestamp};
///
/// let now = Timestamp::parse(b"20240301000000").ok_or("no time")?;
/// let mut entry = Entry::new(PathName::new("a b").map_err(|_| "no name")?, EntryKind::File);
/// entry.size = Some(1234);
/// entry.modified = Timestamp::parse(b"20240102150405").map(ListedTime::Utc);
/// let mut line = Vec::new();
/// write_unix(&entry, now, &mut line);
/// assert_eq!(line, b"-rw-r--r--   1 owner    group            1234 Jan  2 15:04 a b");
/// # Ok::<(), &str>(())
/// ```
pub fn write_unix(entry: &Entry, now: Timestamp, out: &mut Vec<u8>) {
    let form = form(entry.kind);
    let mode = mode_letters(entry.mode.unwrap_or(form.mode));
    let links = entry.links.unwrap_or(1);
    let size = entry.size.unwrap_or(0);
    out.extend_from_slice(format!("{}{mode} {links:>3} ", form.letter).as_bytes());
    push_column(entry.owner.as_deref().unwrap_or_default(), b"owner", out);
    push_column(entry.group.as_deref().unwrap_or_default(), b"group", out);
    out.extend_from_slice(format!("{size:>12} ").as_bytes());
    push_date(entry.modified, now, out);
    out.extend_from_slice(entry.name.as_bytes());
    if let Some(target) = link_target(entry) {
        out.extend_from_slice(b" -> ");
        out.extend_from_slice(target.as_bytes());
    }
}

fn link_target(entry: &Entry) -> Option<&PathName> {
    let target = entry.target.as_ref()?;
    (entry.kind == EntryKind::Link).then_some(target)
}

/// How a kind of entry shows.
struct Form {
    letter: char,
    /// The permission bits if they aren't known.
    mode: u16,
}

const fn form(kind: EntryKind) -> Form {
    let (letter, mode) = match kind {
        EntryKind::File | EntryKind::Unknown => ('-', 0o644),
        EntryKind::Directory | EntryKind::CurrentDirectory | EntryKind::ParentDirectory => {
            ('d', 0o755)
        }
        EntryKind::Link => ('l', 0o777),
        EntryKind::Other => ('p', 0o644),
    };
    Form { letter, mode }
}

/// Writes a column of at least eight bytes and a space; bytes that would break the columns become
/// underscores.
fn push_column(text: &[u8], unknown: &[u8], out: &mut Vec<u8>) {
    let text = if text.is_empty() { unknown } else { text };
    let breaks = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control();
    let mut column = Cow::Borrowed(text);
    if text.iter().any(breaks) {
        for byte in column.to_mut().iter_mut().filter(|byte| breaks(byte)) {
            *byte = b'_';
        }
    }
    out.extend_from_slice(&column);
    out.resize(
        out.len() + COLUMN_WIDTH.saturating_sub(text.len()) + 1,
        b' ',
    );
}

/// Writes the date in twelve bytes, and a space.
fn push_date(modified: Option<ListedTime>, now: Timestamp, out: &mut Vec<u8>) {
    let time = modified.map_or(Timestamp::UNIX_EPOCH, ListedTime::assume_utc);
    let at = time.civil();
    let age = now.unix_seconds().saturating_sub(time.unix_seconds());
    let month = month::abbreviation(at.month);
    let date = if (0..=RECENT).contains(&age) {
        format!("{month} {:>2} {:02}:{:02} ", at.day, at.hour, at.minute)
    } else {
        format!("{month} {:>2} {:>5} ", at.day, at.year)
    };
    out.extend_from_slice(date.as_bytes());
}

/// The least width of the owner and the group.
const COLUMN_WIDTH: usize = 8;
/// How old a time is, in seconds, whose year needn't be shown: 180 days.
const RECENT: i64 = 180 * 86_400;
