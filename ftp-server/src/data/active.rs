//! Active data connections: the server connects to where `PORT` or `EPRT` said.

use core::net::SocketAddr;
use std::io;

use futures::future::BoxFuture;
use tokio::net::TcpSocket;

use super::{ActiveStrategy, DataStream};
use crate::session::SessionInfo;

/// Connects from the address of the control connection and any port.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dial;

/// Connects from the address of the control connection and this port, 20 by tradition
/// ([RFC 959 §8]). Connections of all sessions share it. Ports below 1024 need a privilege; without
/// it clients are told 425, and the trace says why.
///
/// [RFC 959 §8]: https://www.rfc-editor.org/rfc/rfc959#section-8
#[derive(Clone, Copy, Debug)]
pub struct FromPort(pub u16);

impl ActiveStrategy for Dial {
    fn connect(
        &self,
        to: SocketAddr,
        session: &SessionInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>> {
        connect(session.local, 0, to)
    }
}

impl ActiveStrategy for FromPort {
    fn connect(
        &self,
        to: SocketAddr,
        session: &SessionInfo,
    ) -> BoxFuture<'static, io::Result<DataStream>> {
        connect(session.local, self.0, to)
    }
}

fn connect(
    mut local: SocketAddr,
    port: u16,
    to: SocketAddr,
) -> BoxFuture<'static, io::Result<DataStream>> {
    Box::pin(async move {
        let socket = if to.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        if port != 0 {
            // Connections of several sessions share the port.
            socket.set_reuseaddr(true)?;
        }
        // From the address that the client knows, or its firewall turns the connection away.
        if local.is_ipv4() == to.is_ipv4() {
            local.set_port(port);
            socket.bind(local).inspect_err(
                |error| tracing::warn!(%local, %error, "can't bind the source port"),
            )?;
        }
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(stream.into())
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn source_of(strategy: &dyn ActiveStrategy, local: &str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        let session = SessionInfo::new(1, to, local.parse().unwrap());
        let (stream, accepted) = tokio::join!(strategy.connect(to, &session), listener.accept());
        stream.unwrap();
        accepted.unwrap().1
    }

    #[tokio::test]
    async fn it_comes_from_the_address_of_the_control_connection() {
        let from = source_of(&Dial, "127.0.0.3:21").await;
        assert_eq!(from.ip().to_string(), "127.0.0.3");
    }

    #[tokio::test]
    async fn a_fixed_source_port_is_shared_by_connections() {
        let free = TcpListener::bind("127.0.0.4:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        for _ in 0..2 {
            let from = source_of(&FromPort(port), "127.0.0.4:21").await;
            assert_eq!(from.port(), port);
        }
    }
}
