//! Permission bits and the nine letters in which `ls` shows them.

use core::fmt;

/// The permission bits of Unix as nine letters, as `rwxr-xr-x`; bits above 0o7777 don't show.
///
/// ```
/// assert_eq!(ftp_proto::listing::mode_letters(0o4755).to_string(), "rwsr-xr-x");
/// ```
pub fn mode_letters(mode: u16) -> impl fmt::Display {
    Letters(mode)
}

struct Letters(u16);

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for class in &CLASSES {
            let bits = self.0 >> class.shift;
            f.write_str(if bits & READ != 0 { "r" } else { "-" })?;
            f.write_str(if bits & WRITE != 0 { "w" } else { "-" })?;
            f.write_str(match (self.0 & class.special != 0, bits & EXECUTE != 0) {
                (false, false) => "-",
                (false, true) => "x",
                (true, false) => class.special_alone,
                (true, true) => class.special_letter,
            })?;
        }
        Ok(())
    }
}

/// Reads nine letters; `None` if one isn't a letter of its place.
///
/// `l` and `L` for the group mean mandatory locking, which is the set-group-ID bit without execute.
pub(super) fn parse_letters(letters: &[u8]) -> Option<u16> {
    let (triples, rest) = letters.as_chunks::<3>();
    if triples.len() != CLASSES.len() || !rest.is_empty() {
        return None;
    }
    triples
        .iter()
        .zip(&CLASSES)
        .try_fold(0, |mode, (&[read, write, execute], class)| {
            let read = flag(read, b'r', READ)?;
            let write = flag(write, b'w', WRITE)?;
            let (execute, special) = match execute {
                b'-' => (0, 0),
                b'x' => (EXECUTE, 0),
                b's' | b't' => (EXECUTE, class.special),
                b'S' | b'T' | b'l' | b'L' => (0, class.special),
                _ => return None,
            };
            Some(mode | (read | write | execute) << class.shift | special)
        })
}

/// The bit of a letter, 0 for a dash.
fn flag(letter: u8, expected: u8, bit: u16) -> Option<u16> {
    match letter {
        b'-' => Some(0),
        _ => (letter == expected).then_some(bit),
    }
}

/// Whom three of the letters are about.
struct Class {
    /// Where its bits stand.
    shift: u16,
    /// The bit that changes its third letter.
    special: u16,
    /// The third letter if that bit is set, with and without execute.
    special_letter: &'static str,
    special_alone: &'static str,
}

const READ: u16 = 4;
const WRITE: u16 = 2;
const EXECUTE: u16 = 1;

const CLASSES: [Class; 3] = [
    Class {
        shift: 6,
        special: 0o4000,
        special_letter: "s",
        special_alone: "S",
    },
    Class {
        shift: 3,
        special: 0o2000,
        special_letter: "s",
        special_alone: "S",
    },
    Class {
        shift: 0,
        special: 0o1000,
        special_letter: "t",
        special_alone: "T",
    },
];

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn every_mode_round_trips() {
        for mode in 0..=0o7777 {
            let letters = mode_letters(mode).to_string();
            assert_eq!(parse_letters(letters.as_bytes()), Some(mode), "{letters}");
        }
    }

    #[test]
    fn letters_stand_in_their_places() {
        for (letters, mode) in [
            ("rwxr-xr-x", Some(0o755)),
            ("rwSr-Sr-T", Some(0o7644)),
            ("rw-r-lr--", Some(0o2644)),
            ("xrwr-xr-x", None),
            ("rwxr-xr-", None),
            ("rwxr-xr-x+", None),
            ("", None),
        ] {
            assert_eq!(parse_letters(letters.as_bytes()), mode, "{letters}");
        }
    }
}
