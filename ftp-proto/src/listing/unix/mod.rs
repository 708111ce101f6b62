//! `ls -l` and its many variants.
//!
//! ```text
//! -rw-r--r--+  1 owner  group   1234 Jan  2 15:04 name -> target
//! │└─ mode ─┘│ │ └── names ──┘   │   └── date ──┘ └ one space, then the name to the end
//! kind       │ links            size
//!            ACL mark
//! ```
//!
//! Owner and group may be missing or hold spaces, and the link count may be missing or glued to the
//! mode. So a line is read from its date: the place where a number is followed by something that is
//! a date in one of the forms of [`date`]; the number is the size, what stands between it and the
//! mode are links, owner and group. Of several such places the usual one wins.

mod date;
mod write;

pub use write::write_unix;

use alloc::vec::Vec;

use crate::path::PathName;
use crate::timestamp::Timestamp;

use super::dialect::{Context, Reading};
use super::mode::parse_letters;
use super::text::{Column, columns, decimal, grouped, is_blank};
use super::{Entry, EntryKind};

/// Reads a line of a listing.
pub(super) fn read(line: &[u8], context: Context) -> Reading {
    if is_total(line) {
        return Reading::Nothing;
    }
    parse(line, context.now).into()
}

/// Whether a line is blank or tells how many blocks or files there are.
fn is_total(line: &[u8]) -> bool {
    let mut columns = columns(line).map(|column| column.text);
    match (columns.next(), columns.next()) {
        (None, _) => true,
        (Some(word), Some(number)) => {
            TOTALS
                .iter()
                .any(|total| total.as_bytes().eq_ignore_ascii_case(word))
                && number.first().is_some_and(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn parse(line: &[u8], now: Timestamp) -> Option<Entry> {
    let head = Head::parse(line)?;
    let columns: Vec<_> = columns(line.get(head.end..)?).take(MOST_COLUMNS).collect();
    let line = line.get(head.end..)?;
    let (size_at, date) = [is_size, is_glued_size].into_iter().find_map(|is_size| {
        let mut places = DATE_COLUMNS.into_iter();
        places.find_map(|at| Some((at - 1, find_date(&columns, at, is_size, now)?)))
    })?;
    let (name, target) = split_link(head.kind, name(line, &date)?, columns.get(size_at)?.text);

    let name = PathName::new(name).ok()?;
    let kind = head.kind.named(&name);
    let mut entry = Entry::new(name, kind);
    entry.target = target.and_then(|target| PathName::new(target).ok());
    entry.mode = head.mode;
    entry.modified = Some(date.time);
    let before = columns.get(..size_at)?;
    match before {
        // Devices have two numbers instead of a size.
        [before @ .., major] if major.text.ends_with(b",") => owners(line, before, &mut entry),
        _ => {
            entry.size = size(columns.get(size_at)?.text, kind);
            owners(line, before, &mut entry);
        }
    }
    Some(entry)
}

/// The kind and the mode at the start of a line.
struct Head {
    kind: EntryKind,
    /// `None` if it has too few letters.
    mode: Option<u16>,
    /// Where the columns begin.
    end: usize,
}

impl Head {
    fn parse(line: &[u8]) -> Option<Self> {
        let (&letter, rest) = line.split_first()?;
        let kind = KINDS.iter().find(|row| row.0.contains(&letter))?.1;
        let mut letters = [b'-'; 9];
        let mut count = 0;
        for (slot, &letter) in letters
            .iter_mut()
            .zip(rest)
            .take_while(|(_, byte)| !is_blank(**byte))
        {
            *slot = letter;
            count += 1;
        }
        // Some servers leave out letters at the end.
        let mode = parse_letters(&letters).filter(|_| count >= FEWEST_LETTERS)?;
        let marks = rest.get(count..)?.iter();
        let marks = marks.take_while(|byte| b"+.@".contains(byte)).count();
        let end = 1 + count + marks;
        // A link count may be glued to the mode, nothing else.
        let next = line.get(end)?;
        let ends = is_blank(*next) || next.is_ascii_digit();
        let mode = (count == letters.len()).then_some(mode);
        ends.then_some(Self { kind, mode, end })
    }
}

/// A date within a line.
struct DatePlace {
    time: super::ListedTime,
    /// Where it ends.
    end: usize,
    /// How many spaces after it are no part of the name, at most.
    spaces: usize,
}

/// Finds the date that begins at a column, which must follow a size.
fn find_date(
    all: &[Column<'_>],
    at: usize,
    is_size: fn(&[u8]) -> bool,
    now: Timestamp,
) -> Option<DatePlace> {
    let (before, from_date) = all.split_at_checked(at)?;
    if !is_size(before.last()?.text) {
        return None;
    }
    let (time, used) = date::parse(from_date, now)?;
    let (last, others) = from_date.get(..used)?.split_last()?;
    let spaces = match others.last() {
        _ if last.text.contains(&b':') => 1,
        // `2006-01-02   name` is filled up to the width of `Jan  2 15:04`.
        None => 3,
        // `Jan 2 2006  name` is filled up like `Jan 2  2006 name`.
        Some(other) if last.start - other.end == 1 => 2,
        Some(_) => 1,
    };
    Some(DatePlace {
        time,
        end: last.end,
        spaces,
    })
}

/// What follows the date and its spaces: the name, which may begin or end with spaces itself.
fn name<'a>(line: &'a [u8], date: &DatePlace) -> Option<&'a [u8]> {
    let rest = line.get(date.end..)?;
    let spaces = rest
        .iter()
        .take(date.spaces)
        .take_while(|&&byte| is_blank(byte))
        .count();
    let name = rest.get(spaces..)?;
    (spaces > 0 && name.iter().any(|&byte| !is_blank(byte))).then_some(name)
}

/// Splits `name -> target` of a link. Where there are several arrows, the target is as long as the
/// size says.
fn split_link<'a>(kind: EntryKind, name: &'a [u8], size: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    const ARROW: &[u8] = b" -> ";
    if kind != EntryKind::Link {
        return (name, None);
    }
    let target_length = decimal(size).and_then(|size| usize::try_from(size).ok());
    let arrows = || {
        let windows = name.windows(ARROW.len()).enumerate();
        windows
            .filter(|(_, window)| *window == ARROW)
            .map(|(at, _)| at)
    };
    let fits = |at: &usize| target_length == Some(name.len() - at - ARROW.len());
    let split = |at: usize| Some((name.get(..at)?, name.get(at + ARROW.len()..)?));
    match arrows()
        .find(fits)
        .or_else(|| arrows().next())
        .and_then(split)
    {
        Some((name, target)) => (name, Some(target)),
        None => (name, None),
    }
}

/// Whether a column can be a size, be it one that is told only about.
fn is_size(text: &[u8]) -> bool {
    text.first()
        .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        && text.iter().any(u8::is_ascii_digit)
        && text
            .iter()
            .all(|byte| byte.is_ascii_digit() || b"-,.kKMGTPEiB".contains(byte))
}

/// Whether a column can be a group that is so long that the size is glued to it.
fn is_glued_size(text: &[u8]) -> bool {
    text.last().is_some_and(u8::is_ascii_digit)
}

/// The size in bytes; `None` for `33.5k`, which is a rounded one, and for `109,767` of a device.
fn size(text: &[u8], kind: EntryKind) -> Option<u64> {
    if kind == EntryKind::Other {
        return decimal(text);
    }
    decimal(text).or_else(|| grouped(text, b','))
}

/// Reads links, owner and group from the columns between the mode and the size.
fn owners(line: &[u8], columns: &[Column<'_>], entry: &mut Entry) {
    let names = match columns {
        [links, names @ ..] if is_count(links.text) && !names.is_empty() => {
            entry.links = decimal(links.text);
            names
        }
        names => names,
    };
    let span = |columns: &[Column<'_>]| {
        let text = line.get(columns.first()?.start..columns.last()?.end)?;
        Some(Vec::from(text))
    };
    // A name that holds spaces can be told only if the columns are further apart.
    let wide = names
        .windows(2)
        .position(|pair| matches!(pair, [left, right] if right.start - left.end > 1))
        .unwrap_or(0);
    if let Some((owner, group)) = names.split_at_checked(wide + 1) {
        entry.owner = span(owner);
        entry.group = span(group);
    }
}

fn is_count(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// The letters of the kinds. Files are also those of Plan 9 (`a`), Cray (`M`), contiguous ones
/// (`C`), and the `f` of some servers.
const KINDS: [(&[u8], EntryKind); 4] = [
    (b"-faMC", EntryKind::File),
    (b"d", EntryKind::Directory),
    (b"l", EntryKind::Link),
    (b"bcpsDnP", EntryKind::Other),
];

/// With fewer letters than this, a word is no mode.
const FEWEST_LETTERS: usize = 6;

/// At which column after the mode a date may begin: the usual place first, then with fewer or more
/// columns before it.
const DATE_COLUMNS: [usize; 8] = [4, 3, 5, 2, 6, 7, 8, 1];

/// The columns that are looked at: those before the date, and the longest date.
const MOST_COLUMNS: usize = 14;

/// The first word of the line that tells the number of blocks, in the languages of `ls`.
const TOTALS: [&str; 20] = [
    "total",
    "totale",
    "totaal",
    "totalt",
    "insgesamt",
    "gesamt",
    "razem",
    "celkem",
    "spolu",
    "toplam",
    "összesen",
    "yhteensä",
    "ukupno",
    "итого",
    "всего",
    "загалом",
    "σύνολο",
    "合計",
    "总用量",
    "總計",
];

#[cfg(test)]
mod tests;
