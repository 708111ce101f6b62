//! Questions to the application: one at a time, and what each answer leads to.

use alloc::format;
use alloc::string::String;

use crate::path::{Argument, PathName, VirtualPath};
use crate::reply::ReplyCode;
use crate::session::FailureKind;
use crate::time::Moment;
use crate::timestamp::Timestamp;

use super::answer::Situation;
use super::{Answer, Ask, AskId, Output, Phase, ServerSession};

/// What the answer to the open question is for.
#[derive(Debug)]
pub(super) enum Pending {
    /// PASS, for this user.
    Login(Argument),
    /// CWD and CDUP, to this directory.
    Enter(VirtualPath),
    /// MKD, of this directory.
    Make(VirtualPath),
    /// What is answered by 250 and this text once it is done.
    Change(&'static str),
    /// RNFR, of this file.
    RenameFrom(VirtualPath),
    /// SIZE
    Size,
    /// MDTM
    Modified,
    /// MFMT, and MDTM with a time, of the file of this name.
    SetModified(Timestamp, PathName),
    /// MLST, of this file.
    Facts(VirtualPath),
    /// STAT, of this file or directory.
    Status(VirtualPath),
    /// SITE, or a verb of the application.
    Custom,
}

impl ServerSession {
    /// Puts a question and holds all lines until its answer.
    pub(super) fn ask(&mut self, ask: Ask, pending: Pending) {
        let id = self.put(ask);
        self.phase = Phase::Asking { id, pending };
    }

    /// Puts a question; the caller remembers its name.
    pub(super) fn put(&mut self, ask: Ask) -> AskId {
        let id = AskId(self.next_ask);
        self.next_ask = self.next_ask.wrapping_add(1);
        self.output(Output::Ask { id, ask });
        id
    }

    /// Goes on with the answer to a question that isn't about a transfer.
    pub(super) fn answered(&mut self, pending: Pending, answer: Answer, now: Moment) {
        match (pending, answer) {
            (Pending::Login(user), answer) => self.logged_in(user, answer, now),
            (Pending::Enter(directory), Answer::Done) => self.entered(directory),
            (Pending::Make(directory), Answer::Done) => self.made(&directory),
            (Pending::Change(text), Answer::Done) => self.reply(ReplyCode::FILE_ACTION_OK, text),
            (Pending::RenameFrom(path), Answer::Entry(_)) => self.rename_ready(path),
            (Pending::Size, Answer::Entry(entry)) => self.told_size(&entry),
            (Pending::Modified, Answer::Entry(entry)) => self.told_modified(&entry),
            (Pending::SetModified(time, name), Answer::Done) => self.told_set(time, &name),
            (Pending::Facts(path), Answer::Entry(entry)) => self.told_facts(&path, entry),
            (Pending::Status(path), Answer::Entries(entries)) => self.told_status(&path, &entries),
            (Pending::Custom, Answer::Reply(reply)) if !reply.code().is_preliminary() => {
                self.reply_with(reply);
            }
            (pending, Answer::Failed(kind)) => self.fail(kind, pending.situation()),
            // An answer to another question than was asked: the application is at fault.
            (pending, _) => self.fail(FailureKind::Local, pending.situation()),
        }
    }

    /// Answers with a failure.
    pub(super) fn fail(&mut self, kind: FailureKind, situation: Situation) {
        self.reply(kind.code(situation), failure_text(kind));
    }
}

impl Pending {
    const fn situation(&self) -> Situation {
        match self {
            Self::Make(_) | Self::Change(_) | Self::SetModified(..) => Situation::Change,
            Self::Custom => Situation::Custom,
            _ => Situation::Look,
        }
    }
}

/// A failure as a sentence.
pub(super) fn failure_text(kind: FailureKind) -> String {
    let text = format!("{kind}.");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
