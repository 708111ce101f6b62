//! The commands that have one reply, one method each: directories, files, the session.

mod directories;
mod files;
mod session;

use ftp_proto::{Command, Reply};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Phase};

impl Client {
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

/// The error of a reply that says yes and nothing more.
fn unreadable(reply: Reply, command: Command) -> Error {
    Error::new(ErrorKind::BadReply, Phase::Command)
        .with_reply(Some(reply))
        .with_command(command)
}
