//! Which facts a machine listing shows, and how FEAT and OPTS tell it ([RFC 3659 §7.8, §7.9]).
//!
//! [RFC 3659 §7.8, §7.9]: https://www.rfc-editor.org/rfc/rfc3659#section-7.8

use core::fmt;

/// A fact that this crate can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// What the entry is.
    Type,
    /// Its size in bytes.
    Size,
    /// When it was last modified, in UTC.
    Modify,
    /// What the user may do with it.
    Perm,
    /// Its permission bits.
    UnixMode,
    /// Its owner.
    UnixOwner,
    /// Its group.
    UnixGroup,
    /// What no other file of the server has.
    Unique,
}

impl Fact {
    /// Every fact, in the order in which they are written.
    pub const ALL: [Self; 8] = [
        Self::Type,
        Self::Size,
        Self::Modify,
        Self::Perm,
        Self::UnixMode,
        Self::UnixOwner,
        Self::UnixGroup,
        Self::Unique,
    ];

    /// The name as it is written; names are compared without regard to case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Size => "size",
            Self::Modify => "modify",
            Self::Perm => "perm",
            Self::UnixMode => "UNIX.mode",
            Self::UnixOwner => "UNIX.owner",
            Self::UnixGroup => "UNIX.group",
            Self::Unique => "unique",
        }
    }

    /// The fact of a name, in any case.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|fact| fact.name().as_bytes().eq_ignore_ascii_case(name))
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Which facts an MLSD or MLST shows (`OPTS MLST`, RFC 3659 §7.9).
///
/// ```
/// use ftp_proto::listing::{Fact, FactSet};
///
/// let chosen = FactSet::parse(b"Size;TYPE;x.unknown;");
/// assert!(chosen.contains(Fact::Size) && !chosen.contains(Fact::Modify));
/// assert_eq!(chosen.to_string(), "type;size;");
/// assert!(chosen.feature().to_string().starts_with("type*;size*;modify;perm;"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FactSet(u16);

impl FactSet {
    /// No fact; lines are a space and a name.
    pub const NONE: Self = Self(0);

    /// Every fact that this crate can write.
    pub const ALL: Self = Self::NONE
        .with(Fact::Type)
        .with(Fact::Size)
        .with(Fact::Modify)
        .with(Fact::Perm)
        .with(Fact::UnixMode)
        .with(Fact::UnixOwner)
        .with(Fact::UnixGroup)
        .with(Fact::Unique);

    /// Reads the argument of `OPTS MLST`: names of facts, each with a semicolon. Those that this
    /// crate can't write are left out, as RFC 3659 §7.9 asks.
    pub fn parse(names: &[u8]) -> Self {
        names
            .split(|&byte| byte == b';')
            .filter_map(|name| Fact::from_name(name.trim_ascii()))
            .fold(Self::NONE, Self::with)
    }

    /// These facts and one more.
    #[must_use]
    pub const fn with(self, fact: Fact) -> Self {
        Self(self.0 | fact.bit())
    }

    /// These facts but one.
    #[must_use]
    pub const fn without(self, fact: Fact) -> Self {
        Self(self.0 & !fact.bit())
    }

    /// Whether a fact is among them.
    pub const fn contains(self, fact: Fact) -> bool {
        self.0 & fact.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The facts, in the order in which they are written.
    pub fn iter(self) -> impl Iterator<Item = Fact> {
        Fact::ALL
            .into_iter()
            .filter(move |&fact| self.contains(fact))
    }

    /// The text that FEAT shows after `MLST`: every fact that could be shown, those of this set
    /// with an asterisk.
    pub fn feature(self) -> impl fmt::Display {
        Feature(self)
    }
}

/// [`FactSet::ALL`].
impl Default for FactSet {
    fn default() -> Self {
        Self::ALL
    }
}

/// As in the reply to `OPTS MLST`: each name with a semicolon.
impl fmt::Display for FactSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|fact| write!(f, "{};", fact.name()))
    }
}

struct Feature(FactSet);

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Fact::ALL.into_iter().try_for_each(|fact| {
            let mark = if self.0.contains(fact) { "*" } else { "" };
            write!(f, "{}{mark};", fact.name())
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn all_is_every_fact() {
        assert!(
            Fact::ALL
                .into_iter()
                .all(|fact| FactSet::ALL.contains(fact))
        );
        assert_eq!(FactSet::ALL.iter().count(), Fact::ALL.len());
    }

    #[test]
    fn choices_are_read_in_any_case_and_order() {
        for (choice, text) in [
            ("", ""),
            (";", ""),
            ("type;", "type;"),
            ("type", "type;"),
            ("MODIFY;Type;", "type;modify;"),
            ("unix.mode;x;UNIX.OWNER;", "UNIX.mode;UNIX.owner;"),
            ("sizes;siz;size;size;", "size;"),
            ("type; size;", "type;size;"),
        ] {
            assert_eq!(
                FactSet::parse(choice.as_bytes()).to_string(),
                text,
                "{choice}"
            );
        }
    }

    #[test]
    fn every_set_round_trips() {
        for bits in 0..=FactSet::ALL.0 {
            let set = FactSet(bits);
            assert_eq!(FactSet::parse(set.to_string().as_bytes()), set, "{set}");
        }
    }

    #[test]
    fn feat_marks_what_is_chosen() {
        assert_eq!(
            FactSet::parse(b"type;unique;").feature().to_string(),
            "type*;size;modify;perm;UNIX.mode;UNIX.owner;UNIX.group;unique*;"
        );
    }
}
