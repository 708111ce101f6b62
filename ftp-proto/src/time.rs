//! Time as a session sees it: a count that the driver keeps, never a clock.

use core::ops::Add;
use core::time::Duration;

/// A point in time, counted from an origin that the driver chooses once per session.
///
/// Only differences mean anything. A tokio driver takes the elapsed time since it created the
/// session; a simulation counts as it likes.
///
/// ```
/// use core::time::Duration;
/// use ftp_proto::Moment;
///
/// let start = Moment::ZERO;
/// let later = start + Duration::from_secs(3);
/// assert_eq!(later.since(start), Duration::from_secs(3));
/// assert_eq!(start.since(later), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// The origin.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// The moment that lies `elapsed` after the origin.
    pub const fn from_elapsed(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// How long after the origin this moment lies.
    pub const fn elapsed(self) -> Duration {
        self.0
    }

    /// How long after `earlier` this moment lies; zero if it lies before.
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Saturates at the end of time instead of overflowing.
impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}
