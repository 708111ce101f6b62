//! Which commands may be sent as they are, because one final reply settles them.

use crate::command::{Command, Verb};

use super::settings::Effect;

/// What a single command changes when it is answered positively.
///
/// # Errors
///
/// The verb, if it isn't a single command.
pub(super) fn effect(command: &Command) -> Result<Effect, Verb> {
    match command {
        Command::Type(code) => Ok(Effect::Type(*code)),
        Command::Stru(structure) => Ok(Effect::Structure(*structure)),
        Command::Mode(mode) => Ok(Effect::Mode(*mode)),
        Command::Rein => Ok(Effect::Reinitialise),
        Command::Feat => Ok(Effect::Features),
        Command::Other(raw) => match Verb::from_name(raw.verb()) {
            // A known verb in disguise can't be followed if it changes something.
            Some(verb) if changes_settings(verb) || !is_single(verb) => Err(verb),
            _ => Ok(Effect::Nothing),
        },
        known => match known.verb() {
            Some(verb) if !is_single(verb) => Err(verb),
            _ => Ok(Effect::Nothing),
        },
    }
}

const fn changes_settings(verb: Verb) -> bool {
    matches!(verb, Verb::Type | Verb::Stru | Verb::Mode | Verb::Rein)
}

/// Whether one final reply settles a verb, and nothing else in the session depends on it.
const fn is_single(verb: Verb) -> bool {
    !matches!(
        verb,
        // The login.
        Verb::User | Verb::Pass
        // What a transfer that follows would suffer from. PORT, PASV and their successors do no
        // harm: each transfer sets its own data connection up.
        | Verb::Rest
        // Transfers.
        | Verb::Retr | Verb::Stor | Verb::Stou | Verb::Appe
        | Verb::List | Verb::Nlst | Verb::Mlsd
        // What overtakes transfers.
        | Verb::Abor | Verb::Quit
        // Protection changes the connection itself.
        | Verb::Auth | Verb::Adat | Verb::Ccc | Verb::Mic | Verb::Conf | Verb::Enc
        | Verb::Pbsz | Verb::Prot
    )
}
