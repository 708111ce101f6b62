//! What the server is set to, as far as this side knows, and which ways to it have worked.

use crate::command::{Command, Mode, Structure, TypeCode};
use crate::reply::FeatureSet;
use crate::session::Representation;

use super::request::DataMode;

/// What the server is set to.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// `None` while it isn't known for sure: at the start, and while a TYPE is on the wire.
    type_code: Option<TypeCode>,
    structure: Structure,
    mode: Mode,
    /// Whether the server may hold an offset of a REST that no transfer has used up.
    offset_pending: bool,
    /// Whether it wants to hear of a transfer before it listens: FEAT lists PRET.
    pub(super) wants_announcements: bool,
    /// Which ways to make data connections have worked.
    pub(super) modes: ModeMemory,
}

/// What a positive reply to a command changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Effect {
    #[default]
    Nothing,
    Type(TypeCode),
    Structure(Structure),
    Mode(Mode),
    Reinitialise,
    /// It tells the features.
    Features,
}

impl Settings {
    /// The representation type, while it is known for sure.
    pub(super) const fn type_code(&self) -> Option<TypeCode> {
        self.type_code
    }

    /// Whether a TYPE must be sent before a transfer in this type.
    pub(super) fn needs_type(&self, wanted: TypeCode) -> bool {
        self.type_code != Some(wanted)
    }

    /// Whether a REST must be sent before a transfer from this offset.
    pub(super) const fn needs_offset(&self, wanted: u64) -> bool {
        wanted != 0 || self.offset_pending
    }

    /// How the bytes of a transfer in this type stand on the wire.
    pub(super) const fn representation(&self, type_code: TypeCode) -> Representation {
        Representation {
            type_code,
            structure: self.structure,
            mode: self.mode,
        }
    }

    /// From now until its reply, what a command sets is uncertain.
    pub(super) fn command_sent(&mut self, command: &Command) {
        match command {
            Command::Type(_) | Command::User(_) => self.type_code = None,
            Command::Rest(_) => self.offset_pending = true,
            Command::Retr(_)
            | Command::Stor(_)
            | Command::Stou(_)
            | Command::Appe(_)
            | Command::List(_)
            | Command::Nlst(_)
            | Command::Mlsd(_) => self.offset_pending = false,
            _ => {}
        }
    }

    /// A command was answered positively.
    pub(super) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Nothing | Effect::Features => {}
            Effect::Type(code) => self.type_code = Some(code),
            Effect::Structure(structure) => self.structure = structure,
            Effect::Mode(mode) => self.mode = mode,
            Effect::Reinitialise => {
                *self = Self {
                    modes: self.modes.clone(),
                    ..Self::default()
                }
            }
        }
    }

    /// The server told its features.
    pub(super) fn learn(&mut self, features: &FeatureSet) {
        self.wants_announcements = features.contains("PRET");
    }

    /// A REST was refused.
    pub(super) const fn offset_refused(&mut self) {
        self.offset_pending = false;
    }
}

/// Which ways to make data connections work in this session, by what happened so far.
#[derive(Clone, Debug, Default)]
pub(super) struct ModeMemory([Standing; 4]);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    #[default]
    Unknown,
    Works,
    Fails,
}

impl ModeMemory {
    /// One data connection made that way stands: it never counts as failing any more.
    pub(super) fn works(&mut self, mode: DataMode) {
        if let Some(standing) = self.0.get_mut(mode as usize) {
            *standing = Standing::Works;
        }
    }

    /// No data connection could be made that way.
    pub(super) fn fails(&mut self, mode: DataMode) {
        if let Some(standing @ Standing::Unknown) = self.0.get_mut(mode as usize) {
            *standing = Standing::Fails;
        }
    }

    /// Whether it is known not to work.
    pub(super) fn is_hopeless(&self, mode: DataMode) -> bool {
        self.0.get(mode as usize) == Some(&Standing::Fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_on_the_wire_is_uncertain() {
        let mut settings = Settings::default();
        assert!(settings.needs_type(TypeCode::Ascii));
        settings.apply(Effect::Type(TypeCode::Image));
        assert!(!settings.needs_type(TypeCode::Image));
        settings.command_sent(&Command::Type(TypeCode::Ascii));
        assert!(settings.needs_type(TypeCode::Image));
        assert!(settings.needs_type(TypeCode::Ascii));
    }

    #[test]
    fn rein_forgets_the_settings_but_not_the_network() {
        let mut settings = Settings::default();
        settings.apply(Effect::Type(TypeCode::Image));
        settings.apply(Effect::Mode(Mode::Block));
        settings.modes.fails(DataMode::Epsv);
        settings.apply(Effect::Reinitialise);
        assert!(settings.needs_type(TypeCode::Image));
        assert_eq!(
            settings.representation(TypeCode::Image),
            Representation::IMAGE
        );
        assert!(settings.modes.is_hopeless(DataMode::Epsv));
    }

    #[test]
    fn a_mode_that_has_worked_is_never_given_up() {
        let mut modes = ModeMemory::default();
        modes.works(DataMode::Epsv);
        modes.fails(DataMode::Epsv);
        assert!(!modes.is_hopeless(DataMode::Epsv));
    }

    #[test]
    fn an_offset_that_no_transfer_used_is_taken_back() {
        let mut settings = Settings::default();
        assert!(!settings.needs_offset(0));
        settings.command_sent(&Command::Rest(5));
        assert!(settings.needs_offset(0));
        settings.command_sent(&Command::List(None));
        assert!(!settings.needs_offset(0));
    }
}
