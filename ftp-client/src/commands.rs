//! The commands that have one reply, one method each, in the order of RFC 959 and its additions.

use ftp_proto::command::TypeCode;
use ftp_proto::listing::{Entry, parse_facts};
use ftp_proto::reply::FeatureSet;
use ftp_proto::{Argument, Command, PathName, Reply, Timestamp, ToPathName};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Phase};

/// Directories.
impl Client {
    /// The working directory (`PWD`).
    ///
    /// # Errors
    ///
    /// [`BadReply`](ErrorKind::BadReply) if there is no path in the server's answer;
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
    /// [`BadReply`](ErrorKind::BadReply) if the answer holds no number;
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
    /// [`BadReply`](ErrorKind::BadReply) if the answer holds no time;
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
    /// [`BadReply`](ErrorKind::BadReply) if the answer can't be read;
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

/// The session and the server.
impl Client {
    /// Logs out (`REIN`); [`login`](Self::login) starts over. Many servers don't know it.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn reinitialize(&mut self) -> Result<Reply, Error> {
        self.features = None;
        self.complete(Command::Rein).await
    }

    /// Sets the representation (`TYPE`). Transfers do that themselves.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn set_type(&mut self, code: TypeCode) -> Result<(), Error> {
        self.complete(Command::Type(code)).await?;
        Ok(())
    }

    /// Announces how many bytes the next upload needs (`ALLO`). Hardly any server needs it.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn allocate(&mut self, size: u64) -> Result<Reply, Error> {
        self.complete(Command::Allo { size, record: None }).await
    }

    /// Uses a service that only this server has (`SITE`), such as `CHMOD 644 a.txt`.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn site(&mut self, argument: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let argument = Argument::new(argument.as_ref())?;
        self.complete(Command::Site(argument)).await
    }

    /// The server's operating system (`SYST`), such as `UNIX Type: L8`.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn system(&mut self) -> Result<String, Error> {
        let reply = self.complete(Command::Syst).await?;
        Ok(String::from_utf8_lossy(reply.text()).into_owned())
    }

    /// The state of the session (`STAT`). For a transfer that runs, ask the guard.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn status(&mut self) -> Result<Reply, Error> {
        self.complete(Command::Stat(None)).await
    }

    /// The facts of a file or directory on the control connection (`STAT` with a path), in
    /// whatever form the server has for it.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn status_of(&mut self, path: impl ToPathName) -> Result<Reply, Error> {
        let argument = path.to_path_name()?.into();
        self.complete(Command::Stat(Some(argument))).await
    }

    /// The server's help (`HELP`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn help(&mut self) -> Result<Reply, Error> {
        self.complete(Command::Help(None)).await
    }

    /// The server's help on one command (`HELP` with an argument).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn help_on(&mut self, topic: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let topic = Argument::new(topic.as_ref())?;
        self.complete(Command::Help(Some(topic))).await
    }

    /// Does nothing (`NOOP`), which keeps the connection alive.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.complete(Command::Noop).await?;
        Ok(())
    }

    /// Which extensions the server knows (`FEAT`). It is asked once per login; a server that
    /// doesn't know the command has none.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn features(&mut self) -> Result<&FeatureSet, Error> {
        let set = match self.features.take() {
            Some(set) => set,
            None => match self.complete(Command::Feat).await {
                Ok(reply) => reply.features(),
                Err(error) if error.is_not_implemented() => FeatureSet::default(),
                Err(error) => return Err(error),
            },
        };
        Ok(self.features.insert(set))
    }

    /// Sets an option of a command (`OPTS`), such as `UTF8 ON`.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn set_option(&mut self, argument: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let argument = Argument::new(argument.as_ref())?;
        self.complete(Command::Opts(argument)).await
    }

    /// Chooses the virtual host (`HOST`), before the login.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn host(&mut self, name: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let name = Argument::new(name.as_ref())?;
        self.complete(Command::Host(name)).await
    }

    /// Chooses the language of reply texts (`LANG`), such as `en`.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn language(&mut self, tag: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let tag = Argument::new(tag.as_ref())?;
        self.complete(Command::Lang(Some(tag))).await
    }

    /// Tells the server the name of this program (`CLNT`).
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn introduce(&mut self, name: impl AsRef<[u8]>) -> Result<Reply, Error> {
        let name = Argument::new(name.as_ref())?;
        self.complete(Command::Clnt(name)).await
    }

    /// Sends a command that is done with a 2yz reply.
    async fn complete(&mut self, command: Command) -> Result<Reply, Error> {
        let name = command.to_string();
        let reply = self.ask(command).await?;
        if reply.code().is_completion() {
            Ok(reply)
        } else {
            Err(Error::new(ErrorKind::BadReply, Phase::Command)
                .with_reply(Some(reply))
                .with_command(name))
        }
    }
}

/// The line of an MLST reply that holds the facts; it stands between two that hold words.
fn entry(reply: &Reply) -> Option<Entry> {
    let (_, rest) = reply.lines().split_first()?;
    rest.iter()
        .find_map(|line| parse_facts(line.strip_prefix(b" ").unwrap_or(line)))
}

fn unreadable(reply: Reply, command: Command) -> Error {
    Error::new(ErrorKind::BadReply, Phase::Command)
        .with_reply(Some(reply))
        .with_command(command)
}
