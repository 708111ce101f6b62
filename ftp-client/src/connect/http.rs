//! Through an HTTP proxy, by CONNECT ([RFC 9110 §9.3.6]).
//!
//! Most such proxies allow few ports, and none can listen: passive mode only.
//!
//! [RFC 9110 §9.3.6]: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6

use core::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ftp_io::DataStream;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{Connection, Connector, Direct, Endpoint};

/// The longest head of an answer, in bytes; the figure that most HTTP programs have.
const LONGEST_HEAD: usize = 8 * 1024;

/// Through an HTTP proxy, by CONNECT. The proxy looks names up itself.
#[derive(Clone)]
pub struct HttpConnect {
    proxy: Endpoint,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
}

impl HttpConnect {
    /// A proxy that asks for no login.
    pub const fn new(proxy: Endpoint) -> Self {
        Self {
            proxy,
            authorization: None,
        }
    }

    /// With a user, who must not hold a colon, and a password, by the Basic scheme: the proxy
    /// learns both in the clear (RFC 7617).
    #[must_use]
    pub fn with_login(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        let login = format!("{}:{}", user.as_ref(), password.as_ref());
        Self {
            authorization: Some(format!("Basic {}", STANDARD.encode(login))),
            ..self
        }
    }
}

impl Connector for HttpConnect {
    fn connect(&self, to: Endpoint) -> BoxFuture<'static, io::Result<Connection>> {
        let this = self.clone();
        Box::pin(async move {
            let mut stream = Direct::new().reach(this.proxy).await?;
            tunnel(&mut stream, &to, this.authorization.as_deref()).await?;
            Ok(Connection::trusted(DataStream::Tcp(stream)))
        })
    }
}

/// Without the password.
impl fmt::Debug for HttpConnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConnect")
            .field("proxy", &format_args!("{}", self.proxy))
            .finish_non_exhaustive()
    }
}

/// Asks for a tunnel; the stream then is one.
async fn tunnel(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    to: &Endpoint,
    authorization: Option<&str>,
) -> io::Result<()> {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(authorization) = authorization {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let head = read_head(stream).await?;
    match status(&head) {
        Some((200..300, _)) => Ok(()),
        Some((code, reason)) => {
            let kind = match code {
                403 | 407 => io::ErrorKind::PermissionDenied,
                502..=504 => io::ErrorKind::HostUnreachable,
                _ => io::ErrorKind::Other,
            };
            Err(io::Error::new(kind, format!("HTTP proxy: {code} {reason}")))
        }
        None => Err(broken("HTTP proxy: that is no HTTP")),
    }
}

/// Reads up to the empty line and not a byte more: a server speaks first, and what it says may
/// come right behind.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() == LONGEST_HEAD {
            return Err(broken("HTTP proxy: the answer is too long"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// The status code, and the reason with nothing in it that plays tricks on a terminal.
fn status(head: &[u8]) -> Option<(u16, String)> {
    let line = head.split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let (_, rest) = line.strip_prefix("HTTP/1.")?.split_once(' ')?;
    let rest = rest.trim();
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let code = code.parse().ok().filter(|_| code.len() == 3)?;
    Some((code, reason.replace(|c: char| c.is_control(), "?")))
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_answer_decides() {
        let endless = "x".repeat(LONGEST_HEAD + 1);
        for (answer, result) in [
            ("HTTP/1.1 200 OK\r\n\r\n", "ok"),
            (
                "HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n",
                "ok",
            ),
            ("HTTP/1.1 204\r\n\r\n", "ok"),
            ("HTTP/1.1 200 OK\n\n", "ok"),
            (
                "HTTP/1.1 407 Who are\x1b you?\r\nA: b\r\n\r\n",
                "HTTP proxy: 407 Who are? you?",
            ),
            ("HTTP/1.1 503 No\r\n\r\n", "HTTP proxy: 503 No"),
            ("HTTP/2 200\r\n\r\n", "HTTP proxy: that is no HTTP"),
            ("HTTP/1.1 20 OK\r\n\r\n", "HTTP proxy: that is no HTTP"),
            ("220 Hello\r\n\r\n", "HTTP proxy: that is no HTTP"),
            (&endless, "HTTP proxy: the answer is too long"),
            ("HTTP/1.1 200 OK\r\n", "unexpected end of file"),
        ] {
            let (mut near, mut far) = tokio::io::duplex(64 * 1024);
            far.write_all(answer.as_bytes()).await.unwrap();
            far.shutdown().await.unwrap();
            let to = "ftp.example.org:21".parse().unwrap();
            let got = match tunnel(&mut near, &to, None).await {
                Ok(()) => "ok".to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(got, result, "{}", answer.escape_debug());
        }
    }

    #[tokio::test]
    async fn what_the_server_says_first_is_left_to_the_client() {
        let (mut near, mut far) = tokio::io::duplex(1024);
        far.write_all(b"HTTP/1.1 200 OK\r\n\r\n220 Hello\r\n")
            .await
            .unwrap();
        let proxy = HttpConnect::new("proxy:1".parse().unwrap()).with_login("bob", "s:\r\n");
        let to = "[2001:db8::1]:21".parse().unwrap();
        tunnel(&mut near, &to, proxy.authorization.as_deref())
            .await
            .unwrap();
        let mut rest = [0; 11];
        near.read_exact(&mut rest).await.unwrap();
        assert_eq!(&rest, b"220 Hello\r\n");
        drop(near);
        let mut asked = String::new();
        far.read_to_string(&mut asked).await.unwrap();
        assert_eq!(
            asked,
            "CONNECT [2001:db8::1]:21 HTTP/1.1\r\nHost: [2001:db8::1]:21\r\n\
             Proxy-Authorization: Basic Ym9iOnM6DQo=\r\n\r\n"
        );
        assert!(!format!("{proxy:?}").contains("Ym9i"));
    }
}
