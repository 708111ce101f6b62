//! What is known of one file, on the control connection: SIZE, MDTM, MFMT, MLST
//! ([RFC 3659 §3, §4 and §7], draft-somers-ftp-mfxx).
//!
//! [RFC 3659 §3, §4 and §7]: https://www.rfc-editor.org/rfc/rfc3659#section-3

use alloc::format;
use alloc::vec::Vec;

use crate::command::Right;
use crate::listing::{Entry, EntryKind, ListedTime, write_facts};
use crate::path::{PathName, VirtualPath};
use crate::reply::{Reply, ReplyCode};
use crate::session::FailureKind;
use crate::timestamp::Timestamp;

use super::answer::Situation;
use super::ask::Pending;
use super::{Ask, ServerSession};

impl ServerSession {
    /// SIZE: the bytes that a transfer would send, which in TYPE A nobody knows without reading
    /// the file.
    pub(super) fn size(&mut self, name: &PathName) {
        if !self.settings.type_code.is_transparent() {
            self.reply(
                ReplyCode::FILE_UNAVAILABLE,
                "SIZE not allowed in ASCII mode; send TYPE I first.",
            );
        } else if let Some(path) = self.resolve(name, Situation::Look) {
            self.ask(Ask::Inspect(path), Pending::Size);
        }
    }

    pub(super) fn told_size(&mut self, entry: &Entry) {
        match (entry.kind, entry.size) {
            (EntryKind::File, Some(size)) => self.reply(ReplyCode::FILE_STATUS, format!("{size}")),
            (EntryKind::File, None) => self.fail(FailureKind::Unsupported, Situation::Look),
            _ => self.fail(FailureKind::NotAFile, Situation::Look),
        }
    }

    /// MDTM: asks for the time, or in the form `MDTM YYYYMMDDHHMMSS name` sets it, as clients do
    /// that are older than MFMT.
    pub(super) fn modified(&mut self, name: &PathName) {
        if let Some((time, name)) = time_and_name(name.as_bytes()) {
            if self.allows(Right::SetModified) {
                self.set_modified(time, name);
            } else {
                self.fail(FailureKind::PermissionDenied, Situation::Change);
            }
        } else if let Some(path) = self.resolve(name, Situation::Look) {
            self.ask(Ask::Inspect(path), Pending::Modified);
        }
    }

    pub(super) fn told_modified(&mut self, entry: &Entry) {
        match entry.modified {
            // Many clients can't read a fraction.
            Some(ListedTime::Utc(time)) => {
                self.reply(ReplyCode::FILE_STATUS, format!("{}", time.whole_seconds()));
            }
            _ => self.reply(
                ReplyCode::FILE_UNAVAILABLE,
                "The time of that file isn't known.",
            ),
        }
    }

    pub(super) fn set_modified(&mut self, time: Timestamp, name: PathName) {
        if let Some(path) = self.resolve(&name, Situation::Change) {
            self.ask(
                Ask::SetModified { path, time },
                Pending::SetModified(time, name),
            );
        }
    }

    pub(super) fn told_set(&mut self, time: Timestamp, name: &PathName) {
        let mut text = format!("Modify={time}; ").into_bytes();
        text.extend_from_slice(name.as_bytes());
        self.reply(ReplyCode::FILE_STATUS, text);
    }

    /// MLST: the facts of a file, or of the working directory.
    pub(super) fn facts(&mut self, name: Option<&PathName>) {
        let path = match name {
            None => Some(self.settings.directory.clone()),
            Some(name) => self.resolve(name, Situation::Look),
        };
        if let Some(path) = path {
            self.ask(Ask::Inspect(path.clone()), Pending::Facts(path));
        }
    }

    /// The name is the full one (RFC 3659 §7.2), so that a client knows what it asked for.
    pub(super) fn told_facts(&mut self, path: &VirtualPath, mut entry: Entry) {
        if let Ok(name) = PathName::new(path.as_bytes()) {
            entry.name = name;
        }
        entry
            .perm
            .get_or_insert_with(|| self.login.rights().unwrap_or_default().perm(entry.kind));
        let mut facts = Vec::from(b" ");
        write_facts(&entry, self.settings.facts, &mut facts);
        self.reply_with(Reply::with_lines(
            ReplyCode::FILE_ACTION_OK,
            [b"Facts:".as_slice(), &facts, b"End."],
        ));
    }
}

/// Takes `YYYYMMDDHHMMSS name` apart; `None` for what may well be the name of a file.
fn time_and_name(text: &[u8]) -> Option<(Timestamp, PathName)> {
    let (digits, rest) = text.split_at_checked(14)?;
    let name = rest.strip_prefix(b" ")?;
    let time = Timestamp::parse(digits)?;
    Some((time, PathName::new(name).ok()?))
}
