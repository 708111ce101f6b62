//! Directories.

use ftp_proto::{Command, PathName, ToPathName};

use super::unreadable;
use crate::client::Client;
use crate::error::Error;

/// Directories.
impl Client {
    /// The working directory (`PWD`).
    ///
    /// # Errors
    ///
    /// [`BadReply`](crate::ErrorKind::BadReply) if there is no path in the server's answer;
    /// otherwise as [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn working_directory(&mut self) -> Result<PathName, Error> {
        let reply = self.complete(Command::Pwd).await?;
        reply.path().ok_or_else(|| unreadable(reply, Command::Pwd))
    }

    /// Changes the working directory (`CWD`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn change_directory(&mut self, path: impl ToPathName) -> Result<(), Error> {
        self.complete(Command::Cwd(path.to_path_name()?)).await?;
        Ok(())
    }

    /// Changes to the parent of the working directory (`CDUP`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn change_to_parent(&mut self) -> Result<(), Error> {
        self.complete(Command::Cdup).await?;
        Ok(())
    }

    /// Makes a directory (`MKD`) and returns its path as the server tells it, or the path that was
    /// asked for if it doesn't.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn make_directory(&mut self, path: impl ToPathName) -> Result<PathName, Error> {
        let path = path.to_path_name()?;
        let reply = self.complete(Command::Mkd(path.clone())).await?;
        Ok(reply.path().unwrap_or(path))
    }

    /// Removes an empty directory (`RMD`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn remove_directory(&mut self, path: impl ToPathName) -> Result<(), Error> {
        self.complete(Command::Rmd(path.to_path_name()?)).await?;
        Ok(())
    }
}
