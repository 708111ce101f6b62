//! `dir` of DOS, as IIS, Windows CE and others send it.
//!
//! ```text
//! 05-26-95  10:57AM               143712 name
//! 05-26-1995  22:57       <DIR>          name
//! 2013-09-02  19:06                9,730 name
//! 05-26-95  10:57AM       <SYMLINKD>     name [target]
//! ```

use crate::ascii::number;
use crate::path::PathName;
use crate::timestamp::Timestamp;

use super::clock::{Half, TimeOfDay};
use super::reading::{Context, Reading};
use super::text::{Column, columns, grouped, is_blank, small};
use super::year::{Date, expand};
use super::{Entry, EntryKind};

/// Reads a line of a listing.
pub(super) fn read(line: &[u8], context: Context) -> Reading {
    if line.iter().all(|&byte| is_blank(byte)) {
        return Reading::Nothing;
    }
    parse(line, context.now).into()
}

fn parse(line: &[u8], now: Timestamp) -> Option<Entry> {
    let mut columns = columns(line);
    let date = parse_date(columns.next()?.text)?;
    let time = columns.next()?.text;
    let mut what = columns.next()?;
    let time = if let Some((b"", half)) = Half::split_off(what.text) {
        what = columns.next()?;
        TimeOfDay::parse(time)?.in_half(half)?
    } else if let Some((time, half)) = Half::split_off(time) {
        TimeOfDay::parse(time)?.in_half(half)?
    } else {
        TimeOfDay::parse(time)?
    };

    let (kind, size) = kind_and_size(what)?;
    let rest = line.get(what.end..)?;
    let name = match kind {
        EntryKind::File => rest.strip_prefix(b" ")?,
        _ => rest.trim_ascii_start(),
    };
    if name.iter().all(|&byte| is_blank(byte)) {
        return None;
    }
    let (name, target) = match kind {
        EntryKind::Link => split_target(name),
        _ => (name, None),
    };
    let name = PathName::new(name).ok()?;
    let kind = kind.named(&name);
    let mut entry = Entry::new(name, kind);
    entry.size = size;
    entry.modified = Some(date.at(Some(time), now)?);
    entry.target = target.and_then(|target| PathName::new(target).ok());
    Some(entry)
}

/// Reads `MM-DD-YY`, `MM-DD-YYYY` or `YYYY-MM-DD`, with hyphens, slashes or full stops. The day
/// comes first with full stops, and where a month can't be meant.
fn parse_date(text: &[u8]) -> Option<Date> {
    let separator = *text.iter().find(|byte| b"-/.".contains(byte))?;
    let mut parts = text.split(|&byte| byte == separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        return Some(Date {
            year: small(first, 4),
            month: small(second, 2)?,
            day: small(third, 2)?,
        });
    }
    let year = match third.len() {
        2 => expand(small(third, 2)?),
        4 => small(third, 4)?,
        _ => return None,
    };
    let (first, second) = (small(first, 2)?, small(second, 2)?);
    let day_first = separator == b'.' || first > 12;
    let (month, day) = if day_first {
        (second, first)
    } else {
        (first, second)
    };
    Some(Date {
        year: Some(year),
        month,
        day,
    })
}

/// Reads the column that has the size of a file, or tells in angle brackets what isn't a file.
fn kind_and_size(column: Column<'_>) -> Option<(EntryKind, Option<u64>)> {
    let text = column.text;
    if text.starts_with(b"<") {
        let row = KINDS.iter().find(|row| row.0.eq_ignore_ascii_case(text))?;
        return Some((row.1, None));
    }
    let size = number(text)
        .or_else(|| grouped(text, b','))
        .or_else(|| grouped(text, b'.'));
    match size {
        Some(size) => Some((EntryKind::File, Some(size))),
        // Too large to tell, but still a file.
        None => text
            .iter()
            .all(u8::is_ascii_digit)
            .then_some((EntryKind::File, None)),
    }
}

/// Splits `name [target]`.
fn split_target(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let split = || {
        let inner = text.strip_suffix(b"]")?;
        let at = inner.windows(2).position(|window| window == b" [")?;
        Some((inner.get(..at)?, inner.get(at + 2..)?))
    };
    match split() {
        Some((name, target)) if !name.is_empty() => (name, Some(target)),
        _ => (text, None),
    }
}

const KINDS: [(&[u8], EntryKind); 5] = [
    (b"<DIR>", EntryKind::Directory),
    (b"<JUNCTION>", EntryKind::Link),
    (b"<SYMLINKD>", EntryKind::Link),
    (b"<SYMLINK>", EntryKind::Link),
    (b"<DEV>", EntryKind::Other),
];

#[cfg(test)]
mod tests;
