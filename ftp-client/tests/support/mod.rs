//! A server that follows a script to the byte, and the other end of a real client.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "compiled into each test file, and none uses all of it"
)]

use core::future::Future;
use core::net::SocketAddr;
use core::time::Duration;

use ftp_client::{Client, ClientBuilder};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Longest run of a test; a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(10);

pub mod proxy;

/// The server's end of a control connection.
pub struct Server<S = TcpStream> {
    stream: S,
    held: Vec<u8>,
}

/// A connected client and the server that greeted it.
pub async fn pair() -> (Client, Server) {
    pair_with(&Client::builder()).await
}

pub async fn pair_with(builder: &ClientBuilder) -> (Client, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accept = async {
        let mut server = Server::accept(&listener).await;
        server.say("220 ready").await;
        server
    };
    let (client, server) = both(builder.connect(address), accept).await;
    (client.unwrap(), server)
}

/// Runs both sides of a conversation to their ends.
pub async fn both<A, B>(
    client: impl Future<Output = A>,
    server: impl Future<Output = B>,
) -> (A, B) {
    timeout(PATIENCE, async { tokio::join!(client, server) })
        .await
        .expect("the conversation hangs")
}

/// Runs one side alone.
pub async fn alone<A>(future: impl Future<Output = A>) -> A {
    timeout(PATIENCE, future).await.expect("it hangs")
}

impl Server {
    pub async fn accept(listener: &TcpListener) -> Self {
        Self::over(listener.accept().await.unwrap().0)
    }

    pub fn peer(&self) -> SocketAddr {
        self.stream.peer_addr().unwrap()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Server<S> {
    pub const fn over(stream: S) -> Self {
        Self {
            stream,
            held: Vec::new(),
        }
    }

    /// The next line without its CR LF; `None` at the end of the connection.
    pub async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.held.windows(2).position(|it| it == b"\r\n") {
                let line = self.held.drain(..end + 2).take(end).collect();
                return Some(String::from_utf8(line).unwrap());
            }
            let mut bytes = [0; 1024];
            match self.stream.read(&mut bytes).await {
                Ok(count) if count > 0 => self.held.extend_from_slice(&bytes[..count]),
                _ => return None,
            }
        }
    }

    /// The next line must be this one.
    pub async fn expect(&mut self, line: &str) {
        assert_eq!(self.line().await.as_deref(), Some(line));
    }

    pub async fn say(&mut self, line: &str) {
        self.stream
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
    }

    /// One command and its answer.
    pub async fn answer(&mut self, command: &str, reply: &str) {
        self.expect(command).await;
        self.say(reply).await;
    }

    /// Answers EPSV with a port that listens.
    pub async fn epsv(&mut self) -> TcpListener {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        self.answer("EPSV", &format!("229 ok (|||{port}|)")).await;
        listener
    }

    /// TYPE, EPSV and the transfer command, up to its 150.
    pub async fn begin(&mut self, kind: &str, command: &str) -> TcpStream {
        self.answer(&format!("TYPE {kind}"), "200 ok").await;
        self.begin_again(command).await
    }

    /// EPSV and the transfer command, up to its 150.
    pub async fn begin_again(&mut self, command: &str) -> TcpStream {
        let listener = self.epsv().await;
        self.answer(command, "150 here it comes").await;
        listener.accept().await.unwrap().0
    }

    /// A whole download, with SIZE as the client asks for it.
    pub async fn send_file(&mut self, path: &str, bytes: &[u8]) {
        self.answer("TYPE I", "200 ok").await;
        self.answer(&format!("SIZE {path}"), &format!("213 {}", bytes.len()))
            .await;
        let mut data = self.begin_again(&format!("RETR {path}")).await;
        data.write_all(bytes).await.unwrap();
        drop(data);
        self.say("226 done").await;
    }

    /// Nothing more may come.
    pub async fn expect_end(&mut self) {
        assert_eq!(self.line().await, None);
    }
}

/// Everything that comes, up to the end or the break of the connection.
pub async fn read_all(mut data: TcpStream) -> (Vec<u8>, std::io::Result<()>) {
    let mut bytes = Vec::new();
    let result = data.read_to_end(&mut bytes).await;
    (bytes, result.map(drop))
}
