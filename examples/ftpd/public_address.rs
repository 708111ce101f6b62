//! The address that clients are told: given, the one of a host name, or asked for by HTTP.

use core::net::IpAddr;
use core::str::FromStr;
use std::io;

use ftp_server::ServerBuilder;
use ftp_server::data::{LookedUp, PublicAddress};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What `--public-address` can be.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) enum Public {
    /// An address that stays.
    Address(IpAddr),
    /// A host name.
    Host(String),
    /// Where to ask for the address.
    Url(HttpUrl),
}

/// An `http://` URL, in the parts that a request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpUrl {
    /// The host, with the port if there is one.
    authority: String,
    path: String,
}

impl Public {
    /// Has the clients of a server be told this address.
    pub(crate) fn advertise(&self, builder: ServerBuilder) -> ServerBuilder {
        match self.clone() {
            Self::Address(address) => builder.advertise(PublicAddress(address)),
            Self::Host(name) => builder.advertise(LookedUp::host(name)),
            Self::Url(url) => builder.advertise(LookedUp::by(move || ask(url.clone()))),
        }
    }
}

impl FromStr for Public {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        if let Some(rest) = text.strip_prefix("http://") {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            if authority.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err("expected http://HOST[:PORT]/PATH");
            }
            return Ok(Self::Url(HttpUrl {
                authority: authority.into(),
                path: format!("/{path}"),
            }));
        }
        let in_names = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if text.is_empty() || !text.bytes().all(in_names) {
            return Err("expected an IP address, a host name, or an http:// URL");
        }
        Ok(Self::Host(text.into()))
    }
}

impl TryFrom<String> for Public {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Asks a web server, which answers with the address as text.
///
/// The request is one of HTTP/1.0, so that the answer is plain and ends with the connection.
async fn ask(url: HttpUrl) -> io::Result<Vec<IpAddr>> {
    let HttpUrl { authority, path } = url;
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let to = if has_port {
        authority.clone()
    } else {
        format!("{authority}:80")
    };
    let mut stream = TcpStream::connect(to).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {authority}\r\nUser-Agent: ftpd\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer).await?;
    address_in(&answer).map(|address| vec![address])
}

/// More than any answer with an address in it needs.
const MAX_ANSWER: u64 = 16 * 1024;

fn address_in(answer: &str) -> io::Result<IpAddr> {
    let bad = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let status = answer.split_whitespace().nth(1);
    if !answer.starts_with("HTTP/1.") || status != Some("200") {
        return Err(bad("the web server didn't answer 200"));
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    body.trim()
        .parse()
        .map_err(|_| bad("the web server didn't answer with an IP address"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn addresses_names_and_urls_are_told_apart() {
        let url = |authority: &str, path: &str| {
            Ok(Public::Url(HttpUrl {
                authority: authority.into(),
                path: path.into(),
            }))
        };
        for (text, expected) in [
            (
                "203.0.113.5",
                Ok(Public::Address("203.0.113.5".parse().unwrap())),
            ),
            (
                "2001:db8::5",
                Ok(Public::Address("2001:db8::5".parse().unwrap())),
            ),
            (
                "ftp.example.org",
                Ok(Public::Host("ftp.example.org".into())),
            ),
            ("http://ip.example.org", url("ip.example.org", "/")),
            ("http://[::1]:8080/me?a=b", url("[::1]:8080", "/me?a=b")),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
        for bad in [
            "",
            "a b",
            "https://ip.example.org",
            "http://",
            "http:///x",
            "http://a/b c",
            "http://a/\r\nX: y",
            "203.0.113.5:21",
        ] {
            assert!(bad.parse::<Public>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_a_200_with_an_address_is_an_answer() {
        for (answer, address) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n203.0.113.5\n", true),
            ("HTTP/1.0 200 OK\r\n\r\n2001:db8::5", true),
            ("HTTP/1.1 500 No\r\n\r\n203.0.113.5", false),
            ("HTTP/1.1 200 OK\r\n\r\n<html>203.0.113.5</html>", false),
            ("HTTP/1.1 200 OK\r\n203.0.113.5\r\n", false),
            ("203.0.113.5", false),
            ("", false),
        ] {
            assert_eq!(address_in(answer).is_ok(), address, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn a_web_server_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ip", listener.local_addr().unwrap());
        let Ok(Public::Url(url)) = url.parse() else {
            panic!("{url}");
        };
        let answer = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            stream
                .write_all(b"HTTP/1.0 200 OK\r\n\r\n203.0.113.5\r\n")
                .await
                .unwrap();
            request
        };
        let (told, request) = tokio::join!(ask(url), answer);
        assert_eq!(told.unwrap(), ["203.0.113.5".parse::<IpAddr>().unwrap()]);
        assert!(request.starts_with(b"GET /ip HTTP/1.0\r\nHost: 127.0.0.1:"));
    }
}
