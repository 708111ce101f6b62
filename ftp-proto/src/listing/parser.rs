//! Whole listings: bytes in, in any portions; lines out, each read or as it came.

use alloc::vec::Vec;

use crate::ascii::find;
use crate::timestamp::Timestamp;

use super::Entry;
use super::dialect::Dialect;
use super::reading::{Context, Reading};

/// One line of a listing.
///
/// Totals and blank lines show nothing; every other line comes out as one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// A file.
    Entry(Entry),
    /// A line that couldn't be read, without its line end.
    Unparsed(Vec<u8>),
    /// The beginning of a line that is longer than [`ListingParser::MAX_LINE`] bytes, of which the
    /// rest is thrown away.
    TooLong(Vec<u8>),
}

/// Reads a listing: takes its bytes in any portions and gives back its lines.
///
/// The dialect is that of the first line that can be read in any, unless it was told; from then on
/// lines are read in that one only, so that no odd name is taken for another dialect. Lines end
/// with LF or CR LF. The result doesn't depend on how the bytes were portioned.
///
/// It holds what was pushed and not yet taken, and a line of at most [`MAX_LINE`](Self::MAX_LINE)
/// bytes besides. A caller that takes all lines after each push, and counts them, has its memory
/// bounded.
///
/// ```
/// use ftp_proto::Timestamp;
/// use ftp_proto::listing::{Line, ListingParser};
///
/// let now = Timestamp::parse(b"20240301000000").ok_or("no time")?;
/// let mut parser = ListingParser::new(now);
/// parser.push(b"total 4\r\n-rw-r--r-- 1 ftp ftp 12 Jan  2 15:0");
/// assert_eq!(parser.next_line(), None);
/// parser.push(b"4 a.txt\r\nwhat?");
/// parser.finish();
/// assert!(matches!(parser.next_line(), Some(Line::Entry(entry)) if entry.size == Some(12)));
/// assert_eq!(parser.next_line(), Some(Line::Unparsed(b"what?".into())));
/// assert_eq!(parser.next_line(), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListingParser {
    now: Timestamp,
    dialect: Option<Dialect>,
    held: Vec<u8>,
    /// How many bytes of `held` have been taken.
    taken: usize,
    /// How many bytes after those are known to hold no LF.
    scanned: usize,
    /// Whether the bytes up to the next LF belong to a line that was too long.
    skipping: bool,
    finished: bool,
}

impl ListingParser {
    /// The longest line that is read, in bytes without its LF: 16 KiB, enough for a name and a
    /// target of 4,096 bytes each with any columns before them.
    pub const MAX_LINE: usize = 16 * 1024;

    /// A parser that finds out the dialect.
    ///
    /// `now` is the time against which dates without a year are completed; the result is in the
    /// server's time zone, so a day of difference is allowed for.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now,
            dialect: None,
            held: Vec::new(),
            taken: 0,
            scanned: 0,
            skipping: false,
            finished: false,
        }
    }

    /// A parser of a listing that is known to be in a dialect: [`Dialect::Facts`] for MLSD,
    /// [`Dialect::Names`] for NLST.
    pub const fn with_dialect(dialect: Dialect, now: Timestamp) -> Self {
        let mut parser = Self::new(now);
        parser.dialect = Some(dialect);
        parser
    }

    /// The dialect, once it is known.
    pub const fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Takes the next bytes of the listing.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.taken);
        self.taken = 0;
        self.held.extend_from_slice(bytes);
    }

    /// Says that the listing is at its end, so that a last line without a line end counts.
    pub const fn finish(&mut self) {
        self.finished = true;
    }

    /// The next line; `None` if the bytes so far hold no further one.
    pub fn next_line(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.next_raw()? {
                return Some(line);
            }
        }
    }

    /// Takes the bytes of one line and reads them. The outer `None` says that there is no whole
    /// line, the inner one that it shows nothing.
    fn next_raw(&mut self) -> Option<Option<Line>> {
        let rest = self.held.get(self.taken..).unwrap_or_default();
        let unseen = rest.get(self.scanned..).unwrap_or_default();
        let end = find(unseen, b'\n');
        let (length, end) = match end {
            Some(at) => (self.scanned + at, 1),
            None if self.finished && !rest.is_empty() => (rest.len(), 0),
            None => {
                self.scanned = rest.len();
                return self.hold_back();
            }
        };
        let line = rest.get(..length).unwrap_or_default();
        let read = if self.skipping {
            None
        } else {
            read(line, &mut self.dialect, self.now)
        };
        self.skipping = false;
        self.taken += length + end;
        self.scanned = 0;
        Some(read)
    }

    /// Deals with a line whose end isn't there yet: it may be too long already.
    fn hold_back(&mut self) -> Option<Option<Line>> {
        let rest = self.held.get(self.taken..).unwrap_or_default();
        let line = match rest.get(..Self::MAX_LINE) {
            _ if self.skipping => None,
            Some(prefix) if rest.len() > Self::MAX_LINE => Some(Line::TooLong(prefix.into())),
            _ => return None,
        };
        self.skipping = true;
        self.held.clear();
        (self.taken, self.scanned) = (0, 0);
        line.map(Some)
    }
}

/// Reads a line in its dialect, or in the first that fits.
fn read(line: &[u8], dialect: &mut Option<Dialect>, now: Timestamp) -> Option<Line> {
    if let Some(prefix) = line.get(..ListingParser::MAX_LINE)
        && line.len() > ListingParser::MAX_LINE
    {
        return Some(Line::TooLong(prefix.into()));
    }
    let line = trim_end(line);
    if line.is_empty() {
        return None;
    }
    let reading = match *dialect {
        Some(dialect) => dialect.read(line, Context { now, certain: true }),
        None => detect(line, dialect, now),
    };
    match reading {
        Reading::Entry(entry) => Some(Line::Entry(entry)),
        Reading::Nothing => None,
        Reading::Unknown => Some(Line::Unparsed(line.into())),
    }
}

/// Tries the dialects; the first that reads an entry is taken for the rest of the listing.
fn detect(line: &[u8], found: &mut Option<Dialect>, now: Timestamp) -> Reading {
    let context = Context {
        now,
        certain: false,
    };
    for dialect in Dialect::ALL {
        match dialect.read(line, context) {
            Reading::Unknown => {}
            Reading::Nothing => return Reading::Nothing,
            Reading::Entry(entry) => {
                *found = Some(dialect);
                return Reading::Entry(entry);
            }
        }
    }
    Reading::Unknown
}

/// Takes the CR off the end of a line, and those that a needless conversion added.
fn trim_end(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r'] = line {
        line = rest;
    }
    line
}

#[cfg(test)]
mod tests;
