//! What a client sets for later commands: TYPE, STRU, MODE, REST, ALLO, OPTS ([RFC 959 §4.1.2],
//! [RFC 2389 §4], [RFC 3659 §5 and §7.9]).
//!
//! [RFC 959 §4.1.2]: https://www.rfc-editor.org/rfc/rfc959#section-4
//! [RFC 2389 §4]: https://www.rfc-editor.org/rfc/rfc2389#section-4
//! [RFC 3659 §5 and §7.9]: https://www.rfc-editor.org/rfc/rfc3659#section-5

use alloc::format;

use crate::command::{Mode, Structure, TypeCode};
use crate::listing::FactSet;
use crate::path::{Argument, VirtualPath};
use crate::reply::ReplyCode;

use super::ServerSession;

/// What a client has set; gone with the login.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The working directory.
    pub(super) directory: VirtualPath,
    /// TYPE
    pub(super) type_code: TypeCode,
    /// The facts of MLST and MLSD.
    pub(super) facts: FactSet,
    /// The offset of REST, for the next transfer command alone.
    pub(super) restart: u64,
    /// The size of ALLO, for the next upload alone.
    pub(super) size_hint: Option<u64>,
    /// The path of RNFR, for the next command alone.
    pub(super) rename_from: Option<VirtualPath>,
}

impl ServerSession {
    pub(super) fn set_type(&mut self, type_code: TypeCode) {
        match type_code {
            TypeCode::Ascii | TypeCode::Image | TypeCode::Local(8) => {
                self.settings.type_code = type_code;
                self.reply(ReplyCode::OK, format!("TYPE is {type_code}."));
            }
            _ => self.reply(
                ReplyCode::ARGUMENT_NOT_IMPLEMENTED,
                "Only TYPE A, I and L 8 are served.",
            ),
        }
    }

    pub(super) fn set_structure(&mut self, structure: Structure) {
        match structure {
            Structure::File => self.reply(ReplyCode::OK, "STRU is F."),
            _ => self.reply(
                ReplyCode::ARGUMENT_NOT_IMPLEMENTED,
                "Only STRU F is served.",
            ),
        }
    }

    pub(super) fn set_mode(&mut self, mode: Mode) {
        match mode {
            Mode::Stream => self.reply(ReplyCode::OK, "MODE is S."),
            _ => self.reply(
                ReplyCode::ARGUMENT_NOT_IMPLEMENTED,
                "Only MODE S is served.",
            ),
        }
    }

    pub(super) fn set_restart(&mut self, offset: u64) {
        if offset > 0 && !self.settings.type_code.is_transparent() {
            self.reply(ReplyCode::ARGUMENT_ERROR, RESTART_IN_ASCII);
        } else {
            self.settings.restart = offset;
            self.reply(
                ReplyCode::PENDING,
                format!("Restarting at {offset}; send RETR or STOR."),
            );
        }
    }

    pub(super) fn allocate(&mut self, size: u64) {
        self.settings.size_hint = Some(size);
        self.reply(ReplyCode::OK, format!("Expecting {size} bytes."));
    }

    /// OPTS; what can't be set is refused, never punished.
    pub(super) fn set_option(&mut self, options: &Argument) {
        let (verb, value) = split_word(options.as_bytes());
        if verb.eq_ignore_ascii_case(b"UTF8") {
            self.set_utf8(value);
        } else if verb.eq_ignore_ascii_case(b"MLST") {
            self.set_facts(value);
        } else {
            self.reply(ReplyCode::ARGUMENT_ERROR, "That has no options.");
        }
    }

    /// Names are bytes here, so that there is nothing to switch.
    fn set_utf8(&mut self, value: &[u8]) {
        if value.is_empty()
            || value.eq_ignore_ascii_case(b"ON")
            || value.eq_ignore_ascii_case(b"OFF")
        {
            self.reply(ReplyCode::OK, "Names are sent as they are stored.");
        } else {
            self.reply(ReplyCode::ARGUMENT_ERROR, "UTF8 is ON or OFF.");
        }
    }

    fn set_facts(&mut self, value: &[u8]) {
        if value.is_empty() || value.ends_with(b";") {
            self.settings.facts = FactSet::parse(value);
            let text = format!("MLST OPTS {}", self.settings.facts);
            self.reply(ReplyCode::OK, text.trim_end());
        } else {
            self.reply(ReplyCode::ARGUMENT_ERROR, "Each fact ends in a semicolon.");
        }
    }
}

/// Why a REST in TYPE A is refused: an offset would count bytes that differ from those sent.
pub(super) const RESTART_IN_ASCII: &str = "REST not allowed in ASCII mode; send TYPE I first.";

/// The first word, and what follows it without the spaces between.
pub(super) fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_ascii())
}
