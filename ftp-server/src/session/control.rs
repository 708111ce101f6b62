//! The control connection: bytes in, bytes out, and a close that loses none of them.

use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::timeout;

/// Bytes that one poll reads at most.
const CHUNK: usize = 4096;

/// Longest wait for the client to close after the last reply.
const LINGER: Duration = Duration::from_secs(2);

/// A control connection.
pub(crate) struct Control<S> {
    stream: S,
    /// Whether the client has hung up, as far as the stream can tell without being read.
    hung_up: fn(&S) -> bool,
    /// Whether the client may still send something.
    open: bool,
    unflushed: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Control<S> {
    pub(crate) const fn new(stream: S, hung_up: fn(&S) -> bool) -> Self {
        Self {
            stream,
            hung_up,
            open: true,
            unflushed: false,
        }
    }

    /// Whether the client has hung up, even if no read has told so yet.
    pub(crate) fn has_hung_up(&self) -> bool {
        (self.hung_up)(&self.stream)
    }

    /// Reads, and hands over what came; nothing came if the client has closed its side. After that
    /// it waits for ever.
    ///
    /// The buffer is on the stack and lives for this call alone: an idle session has none.
    pub(crate) fn poll_read<T>(
        &mut self,
        cx: &mut Context<'_>,
        take: impl FnOnce(&[u8]) -> T,
    ) -> Poll<io::Result<T>> {
        if !self.open {
            return Poll::Pending;
        }
        let mut space = [MaybeUninit::uninit(); CHUNK];
        let mut buffer = ReadBuf::uninit(&mut space);
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
        self.open = read.is_ok() && !buffer.filled().is_empty();
        Poll::Ready(read.map(|()| take(buffer.filled())))
    }

    /// Writes some of these bytes; if there are none, sees to it that those before them are on
    /// their way.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut stream = Pin::new(&mut self.stream);
        if !bytes.is_empty() {
            let count = ready!(stream.poll_write(cx, bytes))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            return Poll::Ready(Ok(count));
        }
        if self.unflushed {
            ready!(stream.as_mut().poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Pending
    }

    /// Closes, but not before the client has, or a short time has passed: with unread bytes in the
    /// socket a close is a reset, and takes the last reply with it.
    pub(crate) async fn close(&mut self) {
        let closing = async {
            self.stream.shutdown().await?;
            let mut sink = [0; 256];
            while self.stream.read(&mut sink).await? > 0 {}
            io::Result::Ok(())
        };
        let _ = timeout(LINGER, closing).await;
    }
}
