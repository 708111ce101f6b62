//! A whole session without a network: control and data connections are pipes in memory.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ftp_proto::addr::PeerRule;
use ftp_server::data::{
    Accepted, Claim, DataStream, Disabled, PassivePorts, PassiveStrategy, Reservation,
};
use ftp_server::storage::MemoryStorage;
use ftp_server::{Server, SessionInfo};
use futures::future::BoxFuture;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
    DuplexStream, Lines, ReadBuf, ReadHalf, WriteHalf, duplex, split,
};
use tokio::sync::mpsc;

use crate::client::soon;
use crate::site::Alice;

/// A strategy that takes its data connections from a function.
struct Pipes<F>(F);

impl<F: Fn() -> DataStream + Send + Sync + 'static> PassiveStrategy for Pipes<F> {
    fn session(self: Arc<Self>, _: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports(self))
    }
}

struct Ports<F>(Arc<Pipes<F>>);

impl<F: Fn() -> DataStream + Send + Sync> PassivePorts for Ports<F> {
    fn reserve(&mut self, _: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        let pipe = Pipe((self.0.0)());
        Box::pin(ready(Ok(Box::new(pipe) as Box<dyn Reservation>)))
    }
}

struct Pipe(DataStream);

impl Reservation for Pipe {
    fn bound(&self) -> SocketAddr {
        "192.0.2.2:1".parse().unwrap()
    }

    fn accept(self: Box<Self>, _: PeerRule) -> BoxFuture<'static, io::Result<Accepted>> {
        Box::pin(ready(Ok(Accepted::new(self.0, None))))
    }
}

/// The client's end of a control connection.
pub(crate) struct Control {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
}

impl Control {
    pub(crate) async fn ask(&mut self, line: &str) -> String {
        self.writer
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
        self.reply().await
    }

    /// The code of the next reply.
    pub(crate) async fn reply(&mut self) -> String {
        let line = self.lines.next_line().await.unwrap().unwrap();
        line.get(..3).unwrap().to_owned()
    }

    /// Waits for the end of the connection.
    pub(crate) async fn end(&mut self) {
        assert_eq!(self.lines.next_line().await.unwrap(), None);
    }
}

/// A session, on files in memory, whose data connections come from a function.
pub(crate) async fn session(pipes: impl Fn() -> DataStream + Send + Sync + 'static) -> Control {
    let server = Server::builder()
        .storage(Arc::new(MemoryStorage::with_limit(1 << 30)))
        .authenticator(Alice)
        .passive(Pipes(pipes))
        .active(Disabled)
        .build()
        .unwrap();
    let (near, control) = duplex(64);
    let peer = "192.0.2.1:40000".parse().unwrap();
    let local = "192.0.2.2:21".parse().unwrap();
    tokio::spawn(async move { server.serve_stream(control, peer, local).await });
    let (reader, writer) = split(near);
    let lines = BufReader::new(reader).lines();
    let mut control = Control { lines, writer };
    assert_eq!(control.reply().await, "220");
    control
}

/// A session of alice.
pub(crate) async fn logged_in(pipes: impl Fn() -> DataStream + Send + Sync + 'static) -> Control {
    let mut control = session(pipes).await;
    for (line, code) in [
        ("USER alice", "331"),
        ("PASS secret", "230"),
        ("TYPE I", "200"),
    ] {
        assert_eq!(control.ask(line).await, code, "{line}");
    }
    control
}

/// Data connections that hold so little that both sides have to wait; their other ends.
pub(crate) fn narrow() -> (
    impl Fn() -> DataStream,
    mpsc::UnboundedReceiver<DuplexStream>,
) {
    let (pipes, far) = mpsc::unbounded_channel();
    let pipe = move || {
        let (near, far) = duplex(100);
        pipes.send(far).unwrap();
        DataStream::Boxed(Box::new(near))
    };
    (pipe, far)
}

#[tokio::test]
async fn a_session_needs_no_network() {
    let (pipes, mut far) = narrow();
    let mut control = logged_in(pipes).await;
    let content = vec![b'x'; 1_000_000];
    assert_eq!(control.ask("EPSV").await, "229");
    assert!(control.ask("STOR file").await.starts_with("1"));
    let mut data = far.recv().await.unwrap();
    soon("upload", data.write_all(&content)).await.unwrap();
    drop(data);
    assert_eq!(control.reply().await, "226");

    assert_eq!(control.ask("EPSV").await, "229");
    assert!(control.ask("RETR file").await.starts_with("1"));
    let mut data = far.recv().await.unwrap();
    let mut got = Vec::new();
    soon("download", data.read_to_end(&mut got)).await.unwrap();
    assert_eq!(control.reply().await, "226");
    assert!(got == content, "{} bytes", got.len());
}

/// Has always more to read, and never makes anybody wait.
struct Endless;

impl AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = buffer.remaining();
        buffer.initialize_unfilled_to(count).fill(b'x');
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Endless {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_transfer_that_never_waits_can_be_aborted() {
    let mut control = logged_in(|| DataStream::Boxed(Box::new(Endless))).await;
    assert_eq!(control.ask("EPSV").await, "229");
    assert!(control.ask("STOR file").await.starts_with("1"));
    assert_eq!(control.ask("ABOR").await, "426");
    assert_eq!(control.reply().await, "226");
    assert_eq!(control.ask("NOOP").await, "200");
}
