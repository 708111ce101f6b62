//! A whole session without a network: control and data connections are pipes in memory.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use ftp_proto::addr::PeerRule;
use ftp_server::data::{
    Accepted, Claim, DataStream, Disabled, PassivePorts, PassiveStrategy, Reservation,
};
use ftp_server::storage::MemoryStorage;
use ftp_server::{Server, SessionInfo};
use futures::future::BoxFuture;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::io::{DuplexStream, Lines, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::mpsc;

use crate::client::soon;
use crate::site::Alice;

/// Hands the other end of each data connection to the test.
struct Pipes(mpsc::UnboundedSender<DuplexStream>);

impl PassiveStrategy for Pipes {
    fn session(self: Arc<Self>, _: &SessionInfo) -> Box<dyn PassivePorts> {
        Box::new(Ports(self))
    }
}

struct Ports(Arc<Pipes>);

impl PassivePorts for Ports {
    fn reserve(&mut self, _: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        // Smaller than what is moved, so that both sides have to wait.
        let (near, far) = duplex(100);
        self.0.0.send(far).unwrap();
        Box::pin(ready(Ok(Box::new(Pipe(near)) as Box<dyn Reservation>)))
    }
}

struct Pipe(DuplexStream);

impl Reservation for Pipe {
    fn bound(&self) -> SocketAddr {
        "192.0.2.2:1".parse().unwrap()
    }

    fn accept(self: Box<Self>, _: PeerRule) -> BoxFuture<'static, io::Result<Accepted>> {
        let stream = DataStream::Boxed(Box::new(self.0));
        Box::pin(ready(Ok(Accepted::new(stream, None))))
    }
}

struct Control {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
}

impl Control {
    async fn ask(&mut self, line: &str) -> String {
        self.writer
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
        self.reply().await
    }

    async fn reply(&mut self) -> String {
        let line = soon("reply", self.lines.next_line())
            .await
            .unwrap()
            .unwrap();
        line.get(..3).unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_session_needs_no_network() {
    let (pipes, mut far) = mpsc::unbounded_channel();
    let server = Server::builder()
        .storage(Arc::new(MemoryStorage::new()))
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
    for (line, code) in [
        ("USER alice", "331"),
        ("PASS secret", "230"),
        ("TYPE I", "200"),
    ] {
        assert_eq!(control.ask(line).await, code, "{line}");
    }

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
