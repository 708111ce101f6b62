//! Proxies that do as they should: SOCKS5 with CONNECT and BIND, HTTP with CONNECT.

use core::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ftp_client::connect::Endpoint;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a proxy was asked for, in order.
pub type Asked = Arc<Mutex<Vec<String>>>;

/// Where a name leads, for the proxy alone.
pub const SECRET_NAME: &str = "ftp.behind.the.proxy";

/// A SOCKS5 proxy. With a login, it lets nobody else in. `who` is the peer that it tells of a
/// connection to its listener, instead of the true one.
pub async fn socks5(
    login: Option<(&'static str, &'static str)>,
    who: Option<&'static str>,
) -> (Endpoint, Asked) {
    serve(move |stream, asked| socks5_client(stream, asked, login, who)).await
}

/// An HTTP proxy that wants this authorization.
pub async fn http(authorization: Option<&'static str>) -> (Endpoint, Asked) {
    serve(move |stream, asked| http_client(stream, asked, authorization)).await
}

async fn serve<F: Future<Output = Option<()>> + Send + 'static>(
    client: impl Fn(TcpStream, Asked) -> F + Send + 'static,
) -> (Endpoint, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Endpoint::Address(listener.local_addr().unwrap());
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(client(stream, Arc::clone(&log)));
        }
    });
    (proxy, asked)
}

async fn socks5_client(
    mut near: TcpStream,
    asked: Asked,
    login: Option<(&str, &str)>,
    who: Option<&str>,
) -> Option<()> {
    assert_eq!(near.read_u8().await.ok()?, 5);
    let methods = bytes(&mut near).await?;
    let method = if login.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        near.write_all(&[5, 0xff]).await.ok()?;
        return None;
    }
    near.write_all(&[5, method]).await.ok()?;
    if let Some((user, password)) = login {
        near.read_u8().await.ok()?;
        let given = (bytes(&mut near).await?, bytes(&mut near).await?);
        let welcome = given == (user.into(), password.into());
        near.write_all(&[1, u8::from(!welcome)]).await.ok()?;
        welcome.then_some(())?;
    }
    let mut head = [0; 4];
    near.read_exact(&mut head).await.ok()?;
    let host = match head[3] {
        1 => SocketAddr::from((near.read_u32().await.ok()?.to_be_bytes(), 0))
            .ip()
            .to_string(),
        4 => SocketAddr::from((near.read_u128().await.ok()?.to_be_bytes(), 0))
            .ip()
            .to_string(),
        _ => String::from_utf8(bytes(&mut near).await?).unwrap(),
    };
    let port = near.read_u16().await.ok()?;
    let verb = if head[1] == 1 { "CONNECT" } else { "BIND" };
    asked.lock().unwrap().push(format!("{verb} {host}"));
    let mut far = if head[1] == 1 {
        let far = reach(&host, port).await;
        let code = if far.is_some() { 0 } else { 5 };
        // Some proxies tell nothing of their end.
        near.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .ok()?;
        far?
    } else {
        let listener = TcpListener::bind("127.0.0.1:0").await.ok()?;
        tell(&mut near, listener.local_addr().ok()?).await?;
        let (far, peer) = listener.accept().await.ok()?;
        tell(&mut near, who.map_or(peer, |who| who.parse().unwrap())).await?;
        far
    };
    tokio::io::copy_bidirectional(&mut near, &mut far)
        .await
        .ok()?;
    Some(())
}

async fn tell(near: &mut TcpStream, address: SocketAddr) -> Option<()> {
    let SocketAddr::V4(address) = address else {
        return None;
    };
    let mut reply = vec![5, 0, 0, 1];
    reply.extend(address.ip().octets());
    reply.extend(address.port().to_be_bytes());
    near.write_all(&reply).await.ok()
}

async fn bytes(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::from(stream.read_u8().await.ok()?)];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

async fn http_client(near: TcpStream, asked: Asked, authorization: Option<&str>) -> Option<()> {
    let mut near = BufReader::new(near);
    let mut target = String::new();
    let mut given = None;
    loop {
        let mut line = String::new();
        near.read_line(&mut line).await.ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("CONNECT ") {
            target = rest.split(' ').next()?.to_owned();
        }
        if let Some(value) = line.strip_prefix("Proxy-Authorization: ") {
            given = Some(value.to_owned());
        }
    }
    let (host, port) = target.rsplit_once(':')?;
    asked.lock().unwrap().push(format!("CONNECT {host}"));
    if given.as_deref() != authorization {
        near.write_all(b"HTTP/1.1 407 Who are you?\r\n\r\n")
            .await
            .ok()?;
        return None;
    }
    let Some(mut far) = reach(host, port.parse().ok()?).await else {
        near.write_all(b"HTTP/1.1 502 Nobody there\r\n\r\n")
            .await
            .ok()?;
        return None;
    };
    near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    tokio::io::copy_bidirectional(&mut near, &mut far)
        .await
        .ok()?;
    Some(())
}

async fn reach(host: &str, port: u16) -> Option<TcpStream> {
    let host = if host == SECRET_NAME {
        "127.0.0.1"
    } else {
        host
    };
    TcpStream::connect((host, port)).await.ok()
}
