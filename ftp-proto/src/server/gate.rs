//! The gate: which verb may be executed in which state, and what a refusal reads as.
//!
//! Every line passes here before anything is executed, in three steps: may this client send the
//! verb ([`CLIENT_RULES`]), can the argument be read, may the verb come now ([`RULES`]). So 530 comes
//! before 501, and 501 before 503 and 425. What a verb needs stands in its row of
//! [`VERBS`](crate::command::VERBS); what the session has stands in a [`View`]; the rules compare the
//! two, tried from the top. What concerns the *value* of an argument is not decided here but by the
//! conversation that reads it.

use crate::command::{Command, Verb, VerbSpec};
use crate::reply::ReplyCode;

use super::Rights;

/// What the gate knows of a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The rights of the login, if there is one.
    pub(super) rights: Option<Rights>,
    /// Whether USER was given and PASS is due.
    pub(super) named: bool,
    /// Whether RNFR went just before.
    pub(super) renaming: bool,
    /// Whether a data connection can be had: PASV, PORT or the like went before.
    pub(super) data: bool,
    /// Whether `EPSV ALL` is in effect.
    pub(super) epsv_only: bool,
    /// Whether PORT and EPRT are served.
    pub(super) active: bool,
    /// Whether PASV and EPSV are served.
    pub(super) passive: bool,
}

/// Why a verb isn't executed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) code: ReplyCode,
    pub(super) text: &'static str,
}

/// What happens to a line that comes while a transfer is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// It is executed at once, unless other lines wait before it.
    Now,
    /// It is executed at once, whatever waits before it.
    Overtakes,
    /// It waits for the end of the transfer.
    Waits,
}

/// Checks whether the client may send a verb at all.
pub(super) fn admit_client(verb: Verb, view: &View) -> Result<(), Refusal> {
    check(&CLIENT_RULES, verb, view)
}

/// Checks a verb against the state of the session.
pub(super) fn admit(verb: Verb, view: &View) -> Result<(), Refusal> {
    check(&RULES, verb, view)
}

fn check(rules: &[Rule], verb: Verb, view: &View) -> Result<(), Refusal> {
    let spec = verb.spec();
    match rules.iter().find(|rule| (rule.refuses)(spec, view)) {
        None => Ok(()),
        Some(rule) => Err(rule.refusal),
    }
}

/// Whether a verb is served, with active and passive data connections or without.
pub(super) const fn is_served(spec: &VerbSpec, active: bool, passive: bool) -> bool {
    match spec.verb {
        Verb::Port | Verb::Eprt => active,
        Verb::Pasv | Verb::Epsv => passive,
        _ => spec.served,
    }
}

/// What happens to a command that comes while a transfer is under way.
pub(super) fn passage(command: &Command) -> Passage {
    match command {
        Command::Abor => Passage::Overtakes,
        // A listing on the control connection would be another question; the goodbye comes last.
        Command::Stat(Some(_)) | Command::Quit => Passage::Waits,
        _ if command
            .verb()
            .is_some_and(|verb| verb.spec().during_transfer) =>
        {
            Passage::Now
        }
        _ => Passage::Waits,
    }
}

/// Whether a line is an ABOR, found out without parsing the others. A data mark of Telnet may stand
/// before it.
pub(super) fn is_abort(line: &[u8]) -> bool {
    line.windows(4)
        .take(4)
        .any(|verb| verb.eq_ignore_ascii_case(b"ABOR"))
        && matches!(Command::parse(line), Ok(command) if passage(&command) == Passage::Overtakes)
}

struct Rule {
    refuses: fn(&VerbSpec, &View) -> bool,
    refusal: Refusal,
}

const fn rule(refuses: fn(&VerbSpec, &View) -> bool, code: ReplyCode, text: &'static str) -> Rule {
    Rule {
        refuses,
        refusal: Refusal { code, text },
    }
}

#[rustfmt::skip]
static CLIENT_RULES: [Rule; 1] = [
    rule(|spec, view| spec.needs_login && view.rights.is_none(),
        ReplyCode::NOT_LOGGED_IN, "Log in with USER and PASS first."),
];

#[rustfmt::skip]
static RULES: [Rule; 12] = [
    rule(|spec, _| spec.verb == Verb::Ccc,
        ReplyCode::PROTECTION_REFUSED, "The control connection isn't protected."),
    rule(|spec, _| matches!(spec.verb, Verb::Pbsz | Verb::Prot),
        ReplyCode::BAD_SEQUENCE, "The control connection isn't protected."),
    rule(|spec, view| spec.verb == Verb::Host && view.rights.is_some(),
        ReplyCode::BAD_SEQUENCE, "HOST must precede the login."),
    rule(|spec, _| matches!(spec.verb, Verb::Host | Verb::Lang),
        ReplyCode::ARGUMENT_NOT_IMPLEMENTED, "There is nothing to choose from here."),
    rule(|spec, view| !is_served(spec, view.active, view.passive),
        ReplyCode::NOT_IMPLEMENTED, "Command not implemented."),
    rule(|spec, view| spec.verb == Verb::Pass && view.rights.is_some(),
        ReplyCode::BAD_SEQUENCE, "Already logged in."),
    rule(|spec, view| spec.verb == Verb::Pass && !view.named,
        ReplyCode::BAD_SEQUENCE, "Send USER first."),
    rule(|spec, view| matches!(spec.verb, Verb::Pasv | Verb::Port | Verb::Eprt) && view.epsv_only,
        ReplyCode::BAD_SEQUENCE, "Command not allowed after EPSV ALL."),
    rule(|spec, view| spec.verb == Verb::Rnto && !view.renaming,
        ReplyCode::BAD_SEQUENCE, "Send RNFR just before RNTO."),
    rule(|spec, view| matches!((spec.right, view.rights), (Some(right), Some(rights)) if !rights.allow(right)),
        ReplyCode::FILE_UNAVAILABLE, "Permission denied."),
    rule(|spec, view| spec.uses_data && !view.data && view.epsv_only,
        ReplyCode::CANT_OPEN_DATA, "Send EPSV first."),
    rule(|spec, view| spec.uses_data && !view.data,
        ReplyCode::CANT_OPEN_DATA, "Send EPSV, PASV, EPRT or PORT first."),
];
