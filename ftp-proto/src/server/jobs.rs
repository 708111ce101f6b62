//! From transfer commands to jobs: RETR, STOR, STOU, APPE, LIST, NLST, MLSD ([RFC 959 §4.1.3],
//! [RFC 3659 §5 and §7]).
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 3659 §5 and §7]: https://www.rfc-editor.org/rfc/rfc3659#section-5

use alloc::vec::Vec;

use crate::command::{Right, Verb};
use crate::path::{Argument, PathName, VirtualPath};
use crate::reply::ReplyCode;
use crate::session::FailureKind;

use super::answer::Situation;
use super::settings::RESTART_IN_ASCII;
use super::{Job, ListStyle, ServerSession, StoreMode};

impl ServerSession {
    pub(super) fn retrieve(&mut self, name: &PathName, offset: u64) {
        if self.restart_is_possible(offset)
            && let Some(path) = self.resolve(name, Situation::Read)
        {
            self.begin(Verb::Retr, Job::Retrieve { path, offset });
        }
    }

    /// STOR, after REST from an offset on; that changes a file that is there, as APPE does.
    pub(super) fn store(&mut self, name: &PathName, offset: u64) {
        if !self.restart_is_possible(offset) {
        } else if offset == 0 {
            self.upload(Verb::Stor, name, StoreMode::Replace);
        } else if self.allows(Right::Append) {
            self.upload(Verb::Stor, name, StoreMode::Resume(offset));
        } else {
            self.fail(FailureKind::PermissionDenied, Situation::Write);
        }
    }

    pub(super) fn append(&mut self, name: &PathName, offset: u64) {
        if self.begins_at_its_own_place(offset) {
            self.upload(Verb::Appe, name, StoreMode::Append);
        }
    }

    pub(super) fn store_unique(&mut self, name: Option<&PathName>, offset: u64) {
        match name {
            _ if !self.begins_at_its_own_place(offset) => {}
            Some(name) => self.upload(Verb::Stou, name, StoreMode::Unique),
            None => {
                if let Ok(name) = PathName::new(UNIQUE_NAME) {
                    self.upload(Verb::Stou, &name, StoreMode::Unique);
                }
            }
        }
    }

    fn upload(&mut self, verb: Verb, name: &PathName, mode: StoreMode) {
        let size_hint = self.settings.size_hint.take();
        if let Some(path) = self.resolve(name, Situation::Write) {
            let job = Job::Store {
                path,
                mode,
                size_hint,
            };
            self.begin(verb, job);
        }
    }

    pub(super) fn list(&mut self, argument: Option<&Argument>) {
        let listing = Listing::parse(argument);
        if let Some(path) = self.resolve_listed(listing.name.as_ref(), Situation::Read) {
            let style = ListStyle::Unix { all: listing.all };
            self.begin(Verb::List, Job::List { path, style });
        }
    }

    pub(super) fn list_names(&mut self, argument: Option<&Argument>) {
        let listing = Listing::parse(argument);
        if let Some(path) = self.resolve_listed(listing.name.as_ref(), Situation::Read) {
            let mut prefix = listing.name.map_or_else(Vec::new, PathName::into_bytes);
            if !prefix.is_empty() && !prefix.ends_with(b"/") {
                prefix.push(b'/');
            }
            let all = listing.all;
            let style = ListStyle::Names { all, prefix };
            self.begin(Verb::Nlst, Job::List { path, style });
        }
    }

    pub(super) fn list_facts(&mut self, name: Option<&PathName>) {
        if let Some(path) = self.resolve_listed(name, Situation::Read) {
            let (facts, rights) = (self.settings.facts, self.login.rights().unwrap_or_default());
            let style = ListStyle::Facts { facts, rights };
            self.begin(Verb::Mlsd, Job::List { path, style });
        }
    }

    /// The path of a name, or the working directory without one.
    pub(super) fn resolve_listed(
        &mut self,
        name: Option<&PathName>,
        situation: Situation,
    ) -> Option<VirtualPath> {
        match name {
            None => Some(self.settings.directory.clone()),
            Some(name) => self.resolve(name, situation),
        }
    }

    /// APPE and STOU know where they begin. A client that said REST before expects something else,
    /// and bytes at a wrong place are worse than none.
    fn begins_at_its_own_place(&mut self, offset: u64) -> bool {
        if offset > 0 {
            self.reply(ReplyCode::BAD_OFFSET, "REST is for RETR and STOR alone.");
        }
        offset == 0
    }

    /// REST was checked against TYPE when it came, but TYPE may have changed since.
    fn restart_is_possible(&mut self, offset: u64) -> bool {
        let possible = offset == 0 || self.settings.type_code.is_transparent();
        if !possible {
            self.reply(ReplyCode::BAD_OFFSET, RESTART_IN_ASCII);
        }
        possible
    }
}

/// What STOU suggests if the client doesn't.
const UNIQUE_NAME: &str = "upload";

/// The argument of LIST, NLST and STAT: options as of `ls`, then a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing {
    /// Whether names that begin with a dot are shown: `-a`, `-A`.
    pub(super) all: bool,
    /// The name, spaces and all.
    pub(super) name: Option<PathName>,
}

impl Listing {
    /// Takes options and name apart.
    ///
    /// A word is taken for options only if it precedes the name, begins with a dash and holds
    /// nothing but letters that `ls` knows: a name that begins with a dash is hardly ever one of
    /// those, and `--` or `./` lead to any name.
    pub(super) fn parse(argument: Option<&Argument>) -> Self {
        let mut rest = argument.map_or(&[][..], Argument::as_bytes);
        let mut all = false;
        while let Some(options) = leading_options(rest) {
            all |= options.iter().any(|option| matches!(option, b'a' | b'A'));
            rest = rest
                .get(options.len()..)
                .unwrap_or_default()
                .trim_ascii_start();
            if options == b"--" {
                break;
            }
        }
        Self {
            all,
            name: PathName::new(rest).ok(),
        }
    }
}

/// The first word, if it is made of options.
fn leading_options(text: &[u8]) -> Option<&[u8]> {
    let word = text.split(|&byte| byte == b' ').next()?;
    let letters = word.strip_prefix(b"-")?;
    let known = letters == b"-"
        || (!letters.is_empty() && letters.iter().all(|letter| OPTIONS.contains(letter)));
    known.then_some(word)
}

/// The options of `ls` that clients send. All but two are the client's own wish about the form,
/// which this server doesn't follow.
const OPTIONS: &[u8] = b"aAlLR1tTFsSrCdhginu";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_from_names() {
        for (argument, all, name) in [
            ("", false, None),
            ("dir", false, Some("dir")),
            ("-la", true, None),
            ("-l", false, None),
            ("-la dir", true, Some("dir")),
            ("-l -a  dir with spaces ", true, Some("dir with spaces ")),
            ("-aL", true, None),
            ("dir -la", false, Some("dir -la")),
            ("-- -la", false, Some("-la")),
            ("-a -- -la", true, Some("-la")),
            ("-", false, Some("-")),
            ("-name", false, Some("-name")),
            ("-notes.txt", false, Some("-notes.txt")),
            ("./-la", false, Some("./-la")),
            (" dir", false, Some(" dir")),
        ] {
            let parsed = Listing::parse(Some(&Argument::new(argument).unwrap()));
            let name = name.map(|name| PathName::new(name).unwrap());
            assert_eq!(parsed, Listing { all, name }, "{argument:?}");
        }
        assert_eq!(Listing::parse(None).name, None);
    }
}
