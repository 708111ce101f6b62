//! What waits to be sent, and how far it has gone.

use alloc::vec::Vec;

/// The bytes that wait to be sent on a control connection.
///
/// Everything that was ever queued has an absolute offset. One of them serves as a barrier: an
/// action that must not happen before the peer could have seen a reply is released once
/// [`sent_total`](Self::sent_total) has reached the [`position_end`](Self::position_end) that was
/// noted when the reply was queued.
///
/// ```
/// use ftp_proto::wire::Outbox;
///
/// let mut outbox = Outbox::new();
/// outbox.push(b"221 Goodbye.\r\n");
/// let barrier = outbox.position_end();
/// outbox.sent(5);
/// assert!(outbox.sent_total() < barrier);
/// outbox.sent(outbox.outgoing().len());
/// assert!(outbox.sent_total() >= barrier);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    /// How many of `bytes` were sent.
    sent: usize,
    /// How many were sent before `bytes`.
    sent_before: u64,
}

impl Outbox {
    /// An empty outbox; it allocates nothing.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            sent: 0,
            sent_before: 0,
        }
    }

    /// Queues bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes to send next; empty if there are none.
    pub fn outgoing(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// Notes that the first `count` bytes of [`outgoing`](Self::outgoing) were sent. More than
    /// there are count as all.
    ///
    /// Once nothing waits, the memory is given back.
    pub fn sent(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.bytes.len());
        let keep = self.bytes.len().saturating_sub(self.sent);
        if keep == 0 {
            self.bytes = Vec::new();
        } else if self.sent > keep {
            self.bytes.drain(..self.sent);
        } else {
            return;
        }
        self.sent_before = self.sent_total();
        self.sent = 0;
    }

    /// How many bytes were sent so far.
    pub fn sent_total(&self) -> u64 {
        self.sent_before.saturating_add(to_u64(self.sent))
    }

    /// The offset of the end of everything that was ever queued.
    pub fn position_end(&self) -> u64 {
        self.sent_before.saturating_add(to_u64(self.bytes.len()))
    }

    /// Whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.outgoing().is_empty()
    }
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_outbox_that_is_empty_holds_no_memory() {
        let mut outbox = Outbox::new();
        outbox.push(&[0; 1000]);
        outbox.sent(1000);
        assert_eq!(outbox.bytes.capacity(), 0);
        assert_eq!(outbox.sent_total(), 1000);
    }

    proptest! {
        #[test]
        fn bytes_leave_in_order_and_are_counted(
            steps in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..9), 0_usize..9), 0..50)
        ) {
            let mut outbox = Outbox::new();
            let (mut queued, mut left) = (Vec::new(), Vec::new());
            for (bytes, count) in steps {
                outbox.push(&bytes);
                queued.extend_from_slice(&bytes);
                prop_assert_eq!(outbox.position_end(), queued.len() as u64);
                let count = count.min(outbox.outgoing().len());
                left.extend_from_slice(&outbox.outgoing()[..count]);
                outbox.sent(count);
                prop_assert_eq!(outbox.sent_total(), left.len() as u64);
                prop_assert_eq!(&queued[left.len()..], outbox.outgoing());
                prop_assert_eq!(outbox.is_empty(), left.len() == queued.len());
            }
        }
    }
}
