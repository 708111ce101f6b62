//! Bytes of a download that came while their reader was busy with something else.

use core::task::Poll;

use tokio::io::ReadBuf;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// Most bytes that are held: more than the socket buffers of both sides, so that a server which
/// waits for room in them gets it.
const MOST: usize = 16 * 1024 * 1024;

/// Bytes that were read before anybody asked for them.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    held: Vec<u8>,
    /// How many of them have been handed over.
    taken: usize,
}

impl Ahead {
    pub(super) const fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Reads a piece if there is room for it; whether something happened.
    pub(super) fn poll_fill(&mut self, read: impl FnOnce(&mut ReadBuf<'_>) -> Poll<usize>) -> bool {
        let end = self.held.len();
        if end >= MOST {
            return false;
        }
        self.held.resize(end.saturating_add(PIECE), 0);
        let mut buf = ReadBuf::new(self.held.get_mut(end..).unwrap_or_default());
        let read = read(&mut buf);
        let count = buf.filled().len();
        self.held.truncate(end.saturating_add(count));
        read.is_ready()
    }

    /// Hands bytes over, and frees the memory with the last of them.
    pub(super) fn take(&mut self, buf: &mut ReadBuf<'_>) -> usize {
        let rest = self.held.get(self.taken..).unwrap_or_default();
        let count = buf.remaining().min(rest.len());
        buf.put_slice(rest.get(..count).unwrap_or_default());
        self.taken = self.taken.saturating_add(count);
        if self.taken >= self.held.len() {
            *self = Self::default();
        }
        count
    }
}
