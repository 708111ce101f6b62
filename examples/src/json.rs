//! Entries of listings as JSON, one object per entry, for scripts.

use ftp_proto::listing::{Entry, EntryKind, ListedTime, mode_letters};
use serde::Serialize;

/// An entry as `ftp ls --json` and `parse_listing` print it.
///
/// Names that aren't UTF-8 are shown with replacement characters. A time in the server's own zone
/// is shown as if it were UTC, because nobody knows the zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonEntry {
    name: String,
    kind: &'static str,
    size: Option<u64>,
    modified: Option<String>,
    target: Option<String>,
    mode: Option<String>,
}

impl From<&Entry> for JsonEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            name: entry.name.to_string_lossy().into_owned(),
            kind: kind(entry.kind),
            size: entry.size,
            modified: entry.modified.map(rfc3339),
            target: entry
                .target
                .as_ref()
                .map(|target| target.to_string_lossy().into_owned()),
            mode: entry.mode.map(|mode| mode_letters(mode).to_string()),
        }
    }
}

/// A value as JSON on one line, in which no character can play tricks on a terminal: those from
/// U+007F to U+009F, which JSON allows as they are, are escaped too.
///
/// # Errors
///
/// If the value can't be written as JSON.
pub fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    let line = serde_json::to_string(value)?;
    if !line.contains(char::is_control) {
        return Ok(line);
    }
    Ok(line
        .chars()
        .map(|character| match character {
            // They can only stand in strings, where a character and its escape are the same.
            _ if character.is_control() => format!("\\u{:04x}", u32::from(character)),
            _ => character.to_string(),
        })
        .collect())
}

fn rfc3339(time: ListedTime) -> String {
    time.assume_utc().rfc3339().to_string()
}

const fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File => "file",
        _ if kind.is_directory() => "dir",
        EntryKind::Link => "link",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_is_left_and_nothing_is_lost() {
        let name = "a\u{1b}[2J\u{7f}\u{9b}2J\u{e9}\"\\";
        let line = json_line(&name).unwrap();
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), name);
    }
}
