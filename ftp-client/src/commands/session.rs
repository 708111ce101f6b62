//! The session and the server: settings, questions, services.

use ftp_proto::command::TypeCode;
use ftp_proto::reply::FeatureSet;
use ftp_proto::{Argument, Command, Reply, Secret, ToPathName};

use crate::client::Client;
use crate::error::Error;

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

    /// Names an account (`ACCT`), where the server asks for one after the login, as 532 does for
    /// uploads. At the login, [`login_as`](Self::login_as) does it.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn account(&mut self, account: impl AsRef<[u8]>) -> Result<Reply, Error> {
        // The offset of a bad byte says something about the secret.
        let account = Argument::new(account.as_ref())
            .map_err(|_| Error::bad_input("line end or NUL in the account"))?;
        self.complete(Command::Acct(Secret::new(account))).await
    }

    /// Mounts another file system (`SMNT`). Hardly any server knows it.
    ///
    /// # Errors
    ///
    /// As [`command`](Self::command).
    ///
    /// # Cancel safety
    ///
    /// Safe; see [`Client`].
    pub async fn mount(&mut self, path: impl ToPathName) -> Result<Reply, Error> {
        self.complete(Command::Smnt(path.to_path_name()?)).await
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
}
