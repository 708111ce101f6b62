//! Listening, and accepting connections whatever goes wrong with one of them.

use core::mem;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;

/// Connections that may wait to be accepted where many clients may come at once; the system may
/// allow fewer.
///
/// If more come, the system drops the last step of a handshake, and the client waits for the
/// greeting of a server that doesn't know of it, until the step is repeated some seconds later.
pub(crate) const CROWD: u32 = 4096;

/// How long to wait when the system is out of file descriptors or memory.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Listens at an address; `backlog` connections may wait there.
pub(crate) fn listen(at: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Connections that linger must keep neither a restarted server nor a small range waiting.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(backlog)
}

/// Accepts the next connection, however long that takes.
///
/// What is wrong with one connection is no reason to stop. If the system is out of something, the
/// loop waits until others have given it back, instead of spinning; that is said once, not at each
/// try.
///
/// # Cancel safety
///
/// If dropped, no connection is lost.
pub(crate) async fn accept(
    listener: &TcpListener,
    exhausted: &mut bool,
) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                *exhausted = false;
                return accepted;
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                if !mem::replace(exhausted, true) {
                    tracing::warn!(%error, "can't accept");
                }
                sleep(BACK_OFF).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
