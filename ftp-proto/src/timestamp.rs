//! Points in civil time as FTP writes them: `YYYYMMDDHHMMSS[.fff]` ([RFC 3659 §2.3]).
//!
//! This module owns the calendar (proleptic Gregorian, UTC, years 0 to 9999) and two notations:
//! FTP's own and [RFC 3339]. It knows no clock and no time zone.
//!
//! [RFC 3659 §2.3]: https://www.rfc-editor.org/rfc/rfc3659#section-2.3
//! [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339

use core::fmt;

use crate::ascii::{number, split_once};

/// A point in time, in UTC, to the nanosecond, from year 0 to year 9999.
///
/// ```
/// use ftp_proto::Timestamp;
///
/// let time = Timestamp::parse(b"20240229235959.25").ok_or("no time")?;
/// assert_eq!(time.unix_seconds(), 1_709_251_199);
/// assert_eq!(time.to_string(), "20240229235959.25");
/// assert_eq!(time.rfc3339().to_string(), "2024-02-29T23:59:59.25Z");
/// assert_eq!(Timestamp::parse(b"20230229000000"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self {
        seconds: 0,
        nanoseconds: 0,
    };

    /// The time that lies so many seconds after the Unix epoch (before it, if negative), and so
    /// many nanoseconds after that.
    ///
    /// `None` outside of the years 0 to 9999, and for a billion nanoseconds or more.
    pub const fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        if seconds < FIRST_SECOND || seconds > LAST_SECOND || nanoseconds >= 1_000_000_000 {
            return None;
        }
        Some(Self {
            seconds,
            nanoseconds,
        })
    }

    /// The time of a date and a time of day, in UTC. `None` if the calendar doesn't have it.
    ///
    /// A leap second (`second` 60) is the first second of the next minute.
    pub fn from_civil(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Self> {
        let valid = year <= 9999
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !valid {
            return None;
        }
        let time_of_day = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
        Self::from_unix(days_from_civil(year, month, day) * DAY + time_of_day, 0)
    }

    /// Reads `YYYYMMDDHHMMSS[.f]`, with any number of digits in the fraction; those after the ninth
    /// are cut off.
    ///
    /// Also reads the form with a year of five digits (`19100` for 2000) of servers that put `19`
    /// before the years since 1900.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (digits, nanoseconds) = split_fraction(text)?;
        let (year, rest) = match digits.len() {
            14 => {
                let (year, rest) = digits.split_at_checked(4)?;
                (number(year)?, rest)
            }
            15 => {
                let (since_1900, rest) = digits.strip_prefix(b"19")?.split_at_checked(3)?;
                (number::<u16>(since_1900)?.checked_add(1900)?, rest)
            }
            _ => return None,
        };
        let pair = |index: usize| two_digits(rest.get(index..)?);
        let whole = Self::from_civil(year, pair(0)?, pair(2)?, pair(4)?, pair(6)?, pair(8)?)?;
        Self::from_unix(whole.seconds, nanoseconds)
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS[.f]` with `Z` or an offset such as `+02:00`, in either case; a
    /// space may stand for the `T`.
    pub fn parse_rfc3339(text: &[u8]) -> Option<Self> {
        let separator = |index: usize, allowed: &[u8]| {
            text.get(index)
                .is_some_and(|byte| allowed.contains(byte))
                .then_some(())
        };
        separator(4, b"-")?;
        separator(7, b"-")?;
        separator(10, b"Tt ")?;
        separator(13, b":")?;
        separator(16, b":")?;
        let pair = |index: usize| two_digits(text.get(index..)?);
        let whole = Self::from_civil(
            number(text.get(..4)?)?,
            pair(5)?,
            pair(8)?,
            pair(11)?,
            pair(14)?,
            pair(17)?,
        )?;
        let rest = text.get(19..)?;
        let zone = rest.iter().position(|byte| b"Zz+-".contains(byte))?;
        let (fraction, zone) = rest.split_at_checked(zone)?;
        let nanoseconds = match fraction {
            [] => 0,
            [b'.', digits @ ..] => nanoseconds(digits)?,
            _ => return None,
        };
        Self::from_unix(whole.seconds.checked_sub(offset(zone)?)?, nanoseconds)
    }

    /// Seconds since the Unix epoch; negative before it.
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second, less than a billion.
    pub const fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// The same time without its fraction of a second, which not every peer can read.
    #[must_use]
    pub const fn whole_seconds(self) -> Self {
        Self {
            seconds: self.seconds,
            nanoseconds: 0,
        }
    }

    /// The time so many seconds later, or earlier; `None` outside of the years 0 to 9999.
    pub fn checked_add_seconds(self, seconds: i64) -> Option<Self> {
        Self::from_unix(self.seconds.checked_add(seconds)?, self.nanoseconds)
    }

    /// The date and the time of day.
    pub fn civil(self) -> Civil {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        let second_of_day = self.seconds.rem_euclid(DAY);
        let small = |value: i64| u8::try_from(value).unwrap_or_default();
        Civil {
            year,
            month,
            day,
            hour: small(second_of_day / 3600),
            minute: small(second_of_day / 60 % 60),
            second: small(second_of_day % 60),
        }
    }

    /// The time in the notation of RFC 3339, as `2024-02-29T23:59:59Z`.
    pub fn rfc3339(self) -> impl fmt::Display {
        Rfc3339(self)
    }
}

/// A date and a time of day, in UTC; what [`Timestamp::civil`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Civil {
    /// 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

/// `YYYYMMDDHHMMSS`, and the fraction if there is one; [`Timestamp::parse`] reads it back.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        write!(f, "{:04}{:02}{:02}", at.year, at.month, at.day)?;
        write!(f, "{:02}{:02}{:02}", at.hour, at.minute, at.second)?;
        write_fraction(f, self.nanoseconds)
    }
}

struct Rfc3339(Timestamp);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.civil();
        write!(f, "{:04}-{:02}-{:02}T", at.year, at.month, at.day)?;
        write!(f, "{:02}:{:02}:{:02}", at.hour, at.minute, at.second)?;
        write_fraction(f, self.0.nanoseconds)?;
        f.write_str("Z")
    }
}

/// How many days a month has; 0 if there is no such month.
pub(crate) const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

/// Days from the Unix epoch to a valid date.
///
/// Counts in eras of 400 years whose years begin on 1 March, so that the leap day is the last of
/// its year; the algorithm is Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: u16, month: u8, day: u8) -> i64 {
    let month = i64::from(month);
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - EPOCH_DAY
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (u16, u8, u8) {
    let days = days + EPOCH_DAY;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        u16::try_from(year).unwrap_or_default(),
        u8::try_from(month).unwrap_or_default(),
        u8::try_from(day).unwrap_or_default(),
    )
}

/// Splits `DIGITS[.DIGITS]` and reads the fraction as nanoseconds.
fn split_fraction(text: &[u8]) -> Option<(&[u8], u32)> {
    match split_once(text, b'.') {
        None => Some((text, 0)),
        Some((digits, fraction)) => Some((digits, nanoseconds(fraction)?)),
    }
}

/// Reads the digits after a decimal point, at least one.
fn nanoseconds(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().chain(core::iter::repeat(&b'0')).take(9);
    Some(padded.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// Reads a UTC offset in seconds: `Z`, `+HH:MM` or `-HH:MM`.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, time) = match zone {
        [b'Z' | b'z'] => return Some(0),
        [b'+', time @ ..] => (1, time),
        [b'-', time @ ..] => (-1, time),
        _ => return None,
    };
    let &[_, _, b':', _, _] = time else {
        return None;
    };
    let (hours, minutes) = (two_digits(time)?, two_digits(time.get(3..)?)?);
    (hours < 24 && minutes < 60).then(|| sign * (i64::from(hours) * 60 + i64::from(minutes)) * 60)
}

/// Reads the two digits at the start of `text`.
fn two_digits(text: &[u8]) -> Option<u8> {
    number(text.get(..2)?)
}

/// Writes a point and the digits of a fraction without trailing zeros; nothing for none.
fn write_fraction(f: &mut fmt::Formatter<'_>, nanoseconds: u32) -> fmt::Result {
    if nanoseconds == 0 {
        return Ok(());
    }
    let (mut value, mut width) = (nanoseconds, 9);
    while value.is_multiple_of(10) {
        (value, width) = (value / 10, width - 1);
    }
    write!(f, ".{value:0width$}")
}

/// Seconds per day.
const DAY: i64 = 86_400;
/// Days per 400 years.
const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAY: i64 = 719_468;
/// 0000-01-01T00:00:00Z in Unix seconds.
const FIRST_SECOND: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z in Unix seconds.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ftp_times_are_read() {
        for (text, rfc3339) in [
            ("19700101000000", "1970-01-01T00:00:00Z"),
            ("00000101000000", "0000-01-01T00:00:00Z"),
            ("99991231235959", "9999-12-31T23:59:59Z"),
            ("20240229120000", "2024-02-29T12:00:00Z"),
            ("20240131235960", "2024-02-01T00:00:00Z"),
            ("20240101000000.5", "2024-01-01T00:00:00.5Z"),
            (
                "20240101000000.12345678999",
                "2024-01-01T00:00:00.123456789Z",
            ),
            ("20240101000000.000", "2024-01-01T00:00:00Z"),
            ("191000307122244", "2000-03-07T12:22:44Z"),
            ("191240307122244", "2024-03-07T12:22:44Z"),
        ] {
            let time = Timestamp::parse(text.as_bytes()).expect(text);
            assert_eq!(time.rfc3339().to_string(), rfc3339, "{text}");
        }
    }

    #[test]
    fn what_is_no_ftp_time_is_refused() {
        for text in [
            "",
            ".5",
            "2024010100000",
            "2024010100000000",
            "201240307122244",
            "20230229000000",
            "20240001000000",
            "20241301000000",
            "20240100000000",
            "20240101240000",
            "20240101006000",
            "20240101000061",
            "20240101000000.",
            "20240101000000.1x",
            "20240101000000,5",
            "2024010100000 ",
            "+0240101000000",
            "99991231235960",
        ] {
            assert_eq!(Timestamp::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn rfc3339_is_read() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01t02:00:00+02:00", 0),
            ("1969-12-31 23:30:00-00:30", 0),
            ("2024-05-01T00:00:00.25z", 1_714_521_600),
        ] {
            let time = Timestamp::parse_rfc3339(text.as_bytes()).expect(text);
            assert_eq!(time.unix_seconds(), unix, "{text}");
        }
        for text in [
            "",
            "2024-05-01",
            "2024-05-01T00:00:00",
            "2024-05-01T00:00:00.Z",
            "2024-05-01T00:00:00+0200",
            "2024-05-01T00:00:00+24:00",
            "2024-05-01T00:00:00xZ",
            "2024/05/01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "0000-01-01T00:00:00+00:01",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_calendar_ends_where_years_have_five_digits() {
        assert!(Timestamp::from_unix(FIRST_SECOND, 0).is_some());
        assert!(Timestamp::from_unix(FIRST_SECOND - 1, 0).is_none());
        assert!(Timestamp::from_unix(LAST_SECOND, 999_999_999).is_some());
        assert!(Timestamp::from_unix(LAST_SECOND + 1, 0).is_none());
        assert!(Timestamp::from_unix(0, 1_000_000_000).is_none());
        assert!(Timestamp::from_unix(i64::MIN, 0).is_none());
        assert_eq!(Timestamp::UNIX_EPOCH.checked_add_seconds(i64::MAX), None);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut expected = (0, 1, 1);
        for day in FIRST_SECOND / DAY..=LAST_SECOND / DAY {
            let at = civil_from_days(day);
            assert_eq!(at, expected);
            assert_eq!(days_from_civil(at.0, at.1, at.2), day);
            expected = match at {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, month, day) if day == days_in_month(year, month) => (year, month + 1, 1),
                (year, month, day) => (year, month, day + 1),
            };
        }
    }

    proptest! {
        #[test]
        fn both_notations_round_trip(
            seconds in FIRST_SECOND..=LAST_SECOND,
            nanoseconds in 0..1_000_000_000_u32,
        ) {
            let time = Timestamp::from_unix(seconds, nanoseconds).unwrap();
            prop_assert_eq!(Timestamp::parse(time.to_string().as_bytes()), Some(time));
            let rfc3339 = time.rfc3339().to_string();
            prop_assert_eq!(Timestamp::parse_rfc3339(rfc3339.as_bytes()), Some(time));
            let Civil { year, month, day, hour, minute, second } = time.civil();
            prop_assert_eq!(
                Timestamp::from_civil(year, month, day, hour, minute, second),
                Some(time.whole_seconds())
            );
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Timestamp::parse(&bytes);
            let _ = Timestamp::parse_rfc3339(&bytes);
        }
    }
}
