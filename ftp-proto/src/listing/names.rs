//! Names alone: NLST ([RFC 959 §4.1.3]).
//!
//! A line is a name, and nothing else is known. Some servers put the directory before each name,
//! as `ls dir/*` does; only the caller knows what was asked for.
//!
//! [RFC 959 §4.1.3]: https://www.rfc-editor.org/rfc/rfc959#page-33

use alloc::vec::Vec;

use crate::path::PathName;

use super::reading::{Context, Reading};
use super::{Entry, EntryKind};

/// Appends the line of an entry to `out`, without a line end: a prefix, which may be empty, and the
/// name.
pub fn write_name(prefix: &[u8], entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(prefix);
    out.extend_from_slice(entry.name.as_bytes());
}

/// Reads a line of a listing. Any text could be a name, so the dialect is never guessed.
pub(super) fn read(line: &[u8], context: Context) -> Reading {
    if !context.certain {
        return Reading::Unknown;
    }
    let name = PathName::new(line).ok();
    name.map(|name| {
        let kind = match name.as_bytes() {
            b"." => EntryKind::CurrentDirectory,
            b".." => EntryKind::ParentDirectory,
            _ => EntryKind::Unknown,
        };
        Entry::new(name, kind)
    })
    .into()
}
