//! From a command that the gate has let through to the conversation that serves it.

use crate::command::Command;
use crate::reply::ReplyCode;
use crate::time::Moment;

use super::ServerSession;
use super::lines::OneShot;

impl ServerSession {
    /// One line per command, in the order of [`Command`].
    pub(super) fn dispatch(&mut self, command: Command, once: OneShot, now: Moment) {
        match command {
            Command::User(name) => self.user(name, now),
            Command::Pass(password) => self.password(password),
            Command::Acct(_) => self.account(),
            Command::Cwd(name) => self.change_directory(&name),
            Command::Cdup => self.change_to_parent(),
            Command::Rein => self.reinitialize(now),
            Command::Quit => self.quit(now),

            Command::Port(address) => self.aim(address.into()),
            Command::Pasv => self.pasv(now),
            Command::Type(type_code) => self.set_type(type_code),
            Command::Stru(structure) => self.set_structure(structure),
            Command::Mode(mode) => self.set_mode(mode),

            Command::Retr(name) => self.retrieve(&name, once.restart),
            Command::Stor(name) => self.store(&name, once.restart),
            Command::Stou(name) => self.store_unique(name.as_ref(), once.restart),
            Command::Appe(name) => self.append(&name, once.restart),
            Command::Allo { size, .. } => self.allocate(size),
            Command::Rest(offset) => self.set_restart(offset),
            Command::Rnfr(name) => self.rename_from(&name),
            Command::Rnto(name) => {
                if let Some(from) = once.rename_from {
                    self.rename_to(from, &name);
                }
            }
            Command::Abor => self.nothing_to_abort(),
            Command::Dele(name) => self.remove_file(&name),
            Command::Rmd(name) => self.remove_directory(&name),
            Command::Mkd(name) => self.make_directory(&name),
            Command::Pwd => self.print_directory(),
            Command::List(argument) => self.list(argument.as_ref()),
            Command::Nlst(argument) => self.list_names(argument.as_ref()),
            Command::Site(argument) => self.site(argument),
            Command::Syst => self.system(),
            Command::Stat(argument) => self.status(argument.as_ref()),
            Command::Help(verb) => self.help(verb.as_ref()),
            Command::Noop => self.reply(ReplyCode::OK, "Done nothing."),

            Command::Feat => self.features(),
            Command::Opts(options) => self.set_option(&options),
            Command::Eprt(address) => self.aim(address),
            Command::Epsv(argument) => self.epsv(argument, now),

            Command::Mdtm(name) => self.modified(&name),
            Command::Size(name) => self.size(&name),
            Command::Mlst(name) => self.facts(name.as_ref()),
            Command::Mlsd(name) => self.list_facts(name.as_ref()),
            Command::Mfmt { time, path } => self.set_modified(time, path),
            Command::Clnt(_) => self.reply(ReplyCode::OK, "Noted."),

            // What the gate refuses, in every state.
            _ => self.reply(ReplyCode::NOT_IMPLEMENTED, "Command not implemented."),
        }
    }

    /// ABOR while nothing is transferred: what PASV or PORT has set up is closed.
    ///
    /// **Deviation:** RFC 959 §4.1.3 has 226 for this. That is also how a transfer ends, so that a
    /// client whose ABOR came too late couldn't tell the two apart; 225 can mean nothing else.
    fn nothing_to_abort(&mut self) {
        self.close_data();
        self.reply(ReplyCode::DATA_OPEN_IDLE, "No transfer to abort.");
    }
}
