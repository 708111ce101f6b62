//! The working directory, and what lies in it: CWD, CDUP, PWD, MKD, RMD, DELE, RNFR, RNTO
//! ([RFC 959 §4.1.1 and §4.1.3]).
//!
//! [RFC 959 §4.1.1 and §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4

use alloc::vec::Vec;

use crate::path::{PathName, VirtualPath, quote};
use crate::reply::ReplyCode;
use crate::session::FailureKind;

use super::answer::Situation;
use super::ask::Pending;
use super::{Ask, ServerSession};

impl ServerSession {
    pub(super) fn change_directory(&mut self, name: &PathName) {
        if let Some(path) = self.resolve(name, Situation::Look) {
            self.enter(path);
        }
    }

    pub(super) fn change_to_parent(&mut self) {
        self.enter(self.settings.directory.parent());
    }

    fn enter(&mut self, directory: VirtualPath) {
        self.ask(
            Ask::ChangeDirectory(directory.clone()),
            Pending::Enter(directory),
        );
    }

    pub(super) fn entered(&mut self, directory: VirtualPath) {
        let text = quoted(&directory, " is the working directory.");
        self.settings.directory = directory;
        self.reply(ReplyCode::FILE_ACTION_OK, text);
    }

    pub(super) fn print_directory(&mut self) {
        let text = quoted(&self.settings.directory, " is the working directory.");
        self.reply(ReplyCode::PATH_CREATED, text);
    }

    pub(super) fn make_directory(&mut self, name: &PathName) {
        if let Some(path) = self.resolve(name, Situation::Change) {
            self.ask(Ask::MakeDirectory(path.clone()), Pending::Make(path));
        }
    }

    pub(super) fn made(&mut self, directory: &VirtualPath) {
        self.reply(ReplyCode::PATH_CREATED, quoted(directory, " created."));
    }

    pub(super) fn remove_directory(&mut self, name: &PathName) {
        if let Some(path) = self.resolve(name, Situation::Change) {
            let done = Pending::Change("Directory removed.");
            self.ask(Ask::RemoveDirectory(path), done);
        }
    }

    pub(super) fn remove_file(&mut self, name: &PathName) {
        if let Some(path) = self.resolve(name, Situation::Change) {
            self.ask(Ask::RemoveFile(path), Pending::Change("File removed."));
        }
    }

    pub(super) fn rename_from(&mut self, name: &PathName) {
        if let Some(path) = self.resolve(name, Situation::Look) {
            self.ask(Ask::Inspect(path.clone()), Pending::RenameFrom(path));
        }
    }

    pub(super) fn rename_ready(&mut self, path: VirtualPath) {
        self.settings.rename_from = Some(path);
        self.reply(ReplyCode::PENDING, "Send the new name with RNTO.");
    }

    pub(super) fn rename_to(&mut self, from: VirtualPath, name: &PathName) {
        if let Some(to) = self.resolve(name, Situation::Change) {
            self.ask(Ask::Rename { from, to }, Pending::Change("Renamed."));
        }
    }

    /// Where a name leads from the working directory; refuses what is too long.
    pub(super) fn resolve(&mut self, name: &PathName, situation: Situation) -> Option<VirtualPath> {
        let path = self.settings.directory.join(name);
        if path.as_bytes().len() <= self.config.max_path {
            return Some(path);
        }
        self.fail(FailureKind::BadName, situation);
        None
    }
}

fn quoted(path: &VirtualPath, text: &str) -> Vec<u8> {
    let mut line = quote(path.as_bytes());
    line.extend_from_slice(text.as_bytes());
    line
}
