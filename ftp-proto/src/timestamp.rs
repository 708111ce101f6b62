//! Points in civil time as FTP writes them: `YYYYMMDDHHMMSS[.fff]` ([RFC 3659 §2.3]).
//!
//! [RFC 3659 §2.3]: https://www.rfc-editor.org/rfc/rfc3659#section-2.3

/// A point in time, in UTC, to the nanosecond, from year 0 to year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}
