//! Times of day as listings show them.

use crate::ascii::split_once;

use super::text::small;

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    pub(super) hour: u8,
    pub(super) minute: u8,
    /// `None` if the listing shows minutes only.
    pub(super) second: Option<u8>,
}

impl TimeOfDay {
    /// Reads `HH:MM` or `HH:MM:SS[.f]` of 24 hours; leading zeros may be missing.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (hour, rest) = split_once(text, b':')?;
        let (minute, second) = match split_once(rest, b':') {
            Some((minute, second)) => (minute, Some(parse_second(second)?)),
            None => (rest, None),
        };
        let (hour, minute) = (small(hour, 2)?, small(minute, 2)?);
        (hour < 24 && minute < 60).then_some(Self {
            hour,
            minute,
            second,
        })
    }

    /// This time of a clock of twelve hours, before or after noon.
    ///
    /// Some servers put `AM` and `PM` after 24 hours; `None` if the two contradict each other.
    pub(super) fn in_half(self, half: Half) -> Option<Self> {
        let hour = match (half, self.hour) {
            (Half::Am, 12) => 0,
            (Half::Am, 0..12) | (Half::Pm, 12..) => self.hour,
            (Half::Pm, 1..12) => self.hour + 12,
            (Half::Am, 13..) | (Half::Pm, 0) => return None,
        };
        Some(Self { hour, ..self })
    }
}

/// A half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
}

impl Half {
    /// Splits `AM`, `PM`, `a` or `p`, in any case, off the end of a time.
    pub(super) fn split_off(text: &[u8]) -> Option<(&[u8], Self)> {
        let text = match text {
            [time @ .., b'm' | b'M'] => time,
            _ => text,
        };
        match text {
            [time @ .., b'a' | b'A'] => Some((time, Self::Am)),
            [time @ .., b'p' | b'P'] => Some((time, Self::Pm)),
            _ => None,
        }
    }
}

/// Reads seconds, whose fraction nobody needs.
fn parse_second(text: &[u8]) -> Option<u8> {
    let (second, fraction) = split_once(text, b'.').unwrap_or((text, b"0"));
    let valid = fraction.iter().all(u8::is_ascii_digit);
    small(second, 2).filter(|&second| second <= 60 && valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_24_hours_are_read() {
        for (text, expected) in [
            ("00:00", Some((0, 0, None))),
            ("23:59", Some((23, 59, None))),
            ("4:31", Some((4, 31, None))),
            ("00:0", Some((0, 0, None))),
            ("21:22:33", Some((21, 22, Some(33)))),
            ("21:22:33.000000000", Some((21, 22, Some(33)))),
            ("24:00", None),
            ("30:01", None),
            ("18:79", None),
            ("12:00:61", None),
            ("012:00", None),
            ("12:", None),
            (":12", None),
            ("12", None),
            ("1a:00", None),
            ("10:57AM", None),
            ("21:22:33.x", None),
        ] {
            let time = TimeOfDay::parse(text.as_bytes());
            assert_eq!(
                time.map(|at| (at.hour, at.minute, at.second)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        for (text, hour) in [
            ("12:05AM", Some(0)),
            ("12:05PM", Some(12)),
            ("01:05pm", Some(13)),
            ("11:05a", Some(11)),
            ("00:05AM", Some(0)),
            ("13:05PM", Some(13)),
            ("13:05AM", None),
            ("00:05PM", None),
        ] {
            let (time, half) = Half::split_off(text.as_bytes()).expect(text);
            let time = TimeOfDay::parse(time).and_then(|time| time.in_half(half));
            assert_eq!(time.map(|at| at.hour), hour, "{text}");
        }
        assert_eq!(Half::split_off(b"12:00ZM"), None);
        assert_eq!(Half::split_off(b"12:00"), None);
    }
}
