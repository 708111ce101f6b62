//! A server on a directory of its own, on a port of the system's choice.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use ftp_server::auth::{Attempt, AuthError, Authenticator, Login, Rights};
use ftp_server::{Server, ServerBuilder};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs; it dies with this value.
pub(crate) struct Site {
    root: TempDir,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) serving: JoinHandle<()>,
}

/// One account: alice, with all rights.
pub(crate) struct Alice;

#[async_trait]
impl Authenticator for Alice {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        match (
            attempt.user.as_bytes(),
            attempt.password.expose().as_bytes(),
        ) {
            (b"alice", b"secret") => Ok(Login::new("alice", Rights::READ_WRITE)),
            _ => Err(AuthError::Denied),
        }
    }
}

impl Site {
    /// A server with the usual settings.
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// A server with some settings changed.
    pub(crate) async fn with(change: impl FnOnce(ServerBuilder) -> ServerBuilder) -> Self {
        Self::at("127.0.0.1:0", change).await
    }

    /// A server at an address.
    pub(crate) async fn at(
        address: &str,
        change: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let root = tempfile::tempdir().unwrap();
        let builder = Server::builder()
            .local(root.path())
            .authenticator(Alice)
            .configure(|config| config.login_delay = Duration::ZERO);
        let server = change(builder).build().unwrap();
        let listening = server.bind(address).await.unwrap();
        let address = listening.local_addr();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(listening.serve_with_shutdown(shutdown));
        Self {
            root,
            address,
            stop: Some(stop),
            serving,
        }
    }

    /// Asks for an orderly end.
    pub(crate) fn shut_down(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Makes a large file that takes no space.
    pub(crate) fn sparse(&self, name: &str, size: u64) {
        let file = std::fs::File::create(self.path(name)).unwrap();
        file.set_len(size).unwrap();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
