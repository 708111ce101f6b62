//! A table of named deadlines.

use core::time::Duration;

use crate::time::Moment;

/// One optional deadline for each of `N` timers, which an enum numbers.
#[derive(Clone, Debug)]
pub(crate) struct TimerTable<const N: usize>([Option<Moment>; N]);

impl<const N: usize> TimerTable<N> {
    pub(crate) const fn new() -> Self {
        Self([None; N])
    }

    /// Sets a timer `after` from `now`; one of zero length means "never".
    pub(crate) fn set(&mut self, timer: impl Into<usize>, now: Moment, after: Duration) {
        if let Some(slot) = self.0.get_mut(timer.into()) {
            *slot = (!after.is_zero()).then(|| now + after);
        }
    }

    pub(crate) fn stop(&mut self, timer: impl Into<usize>) {
        if let Some(slot) = self.0.get_mut(timer.into()) {
            *slot = None;
        }
    }

    pub(crate) fn stop_all(&mut self) {
        self.0 = [None; N];
    }

    /// Whether a timer runs.
    pub(crate) fn is_set(&self, timer: impl Into<usize>) -> bool {
        self.0.get(timer.into()).is_some_and(Option::is_some)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.0.iter().flatten().min().copied()
    }

    /// Takes a timer that has expired by `now`, the earliest first.
    pub(crate) fn expired(&mut self, now: Moment) -> Option<usize> {
        let (index, slot) = self
            .0
            .iter_mut()
            .enumerate()
            .filter(|(_, slot)| slot.is_some_and(|deadline| deadline <= now))
            .min_by_key(|(_, slot)| **slot)?;
        *slot = None;
        Some(index)
    }
}
