//! How a conversation goes on after a step.

use super::{Event, Failure};

/// How a conversation goes on after a step.
#[derive(Debug)]
#[must_use]
pub(super) enum Next {
    /// It waits for something.
    Stay,
    /// It is over, with this event.
    Done(Event),
    /// The whole session is over.
    Dead(Failure),
}
