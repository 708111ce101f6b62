//! Line ends in text transfers: the codec of the core between a guard and its data connection.

use core::task::{Context, Poll, ready};

use ftp_proto::codec::{AsciiDecoder, AsciiEncoder};
use tokio::io::ReadBuf;

/// Bytes converted at once.
const CHUNK: usize = 32 * 1024;

/// CR LF from the wire, LF to the reader.
#[derive(Debug)]
pub(crate) struct LineReader {
    decoder: AsciiDecoder,
    wire: Vec<u8>,
    /// How much of `wire` has been converted.
    done: usize,
    ended: bool,
}

impl LineReader {
    pub(crate) fn new() -> Self {
        Self {
            decoder: AsciiDecoder::new(),
            wire: Vec::new(),
            done: 0,
            ended: false,
        }
    }

    /// Fills `buf`, which has room, with what `read` brings, converted. Zero bytes are the end.
    pub(crate) fn poll_read<E>(
        &mut self,
        buf: &mut ReadBuf<'_>,
        mut read: impl FnMut(&mut ReadBuf<'_>) -> Poll<Result<usize, E>>,
    ) -> Poll<Result<usize, E>> {
        loop {
            let input = self.wire.get(self.done..).unwrap_or_default();
            let room = buf.initialize_unfilled();
            let step = if self.ended && input.is_empty() {
                self.decoder.finish(room)
            } else {
                self.decoder.step(input, room)
            };
            self.done = self.done.saturating_add(step.consumed);
            if step.produced > 0 || (self.ended && step.consumed == 0) {
                buf.advance(step.produced);
                return Poll::Ready(Ok(step.produced));
            }
            if self.done >= self.wire.len() && !self.ended {
                self.wire.resize(CHUNK, 0);
                self.done = CHUNK;
                let mut chunk = ReadBuf::new(&mut self.wire);
                let result = read(&mut chunk);
                let count = chunk.filled().len();
                if let Poll::Ready(Ok(_)) = result {
                    self.wire.truncate(count);
                    self.done = 0;
                    self.ended = count == 0;
                }
                ready!(result)?;
            }
        }
    }
}

/// LF from the writer, CR LF to the wire.
#[derive(Debug)]
pub(crate) struct LineWriter {
    encoder: AsciiEncoder,
    wire: Vec<u8>,
    /// How much of `wire` has been sent.
    done: usize,
}

impl LineWriter {
    pub(crate) fn new() -> Self {
        Self {
            encoder: AsciiEncoder::new(),
            wire: Vec::new(),
            done: 0,
        }
    }

    /// Takes bytes once all that were taken before are sent; returns how many.
    pub(crate) fn poll_write<E>(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        send: impl FnMut(&mut Context<'_>, &[u8]) -> Poll<Result<usize, E>>,
    ) -> Poll<Result<usize, E>> {
        ready!(self.poll_flush(cx, send))?;
        self.wire.resize(CHUNK, 0);
        let step = self.encoder.step(bytes, &mut self.wire);
        self.wire.truncate(step.produced);
        self.done = 0;
        Poll::Ready(Ok(step.consumed))
    }

    /// Sends what was taken.
    pub(crate) fn poll_flush<E>(
        &mut self,
        cx: &mut Context<'_>,
        mut send: impl FnMut(&mut Context<'_>, &[u8]) -> Poll<Result<usize, E>>,
    ) -> Poll<Result<(), E>> {
        while let Some(rest) = self.wire.get(self.done..).filter(|rest| !rest.is_empty()) {
            let count = ready!(send(cx, rest))?;
            self.done = self.done.saturating_add(count);
        }
        Poll::Ready(Ok(()))
    }
}
