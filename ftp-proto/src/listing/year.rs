//! Dates as listings show them, and the year of those that have none.
//!
//! `ls` leaves out the year of recent times. The rule here: a date without a year is the latest one
//! that isn't more than 24 hours after the reference time, because `ls` shows the future with its
//! year, and server and client may be a day apart. 29 February walks back to a leap year.

use crate::timestamp::Timestamp;

use super::clock::TimeOfDay;
use super::{ListedTime, Precision};

/// A date of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// `None` if the listing leaves it out.
    pub(super) year: Option<u16>,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl Date {
    /// The time that this date and a time of day stand for; `None` if the calendar lacks it.
    pub(super) fn at(self, time: Option<TimeOfDay>, now: Timestamp) -> Option<ListedTime> {
        let (hour, minute, second) =
            time.map_or((0, 0, 0), |at| (at.hour, at.minute, at.second.unwrap_or(0)));
        let in_year =
            |year| Timestamp::from_civil(year, self.month, self.day, hour, minute, second);
        let timestamp = match self.year {
            Some(year) => in_year(year),
            None => latest(in_year, now),
        };
        let precision = match time {
            None => Precision::Day,
            Some(TimeOfDay { second: None, .. }) => Precision::Minute,
            Some(_) => Precision::Second,
        };
        timestamp.map(|timestamp| ListedTime::Local(timestamp, precision))
    }
}

/// The full year of two digits: 80 to 99 are of the last century, as DOS counts from 1980.
pub(super) const fn expand(two_digits: u16) -> u16 {
    if two_digits < 80 {
        2000 + two_digits
    } else {
        1900 + two_digits
    }
}

/// The latest year's time that isn't more than a day after `now`.
fn latest(in_year: impl Fn(u16) -> Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let limit = now.checked_add_seconds(DAY).unwrap_or(now);
    let year = limit.civil().year;
    (year.saturating_sub(LEAP_YEARS_APART)..=year)
        .rev()
        .filter_map(in_year)
        .find(|&time| time <= limit)
}

/// Seconds per day.
const DAY: i64 = 86_400;
/// The most years between two leap years, as 1896 and 1904.
const LEAP_YEARS_APART: u16 = 8;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn the_latest_year_that_is_not_in_the_future_is_taken() {
        for (now, (month, day, hour), expected) in [
            ("20240501000000", (4, 30, 23), "20240430230000"),
            ("20240501000000", (5, 2, 0), "20240502000000"),
            ("20240501000000", (5, 2, 1), "20230502010000"),
            ("20240501000000", (12, 31, 0), "20231231000000"),
            ("20240101000000", (1, 1, 0), "20240101000000"),
            ("20231231120000", (1, 1, 12), "20240101120000"),
            ("20231231120000", (1, 1, 13), "20230101130000"),
            ("20230301000000", (2, 29, 0), "20200229000000"),
            ("20240227120000", (2, 29, 0), "20200229000000"),
            ("20240228120000", (2, 29, 0), "20240229000000"),
            ("19030601000000", (2, 29, 0), "18960229000000"),
            ("99991231235959", (12, 31, 0), "99991231000000"),
        ] {
            let now = Timestamp::parse(now.as_bytes()).unwrap();
            let date = Date {
                year: None,
                month,
                day,
            };
            let time = TimeOfDay {
                hour,
                minute: 0,
                second: None,
            };
            let listed = date.at(Some(time), now).expect(expected);
            assert_eq!(listed.assume_utc().to_string(), expected, "{now}");
        }
    }

    #[test]
    fn dates_that_no_year_has_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for (year, month, day) in [
            (None, 2, 30),
            (None, 0, 1),
            (None, 13, 1),
            (None, 4, 31),
            (Some(2023), 2, 29),
            (Some(1900), 2, 29),
        ] {
            let date = Date { year, month, day };
            assert_eq!(date.at(None, now), None, "{date:?}");
        }
        assert_eq!(
            Date {
                year: None,
                month: 6,
                day: 1
            }
            .at(None, Timestamp::from_civil(0, 1, 1, 0, 0, 0).unwrap()),
            None
        );
    }

    #[test]
    fn the_precision_is_what_was_shown() {
        let date = Date {
            year: Some(2024),
            month: 2,
            day: 29,
        };
        let time = |second| {
            Some(TimeOfDay {
                hour: 1,
                minute: 2,
                second,
            })
        };
        for (time, expected) in [
            (None, Precision::Day),
            (time(None), Precision::Minute),
            (time(Some(3)), Precision::Second),
        ] {
            let listed = date.at(time, Timestamp::UNIX_EPOCH);
            assert!(
                matches!(listed, Some(ListedTime::Local(_, precision)) if precision == expected),
                "{listed:?}"
            );
        }
    }
}
