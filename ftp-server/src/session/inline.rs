//! TCP with urgent data in line.
//!
//! Clients send the Telnet Synch in front of `ABOR`, or all of `ABOR`, as urgent data
//! ([RFC 959 §4.1.3]). With `SO_OOBINLINE` it stays in the line, but a read stops at the urgent
//! mark. tokio takes a read that doesn't fill its buffer for the last one and waits for the next
//! packet, which never comes: the client waits for its reply. So here reading goes on until the
//! socket says that there is nothing more.
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#page-30

use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, Read as _};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// A TCP stream that doesn't stop at urgent data.
#[derive(Debug)]
pub(crate) struct Inline(TcpStream);

impl Inline {
    /// Has urgent data of a stream put into the line.
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        SockRef::from(&stream).set_out_of_band_inline(true)?;
        Ok(Self(stream))
    }

    /// Whether the client has closed or reset the connection, and nothing it sent before is unread.
    ///
    /// This asks the system. tokio learns of one socket after the other, and what it knows of this
    /// one may be older than what was read from another.
    pub(crate) fn has_hung_up(&self) -> bool {
        match SockRef::from(&self.0).peek(&mut [MaybeUninit::uninit()]) {
            Ok(count) => count == 0,
            Err(error) => !matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            ),
        }
    }
}

impl AsyncRead for Inline {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            let space = buffer.initialize_unfilled();
            let read = || (&*SockRef::from(&self.0)).read(space);
            match self.0.try_io(Interest::READABLE, read) {
                Ok(count) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Inline {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (TcpStream, Inline) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        let (client, accepted) =
            tokio::try_join!(TcpStream::connect(to), listener.accept()).unwrap();
        (client, Inline::new(accepted.0).unwrap())
    }

    /// Nothing is awaited between the hang-up and the question, so that tokio can't know.
    #[tokio::test]
    async fn a_hang_up_is_known_before_tokio_knows() {
        let (client, server) = pair().await;
        assert!(!server.has_hung_up(), "open");
        drop(client);
        assert!(server.has_hung_up(), "closed");

        let (client, server) = pair().await;
        SockRef::from(&client)
            .set_linger(Some(core::time::Duration::ZERO))
            .unwrap();
        drop(client);
        assert!(server.has_hung_up(), "reset");

        let (client, mut server) = pair().await;
        SockRef::from(&client).send(b"NOOP").unwrap();
        drop(client);
        assert!(!server.has_hung_up(), "something is unread");
        server.read_exact(&mut [0; 4]).await.unwrap();
        assert!(server.has_hung_up(), "all is read");
    }

    /// As Python's ftplib does: the last byte is the urgent one.
    #[tokio::test]
    async fn a_read_goes_on_behind_urgent_data() {
        let (mut client, mut server) = pair().await;
        for _ in 0..3 {
            client.writable().await.unwrap();
            SockRef::from(&client)
                .send_out_of_band(b"ABOR\r\n")
                .unwrap();
            client.write_all(b"NOOP\r\n").await.unwrap();
            let mut got = [0; 12];
            server.read_exact(&mut got).await.unwrap();
            assert_eq!(&got, b"ABOR\r\nNOOP\r\n");
        }
    }
}
