//! Listings, page by page.
//!
//! A page is read when it is asked for, on a blocking thread that it gives back: a client that
//! reads slowly holds a directory open, but no thread.

use std::io;
use std::os::unix::ffi::OsStrExt as _;

use cap_std::fs::{Dir, DirEntry};
use futures::stream::{self, StreamExt as _};

use ftp_proto::PathName;
use ftp_proto::listing::{Entry, EntryKind};

use crate::storage::{Pages, StorageError};

use super::staging::is_staging;
use super::tree::DirReader;
use super::{blocking, entry};

/// Entries on a page: some 100 KiB with all their facts.
const PAGE: usize = 256;

/// The entries of an open directory.
pub(super) fn stream(reader: DirReader, facts: bool) -> Pages {
    stream::try_unfold(reader, move |reader| {
        blocking(move || next_page(reader, facts))
    })
    .boxed()
}

fn next_page(
    mut reader: DirReader,
    facts: bool,
) -> Result<Option<(Vec<Entry>, DirReader)>, StorageError> {
    let DirReader { dir, entries } = &mut reader;
    let page = entries
        .filter_map(|found| look_at(dir, found, facts).transpose())
        .take(PAGE)
        .collect::<Result<Vec<_>, _>>()?;
    Ok((!page.is_empty()).then_some((page, reader)))
}

/// The entry of a name; `None` for one that isn't shown.
fn look_at(
    dir: &Dir,
    found: io::Result<DirEntry>,
    facts: bool,
) -> Result<Option<Entry>, StorageError> {
    let found = found?;
    let file_name = found.file_name();
    if is_staging(file_name.as_bytes()) {
        return Ok(None);
    }
    // A name with a line end in it would forge lines of the listing.
    let Ok(name) = PathName::new(file_name.as_bytes()) else {
        return Ok(None);
    };
    let bare = |name| {
        Entry::new(
            name,
            found.file_type().map_or(EntryKind::Other, entry::kind),
        )
    };
    if !facts {
        return Ok(Some(bare(name)));
    }
    Ok(match found.metadata() {
        Ok(metadata) => {
            let mut entry = entry::describe(name, &metadata);
            if entry.kind == EntryKind::Link {
                entry.target = entry::link_target(dir, file_name.as_ref());
            }
            Some(entry)
        }
        // It was removed since its name was read.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // The directory may be read, but what is in it may not be looked at.
        Err(_) => Some(bare(name)),
    })
}
