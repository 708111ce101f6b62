//! What the server tells about itself and the session: STAT, HELP, FEAT, SYST, SITE HELP
//! ([RFC 959 §4.1.3], [RFC 2389 §3]).
//!
//! FEAT and HELP read the table of verbs and leave out what the gate refuses, so that they can't
//! promise what isn't served.
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 2389 §3]: https://www.rfc-editor.org/rfc/rfc2389#section-3

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::command::{FEATURES_WITHOUT_VERB, RawCommand, Right, VERBS, Verb, VerbSpec};
use crate::listing::{Entry, EntryKind, write_unix};
use crate::path::{Argument, VirtualPath};
use crate::reply::{Reply, ReplyCode};
use crate::session::FailureKind;
use crate::timestamp::Timestamp;

use super::answer::Situation;
use super::ask::Pending;
use super::data::State;
use super::gate;
use super::jobs::Listing;
use super::login::Login;
use super::settings::split_word;
use super::transfer::{Stage, Transfer};
use super::{Ask, Phase, ServerSession};

impl ServerSession {
    pub(super) fn system(&mut self) {
        self.reply(ReplyCode::SYSTEM_TYPE, "UNIX Type: L8");
    }

    pub(super) fn features(&mut self) {
        let facts = self.settings.facts;
        let mut lines = Vec::from([String::from("Features:")]);
        lines.extend(self.served().filter_map(|spec| match spec.verb {
            Verb::Mlst => Some(format!(" MLST {}", facts.feature())),
            _ => spec.feat.map(|feature| format!(" {feature}")),
        }));
        lines.extend(
            FEATURES_WITHOUT_VERB
                .iter()
                .map(|feature| format!(" {feature}")),
        );
        lines.push(String::from("End."));
        self.reply_with(Reply::with_lines(ReplyCode::SYSTEM_STATUS, lines));
    }

    pub(super) fn help(&mut self, verb: Option<&Argument>) {
        let spec = verb.map(|verb| {
            Verb::from_name(verb.as_bytes().trim_ascii())
                .and_then(|verb| self.served().find(|spec| spec.verb == verb))
        });
        match spec {
            None => self.list_commands(),
            Some(Some(spec)) => self.reply(
                ReplyCode::HELP,
                // Old clients read nothing but ASCII.
                format!(
                    "Syntax: {} ({})",
                    spec.help,
                    spec.rfc.replace(" §", ", section ")
                ),
            ),
            Some(None) => self.reply(ReplyCode::ARGUMENT_ERROR, "That command isn't served."),
        }
    }

    fn list_commands(&mut self) {
        let verbs: Vec<_> = self.served().map(|spec| spec.verb.name()).collect();
        let mut lines = Vec::from([String::from("These commands are served:")]);
        lines.extend(verbs.chunks(8).map(|row| {
            row.iter()
                .fold(String::new(), |line, verb| line + &format!(" {verb:>4}"))
        }));
        lines.push(String::from("HELP and a command tells more."));
        self.reply_with(Reply::with_lines(ReplyCode::HELP, lines));
    }

    /// SITE: the session knows `SITE HELP` alone, the application may know more.
    pub(super) fn site(&mut self, argument: Argument) {
        if split_word(argument.as_bytes())
            .0
            .eq_ignore_ascii_case(b"HELP")
        {
            self.reply(
                ReplyCode::HELP,
                "SITE HELP is always served; further SITE commands are the application's.",
            );
        } else if let Ok(verb) = Argument::new(Verb::Site.name())
            && let Ok(command) = RawCommand::new(verb, Some(argument))
        {
            self.ask(Ask::Custom(command), Pending::Custom);
        }
    }

    /// STAT: with an argument a listing on the control connection, else the state of the session.
    pub(super) fn status(&mut self, argument: Option<&Argument>) {
        match argument {
            None => self.session_status(),
            Some(_) if self.login.rights().is_none() => {
                self.reply(ReplyCode::NOT_LOGGED_IN, "Log in with USER and PASS first.");
            }
            Some(_) if !self.allows(Right::List) => {
                self.fail(FailureKind::PermissionDenied, Situation::Look);
            }
            Some(_) => {
                let listing = Listing::parse(argument);
                if let Some(path) = self.resolve_listed(listing.name.as_ref(), Situation::Look) {
                    let ask = Ask::Entries {
                        path: path.clone(),
                        limit: self.config.max_stat_entries,
                    };
                    self.ask(ask, Pending::Status(path));
                }
            }
        }
    }

    /// 213 for a file, 212 for a directory. The session knows no clock, so times are shown with
    /// their year.
    pub(super) fn told_status(&mut self, path: &VirtualPath, entries: &[Entry]) {
        let is_file = matches!(entries, [entry] if entry.kind != EntryKind::Directory
            && path.file_name() == Some(entry.name.as_bytes()));
        let code = if is_file {
            ReplyCode::FILE_STATUS
        } else {
            ReplyCode::DIRECTORY_STATUS
        };
        let mut lines = Vec::from([[b"Status of ", path.as_bytes()].concat()]);
        lines.extend(entries.iter().map(|entry| {
            let mut line = Vec::from(b" ");
            write_unix(entry, Timestamp::UNIX_EPOCH, &mut line);
            line
        }));
        lines.push(Vec::from(b"End."));
        self.reply_with(Reply::with_lines(code, lines));
    }

    fn session_status(&mut self) {
        let mut lines = Vec::from([Vec::from("Status:")]);
        lines.extend(
            self.describe_client()
                .map(|line| [b" ", line.as_slice()].concat()),
        );
        lines.push(format!(" TYPE {}, STRU F, MODE S", self.settings.type_code).into());
        lines.push(self.describe_data().into());
        lines.push(Vec::from("End."));
        self.reply_with(Reply::with_lines(ReplyCode::SYSTEM_STATUS, lines));
    }

    fn describe_client(&self) -> impl Iterator<Item = Vec<u8>> {
        let peer = self
            .ends
            .peer
            .map(|peer| format!("Connected from {peer}").into());
        let login = match &self.login {
            Login::In { user, .. } => [b"Logged in as ", user.as_bytes()].concat(),
            Login::Out | Login::Named(_) => Vec::from("Not logged in"),
        };
        peer.into_iter().chain([login])
    }

    fn describe_data(&self) -> String {
        match &self.phase {
            Phase::Transferring(transfer) => transfer.describe(),
            _ => String::from(match self.data.state {
                State::Closed => " No data connection",
                State::Reserving(..) | State::Waiting(_) => " Waiting for a data connection",
                State::Target(_) | State::Dialing(_) => " Data connection to the client's address",
                State::Connected(_) => " Data connection open",
            }),
        }
    }

    /// The verbs that this session doesn't refuse as such.
    fn served(&self) -> impl Iterator<Item = &'static VerbSpec> + use<> {
        let (active, passive) = (self.config.active, self.config.passive);
        VERBS
            .iter()
            .filter(move |spec| gate::is_served(spec, active, passive))
    }
}

impl Transfer {
    fn describe(&self) -> String {
        let stage = match self.stage {
            Stage::Opening(_) => "opening",
            Stage::Connecting => "waiting for the data connection",
            Stage::Running => "running",
            Stage::Stopping(_) => "stopping",
            Stage::Committing(_) => "storing",
        };
        let size = self
            .size
            .map_or_else(String::new, |size| format!(" of {size}"));
        format!(" {}: {stage}, {}{size} bytes so far", self.verb, self.bytes)
    }
}
