//! Files: names, sizes, times, facts.

use ftp_proto::command::TypeCode;
use ftp_proto::listing::{Entry, parse_facts};
use ftp_proto::{Command, Reply, Timestamp, ToPathName};

use super::unreadable;
use crate::client::Client;
use crate::error::{Error, Phase};

/// Files.
impl Client {
    /// Removes a file (`DELE`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn remove_file(&mut self, path: impl ToPathName) -> Result<(), Error> {
        self.complete(Command::Dele(path.to_path_name()?)).await?;
        Ok(())
    }

    /// Renames or moves a file or directory (`RNFR`, `RNTO`).
    ///
    /// If the future is dropped, the file has the old name or the new one.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn rename(
        &mut self,
        from: impl ToPathName,
        to: impl ToPathName,
    ) -> Result<(), Error> {
        let (from, to) = (from.to_path_name()?, to.to_path_name()?);
        let name = Command::Rnfr(from.clone()).to_string();
        self.control().ready().await?;
        let ticket = self
            .control()
            .request(|session, now| session.rename(from, to, now))?;
        self.reply(ticket, Phase::Command)
            .await
            .map_err(|error| error.with_command(name))?;
        Ok(())
    }

    /// The size of a file in bytes (`SIZE`), as a binary transfer would have it.
    ///
    /// # Errors
    ///
    /// [`BadReply`](crate::ErrorKind::BadReply) if the answer holds no number;
    /// otherwise as [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn size(&mut self, path: impl ToPathName) -> Result<u64, Error> {
        let path = path.to_path_name()?;
        if self.control().session().type_code() != Some(TypeCode::Image) {
            self.set_type(TypeCode::Image).await?;
        }
        let reply = self.complete(Command::Size(path.clone())).await?;
        reply
            .size()
            .ok_or_else(|| unreadable(reply, Command::Size(path)))
    }

    /// When a file was last modified, in UTC (`MDTM`).
    ///
    /// # Errors
    ///
    /// [`BadReply`](crate::ErrorKind::BadReply) if the answer holds no time;
    /// otherwise as [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn modified(&mut self, path: impl ToPathName) -> Result<Timestamp, Error> {
        let path = path.to_path_name()?;
        let reply = self.complete(Command::Mdtm(path.clone())).await?;
        reply
            .modified()
            .ok_or_else(|| unreadable(reply, Command::Mdtm(path)))
    }

    /// Sets when a file was last modified (`MFMT`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn set_modified(
        &mut self,
        path: impl ToPathName,
        time: Timestamp,
    ) -> Result<(), Error> {
        let path = path.to_path_name()?;
        self.complete(Command::Mfmt { time, path }).await?;
        Ok(())
    }

    /// All that the server tells about one file or directory (`MLST`).
    ///
    /// # Errors
    ///
    /// [`BadReply`](crate::ErrorKind::BadReply) if the answer can't be read;
    /// [`is_not_implemented`](Error::is_not_implemented) on servers without MLST;
    /// otherwise as [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn facts(&mut self, path: impl ToPathName) -> Result<Entry, Error> {
        let path = path.to_path_name()?;
        let reply = self.complete(Command::Mlst(Some(path.clone()))).await?;
        entry(&reply).ok_or_else(|| unreadable(reply, Command::Mlst(Some(path))))
    }
}

/// The line of an MLST reply that holds the facts; it stands between two that hold words.
fn entry(reply: &Reply) -> Option<Entry> {
    let (_, rest) = reply.lines().split_first()?;
    rest.iter()
        .find_map(|line| parse_facts(line.strip_prefix(b" ").unwrap_or(line)))
}
