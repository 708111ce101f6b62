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
