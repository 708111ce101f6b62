//! The forms of dates in `ls -l`.

use crate::listing::ListedTime;
use crate::listing::clock::TimeOfDay;
use crate::listing::month;
use crate::listing::text::{Column, small};
use crate::listing::year::{Date, expand};
use crate::timestamp::Timestamp;

/// Reads the date that stands at the first of the columns; tells also how many it takes.
pub(super) fn parse(columns: &[Column<'_>], now: Timestamp) -> Option<(ListedTime, usize)> {
    FORMS.iter().find_map(|form| {
        let found = form(columns)?;
        let time = found.date.at(found.time, now)?;
        Some((with_offset(time, found.offset)?, found.columns))
    })
}

/// The forms, those that can't be mistaken first.
static FORMS: [Form; 6] = [
    month_day,
    day_month,
    iso,
    dashed,
    year_month_day,
    numeric_month,
];

type Form = fn(&[Column<'_>]) -> Option<Found>;

/// A date as it was found.
struct Found {
    date: Date,
    time: Option<TimeOfDay>,
    /// Seconds east of UTC, if that was shown.
    offset: Option<i64>,
    /// How many columns it takes.
    columns: usize,
}

/// `Jan  2 15:04`, `Jan  2  2006`, `8月 17日 20:10`
fn month_day(columns: &[Column<'_>]) -> Option<Found> {
    let [month, day, tail @ ..] = columns else {
        return None;
    };
    let month = month::parse(month.text).or_else(|| marked(month.text))?;
    Tail::parse(tail)?.after(month, day_of_month(day.text)?, 2)
}

/// ` 2 Jan 15:04`, `2. Januar, 2006`
fn day_month(columns: &[Column<'_>]) -> Option<Found> {
    let [day, month, tail @ ..] = columns else {
        return None;
    };
    let day = day_of_month(day.text)?;
    Tail::parse(tail)?.after(month::parse(month.text)?, day, 2)
}

/// `2006-01-02 15:04`, `2006-01-02 15:04:05.000000000 +0100`, `2006-01-02`
fn iso(columns: &[Column<'_>]) -> Option<Found> {
    let (date, rest) = columns.split_first()?;
    let [year, month, day] = split(date.text)?;
    let date = Date {
        year: Some(full_year(year)?),
        month: small(month, 2)?,
        day: small(day, 2)?,
    };
    let time = rest.first().and_then(|time| TimeOfDay::parse(time.text));
    let offset = match (time, rest.get(1)) {
        (
            Some(TimeOfDay {
                second: Some(_), ..
            }),
            Some(zone),
        ) => offset(zone.text),
        _ => None,
    };
    Some(Found {
        date,
        time,
        offset,
        columns: 1 + usize::from(time.is_some()) + usize::from(offset.is_some()),
    })
}

/// `02-01-2006 15:04`, `02-jan-06`, `01-02 15:04`, `01-02  2006`
fn dashed(columns: &[Column<'_>]) -> Option<Found> {
    let (date, rest) = columns.split_first()?;
    if let Some([month, day]) = split(date.text) {
        return Tail::parse(rest)?.after(small(month, 2)?, small(day, 2)?, 1);
    }
    let [day, month, year] = split(date.text)?;
    let time = rest.first().and_then(|time| TimeOfDay::parse(time.text));
    Some(Found {
        date: Date {
            year: Some(full_year(year).or_else(|| two_digit_year(year))?),
            month: month::parse(month).or_else(|| small(month, 2))?,
            day: small(day, 2)?,
        },
        time,
        offset: None,
        columns: 1 + usize::from(time.is_some()),
    })
}

/// `2006年 1月 2日`
fn year_month_day(columns: &[Column<'_>]) -> Option<Found> {
    let [year, month, day, ..] = columns else {
        return None;
    };
    Some(Found {
        date: Date {
            year: Some(full_year(unmark(year.text))?),
            month: marked(month.text)?,
            day: day_of_month(day.text)?,
        },
        time: None,
        offset: None,
        columns: 3,
    })
}

/// `1 2 15:04`, `1 2 2006`
fn numeric_month(columns: &[Column<'_>]) -> Option<Found> {
    let [month, day, tail @ ..] = columns else {
        return None;
    };
    Tail::parse(tail)?.after(small(month.text, 2)?, small(day.text, 2)?, 2)
}

/// What follows month and day: a time or a year, or a time with seconds and a year.
struct Tail {
    year: Option<u16>,
    time: Option<TimeOfDay>,
    columns: usize,
}

impl Tail {
    fn parse(columns: &[Column<'_>]) -> Option<Self> {
        let (first, rest) = columns.split_first()?;
        let Some(time) = TimeOfDay::parse(first.text) else {
            return Some(Self {
                year: Some(full_year(unmark(first.text))?),
                time: None,
                columns: 1,
            });
        };
        let year = rest
            .first()
            .filter(|_| time.second.is_some())
            .and_then(|year| full_year(year.text));
        Some(Self {
            year,
            time: Some(time),
            columns: 1 + usize::from(year.is_some()),
        })
    }

    /// The whole date, of which so many columns stand before the tail.
    const fn after(self, month: u8, day: u8, columns: usize) -> Option<Found> {
        Some(Found {
            date: Date {
                year: self.year,
                month,
                day,
            },
            time: self.time,
            offset: None,
            columns: self.columns + columns,
        })
    }
}

/// Splits a date at its separators, which must all be the same.
fn split<const PARTS: usize>(text: &[u8]) -> Option<[&[u8]; PARTS]> {
    let separator = *text.iter().find(|byte| b"-/.".contains(byte))?;
    let mut rest = text.splitn(PARTS + 1, |&byte| byte == separator);
    let mut parts = [&b""[..]; PARTS];
    for part in &mut parts {
        *part = rest.next()?;
    }
    rest.next().is_none().then_some(parts)
}

/// A year of four digits.
fn full_year(text: &[u8]) -> Option<u16> {
    small(text, 4).filter(|_| text.len() == 4)
}

fn two_digit_year(text: &[u8]) -> Option<u16> {
    small(text, 2).filter(|_| text.len() == 2).map(expand)
}

/// A day, of which a full stop, a comma or a mark may be part.
fn day_of_month(text: &[u8]) -> Option<u8> {
    let text = match text {
        [day @ .., b'.' | b','] => day,
        _ => unmark(text),
    };
    small(text, 2)
}

/// A number that has a mark.
fn marked(text: &[u8]) -> Option<u8> {
    let number = unmark(text);
    small(number, 2).filter(|_| number.len() < text.len())
}

/// Takes the mark for year, month or day off a number: one character of an East Asian script, in
/// UTF-8 or in an older encoding.
fn unmark(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match text.split_at_checked(digits) {
        Some((number, mark)) if is_mark(mark) => number,
        _ => text,
    }
}

/// Whether bytes are one character that isn't ASCII, of one to three bytes; the second of two may
/// be ASCII.
fn is_mark(bytes: &[u8]) -> bool {
    match bytes {
        [lead] | [lead, _] => !lead.is_ascii(),
        [_, _, _] => bytes.iter().all(|byte| !byte.is_ascii()),
        _ => false,
    }
}

/// Reads an offset from UTC, as `+0130`, in seconds.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let number: i64 = small(digits, 4).filter(|_| digits.len() == 4)?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours < 24 && minutes < 60).then(|| sign * (hours * 60 + minutes) * 60)
}

/// A time whose zone is known is a time in UTC.
fn with_offset(time: ListedTime, offset: Option<i64>) -> Option<ListedTime> {
    match offset {
        None => Some(time),
        Some(offset) => time
            .assume_utc()
            .checked_add_seconds(-offset)
            .map(ListedTime::Utc),
    }
}
