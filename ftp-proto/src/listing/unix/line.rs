//! One line, read from its date.

use alloc::vec::Vec;

use crate::ascii::number;
use crate::listing::text::{Column, columns, grouped, is_blank};
use crate::listing::{Entry, EntryKind, ListedTime, Precision};
use crate::path::PathName;
use crate::timestamp::Timestamp;

use super::date;
use super::head::Head;

/// Reads a line, which has no line end; `None` if it tells of no file.
pub(super) fn parse(line: &[u8], now: Timestamp) -> Option<Entry> {
    let head = Head::parse(line)?;
    let line = line.get(head.end..)?;
    let columns: Vec<_> = columns(line).take(MOST_COLUMNS).collect();
    let date = DatePlace::find(&columns, now)?;
    let (size_column, before) = columns.get(..date.column)?.split_last()?;
    let (name, target) = split_link(head.kind, date.name(line)?, size_column.text);

    let name = PathName::new(name).ok()?;
    let mut entry = Entry::new(name, head.kind);
    entry.kind = head.kind.named(&entry.name);
    entry.target = target.and_then(|target| PathName::new(target).ok());
    entry.mode = head.mode;
    entry.modified = Some(date.time);
    match before {
        // Devices have two numbers instead of a size.
        [before @ .., major] if major.text.ends_with(b",") => owners(line, before, &mut entry),
        _ => {
            entry.size = size(size_column.text, head.kind);
            owners(line, before, &mut entry);
        }
    }
    Some(entry)
}

/// Where in a line its date stands.
struct DatePlace {
    time: ListedTime,
    /// Its first column.
    column: usize,
    /// Where it ends.
    end: usize,
    /// How many spaces after it are no part of the name, at most.
    spaces: usize,
}

impl DatePlace {
    /// Finds the date in the columns after the mode.
    fn find(columns: &[Column<'_>], now: Timestamp) -> Option<Self> {
        [is_size, is_glued_size].into_iter().find_map(|is_size| {
            let mut places = DATE_COLUMNS.into_iter();
            places.find_map(|column| Self::at(column, columns, is_size, now))
        })
    }

    /// Reads the date that begins at a column, which must follow a size.
    fn at(
        column: usize,
        columns: &[Column<'_>],
        is_size: fn(&[u8]) -> bool,
        now: Timestamp,
    ) -> Option<Self> {
        let (before, from_date) = columns.split_at_checked(column)?;
        if !is_size(before.last()?.text) {
            return None;
        }
        let (time, used) = date::parse(from_date, now)?;
        let (last, others) = from_date.get(..used)?.split_last()?;
        let spaces = match (time, others.last()) {
            // `2006-01-02   name` is filled up to the width of `Jan  2 15:04`.
            (ListedTime::Local(_, Precision::Day), None) => 3,
            // `Jan 2 2006  name` is filled up like `Jan 2  2006 name`.
            (ListedTime::Local(_, Precision::Day), Some(other)) if last.start - other.end == 1 => 2,
            _ => 1,
        };
        Some(Self {
            time,
            column,
            end: last.end,
            spaces,
        })
    }

    /// What follows the date and its spaces: the name, which may begin or end with spaces itself.
    fn name<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let rest = line.get(self.end..)?;
        let possible = rest.iter().take(self.spaces);
        let spaces = possible.take_while(|&&byte| is_blank(byte)).count();
        let name = rest.get(spaces..)?;
        (spaces > 0 && name.iter().any(|&byte| !is_blank(byte))).then_some(name)
    }
}

/// Splits `name -> target` of a link. Where there are several arrows, the target is as long as the
/// size says.
fn split_link<'a>(kind: EntryKind, name: &'a [u8], size: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    const ARROW: &[u8] = b" -> ";
    if kind != EntryKind::Link {
        return (name, None);
    }
    let splits = || {
        let places = 0..name.len();
        places.filter_map(|at| Some((name.get(..at)?, name.get(at..)?.strip_prefix(ARROW)?)))
    };
    let fits = |(_, target): &(_, &[u8])| u64::try_from(target.len()).ok() == number(size);
    let split = splits().find(fits).or_else(|| splits().next());
    split.map_or((name, None), |(name, target)| (name, Some(target)))
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
        return number(text);
    }
    number(text).or_else(|| grouped(text, b','))
}

/// Reads links, owner and group from the columns between the mode and the size.
fn owners(line: &[u8], columns: &[Column<'_>], entry: &mut Entry) {
    let names = match columns {
        [links, names @ ..] if is_count(links.text) && !names.is_empty() => {
            entry.links = number(links.text);
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

/// At which column after the mode a date may begin: the usual place first, then with fewer or more
/// columns before it.
const DATE_COLUMNS: [usize; 8] = [4, 3, 5, 2, 6, 7, 8, 1];

/// The columns that are looked at: those before the date, and the longest date.
const MOST_COLUMNS: usize = 14;
