//! A client that says exactly what it is told to, and waits for nothing for ever.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

/// No step of a test takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits, but not for ever.
pub(crate) async fn soon<T>(what: &str, doing: impl Future<Output = T>) -> T {
    let Ok(done) = timeout(PATIENCE, doing).await else {
        panic!("{what}: nothing happens");
    };
    done
}

/// A control connection.
pub(crate) struct Client {
    control: BufReader<TcpStream>,
}

impl Client {
    /// Connects and reads the greeting.
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        let mut client = Self::connect_silently(server).await;
        let (code, text) = client.reply().await;
        assert_eq!(code, 220, "{text}");
        client
    }

    /// Connects and reads nothing.
    pub(crate) async fn connect_silently(server: SocketAddr) -> Self {
        let stream = soon("connect", TcpStream::connect(server)).await.unwrap();
        Self::on(stream)
    }

    pub(crate) fn on(stream: TcpStream) -> Self {
        Self {
            control: BufReader::new(stream),
        }
    }

    /// Connects and logs in, with binary type.
    pub(crate) async fn log_in(server: SocketAddr) -> Self {
        let mut client = Self::connect(server).await;
        client.give_credentials().await;
        client
    }

    /// As [`log_in`](Self::log_in), from an address of this machine's own.
    pub(crate) async fn log_in_from(host: &str, server: SocketAddr) -> Self {
        let mut client = Self::on(connect_from(host, server).await.unwrap());
        client.expect_reply(220).await;
        client.give_credentials().await;
        client
    }

    async fn give_credentials(&mut self) {
        self.expect("USER alice", 331).await;
        self.expect("PASS secret", 230).await;
        self.expect("TYPE I", 200).await;
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon("send", self.control.write_all(bytes.as_ref()))
            .await
            .unwrap();
    }

    /// Reads one reply: its code and all its lines.
    pub(crate) async fn reply(&mut self) -> (u16, String) {
        self.try_reply()
            .await
            .expect("the server closed the connection")
    }

    /// Reads one reply, or `None` at the end of the connection.
    pub(crate) async fn try_reply(&mut self) -> Option<(u16, String)> {
        let mut text = String::new();
        loop {
            let mut line = Vec::new();
            soon("reply", self.control.read_until(b'\n', &mut line))
                .await
                .ok()?;
            if line.is_empty() {
                return None;
            }
            assert!(line.ends_with(b"\r\n"), "{}", line.escape_ascii());
            text.push_str(&String::from_utf8_lossy(&line));
            let first = text.get(..3)?.to_owned();
            if line.starts_with(format!("{first} ").as_bytes()) {
                return Some((first.parse().unwrap(), text));
            }
        }
    }

    /// Sends a command and returns its reply.
    pub(crate) async fn ask(&mut self, command: &str) -> (u16, String) {
        self.send(format!("{command}\r\n")).await;
        self.reply().await
    }

    /// Sends a command that must be answered with this code.
    pub(crate) async fn expect(&mut self, command: &str, code: u16) -> String {
        let (got, text) = self.ask(command).await;
        assert_eq!(got, code, "{command}: {text}");
        text
    }

    /// Reads a reply that must have this code.
    pub(crate) async fn expect_reply(&mut self, code: u16) -> String {
        let (got, text) = self.reply().await;
        assert_eq!(got, code, "{text}");
        text
    }

    /// Sends a command that begins a transfer.
    pub(crate) async fn begin(&mut self, command: &str) {
        self.send(format!("{command}\r\n")).await;
        self.begun().await;
    }

    /// Reads the reply that begins a transfer: 125 if the data connection is there already.
    pub(crate) async fn begun(&mut self) {
        let (code, text) = self.reply().await;
        assert!(code == 150 || code == 125, "{text}");
    }

    /// The end of the connection must come next.
    pub(crate) async fn expect_end(&mut self) {
        let reply = self.try_reply().await;
        assert_eq!(reply, None);
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.control.get_ref().local_addr().unwrap()
    }

    pub(crate) fn server(&self) -> SocketAddr {
        self.control.get_ref().peer_addr().unwrap()
    }

    pub(crate) fn into_stream(self) -> TcpStream {
        self.control.into_inner()
    }

    /// Asks for a passive port.
    pub(crate) async fn pasv(&mut self) -> SocketAddr {
        let text = self.expect("PASV", 227).await;
        let inside = text.split(['(', ')']).nth(1).unwrap();
        let numbers: Vec<u16> = inside
            .split(',')
            .map(|part| part.parse().unwrap())
            .collect();
        let host = format!(
            "{}.{}.{}.{}",
            numbers[0], numbers[1], numbers[2], numbers[3]
        );
        SocketAddr::new(host.parse().unwrap(), numbers[4] * 256 + numbers[5])
    }

    /// Asks for a passive port by EPSV.
    pub(crate) async fn epsv(&mut self) -> SocketAddr {
        let text = self.expect("EPSV", 229).await;
        let port = text.split('|').nth(3).unwrap().parse().unwrap();
        SocketAddr::new(self.server().ip(), port)
    }

    /// Makes a passive data connection.
    pub(crate) async fn passive(&mut self) -> TcpStream {
        let address = self.epsv().await;
        soon("data connection", TcpStream::connect(address))
            .await
            .unwrap()
    }

    /// Listens, and has the server told by PORT or EPRT.
    pub(crate) async fn active(&mut self, verb: &str) -> TcpListener {
        let listener = TcpListener::bind((self.local().ip(), 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let command = match (verb, at) {
            ("PORT", SocketAddr::V4(at)) => {
                let [a, b, c, d] = at.ip().octets();
                format!(
                    "PORT {a},{b},{c},{d},{},{}",
                    at.port() / 256,
                    at.port() % 256
                )
            }
            (_, SocketAddr::V4(at)) => format!("EPRT |1|{}|{}|", at.ip(), at.port()),
            (_, SocketAddr::V6(at)) => format!("EPRT |2|{}|{}|", at.ip(), at.port()),
        };
        self.expect(&command, 200).await;
        listener
    }

    /// Downloads by a command such as `RETR` or `LIST`.
    pub(crate) async fn fetch(&mut self, command: &str) -> Vec<u8> {
        let mut data = self.passive().await;
        self.begin(command).await;
        let bytes = read_all(&mut data).await;
        drop(data);
        self.expect_reply(226).await;
        bytes
    }

    /// Uploads by a command such as `STOR`.
    pub(crate) async fn store(&mut self, command: &str, bytes: &[u8]) {
        let mut data = self.passive().await;
        self.begin(command).await;
        soon("upload", data.write_all(bytes)).await.unwrap();
        data.shutdown().await.unwrap();
        self.expect_reply(226).await;
    }
}

/// Reads a data connection to its end.
pub(crate) async fn read_all(data: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    soon("data", data.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

/// Connects from an address of this machine's own.
pub(crate) async fn connect_from(host: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(host.parse().unwrap(), 0))?;
    soon("connect", socket.connect(to)).await
}
