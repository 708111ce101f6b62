//! What an authenticator answers.

use core::fmt;
use std::sync::Arc;

use ftp_proto::server::{Grant, Rights};
use ftp_proto::{Argument, VirtualPath};

use crate::storage::Storage;

/// A login that is good: who it is, what it sees and what it may do.
#[derive(Clone)]
#[non_exhaustive]
pub struct Login {
    /// The name of the account, for logs.
    pub name: String,
    /// The storage that the login sees; `None` for the server's own.
    pub storage: Option<Arc<dyn Storage>>,
    /// What the login may do.
    pub rights: Rights,
    /// The first working directory. Default the root.
    pub home: VirtualPath,
    /// Lines for the 230 reply. Default none.
    pub message: Vec<Argument>,
}

impl Login {
    /// A login that sees the server's storage, at home in its root.
    pub fn new(name: impl Into<String>, rights: Rights) -> Self {
        Self {
            name: name.into(),
            storage: None,
            rights,
            home: VirtualPath::root(),
            message: Vec::new(),
        }
    }

    /// The same with a storage of its own.
    #[must_use]
    pub fn with_storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// The same with another first working directory.
    #[must_use]
    pub fn with_home(mut self, home: VirtualPath) -> Self {
        self.home = home;
        self
    }

    /// The same with one more line for the 230 reply.
    #[must_use]
    pub fn with_message(mut self, line: Argument) -> Self {
        self.message.push(line);
        self
    }

    /// What the protocol needs to know of it.
    pub fn grant(&self) -> Grant {
        let mut grant = Grant::new(self.rights, self.home.clone());
        grant.message.clone_from(&self.message);
        grant
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("name", &self.name)
            .field("own_storage", &self.storage.is_some())
            .field("rights", &self.rights)
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}
