//! The stream of a data connection, and the two ways in which it ends.
//!
//! A file in stream mode ends when the connection does, so *how* it ends decides whether the other
//! side takes what it got for the whole file ([RFC 959 §3.4.1]): [`DataStream::finish`] says "that
//! was all", [`DataStream::reset`] says "that is broken".
//!
//! [RFC 959 §3.4.1]: https://www.rfc-editor.org/rfc/rfc959#section-3.4

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::io::IoSlice;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A two-way stream that a strategy may use instead of TCP.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Duplex for T {}

/// The stream of a data connection. That it is TCP stays visible, so that zero-copy stays possible.
#[non_exhaustive]
pub enum DataStream {
    /// A TCP connection.
    Tcp(TcpStream),
    /// Anything else.
    Boxed(Box<dyn Duplex>),
}

/// Longest wait for the peer to close after [`DataStream::finish`] has said that all is sent.
const DRAIN: Duration = Duration::from_secs(2);

impl DataStream {
    /// Says that everything was sent, and closes.
    ///
    /// What the peer may still have sent is read and dropped, because closing a socket with unread
    /// bytes resets the connection and can destroy what is under way.
    ///
    /// # Errors
    ///
    /// If the end can't be sent, so that the peer may not have got everything.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed without the drain.
    pub async fn finish(mut self) -> io::Result<()> {
        self.shutdown().await?;
        self.drain().await;
        Ok(())
    }

    /// Waits for the peer to close, at most two seconds, and closes; what the peer sends is
    /// dropped. The second half of [`finish`](Self::finish), after a `shutdown`.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed at once.
    pub async fn drain(mut self) {
        let mut sink = [0; 512];
        let drain = async { while self.read(&mut sink).await.is_ok_and(|count| count > 0) {} };
        let _ = timeout(DRAIN, drain).await;
    }

    /// Closes at once so that the peer sees a broken connection (RST), never an orderly end.
    pub fn reset(self) {
        if let Self::Tcp(stream) = self {
            // Failing to set it leaves an ordinary close; there is nothing better to do.
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl From<TcpStream> for DataStream {
    fn from(stream: TcpStream) -> Self {
        Self::Tcp(stream)
    }
}

impl fmt::Debug for DataStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(stream) => f.debug_tuple("Tcp").field(stream).finish(),
            Self::Boxed(_) => f.write_str("Boxed"),
        }
    }
}

macro_rules! delegate {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Tcp($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Self::Boxed($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl AsyncRead for DataStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        delegate!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for DataStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        delegate!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        delegate!(self, stream => stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Boxed(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        delegate!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        delegate!(self, stream => stream.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (DataStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        (near.into(), listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn finish_delivers_everything_even_with_unread_input() {
        let (mut near, mut far) = pair().await;
        far.write_all(b"unread").await.unwrap();
        near.write_all(b"data").await.unwrap();
        let reader = async {
            let mut got = Vec::new();
            far.read_to_end(&mut got).await.unwrap();
            drop(far);
            got
        };
        let (finished, got) = tokio::join!(near.finish(), reader);
        finished.unwrap();
        assert_eq!(got, b"data");
    }

    #[tokio::test]
    async fn reset_is_no_end_of_file() {
        let (near, mut far) = pair().await;
        near.reset();
        let error = far.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
