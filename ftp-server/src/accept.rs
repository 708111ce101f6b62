//! Accepting connections, whatever goes wrong with one of them.

use core::mem;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// How long to wait when the system is out of file descriptors or memory.
const BACK_OFF: Duration = Duration::from_millis(100);

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
