//! A listing on a data connection: pages of entries from the storage, lines to the client.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::StreamExt as _;

use ftp_proto::listing::{write_facts, write_name, write_unix};
use ftp_proto::server::ListStyle;
use ftp_proto::{PathName, Timestamp, VirtualPath};

use crate::storage::{Entry, ListOptions, Pages, Storage, StorageError, StorageErrorKind};

/// Bytes of lines that are gathered before they are sent.
const ENOUGH: usize = 64 * 1024;

/// An open listing.
pub(crate) struct Listing {
    pages: Pages,
    style: ListStyle,
    now: Timestamp,
    lines: Vec<u8>,
}

impl Listing {
    /// Opens a directory, or what else is there.
    pub(crate) async fn open(
        storage: &dyn Storage,
        path: &VirtualPath,
        mut style: ListStyle,
    ) -> Result<Self, StorageError> {
        let options = match style {
            ListStyle::Names { .. } => ListOptions::NAMES,
            _ => ListOptions::default(),
        };
        let pages = match storage.list(path, &options).await {
            // MLSD is for directories alone (RFC 3659 §7.1); LIST and NLST take files.
            Err(error)
                if error.kind() == StorageErrorKind::NotADirectory
                    && !matches!(style, ListStyle::Facts { .. }) =>
            {
                let entry = as_named(storage.metadata(path).await?, &mut style);
                Box::pin(futures::stream::iter([Ok(vec![entry])]))
            }
            pages => pages?,
        };
        Ok(Self {
            pages,
            style,
            now: wall_clock(),
            lines: Vec::new(),
        })
    }

    /// The next lines; `None` at the end.
    ///
    /// # Cancel safety
    ///
    /// None: lines are lost if it is dropped.
    pub(crate) async fn next(&mut self) -> Option<Result<&[u8], StorageError>> {
        self.lines.clear();
        while self.lines.len() < ENOUGH {
            match self.pages.next().await {
                Some(Ok(page)) => {
                    for entry in page {
                        write_line(entry, &self.style, self.now, &mut self.lines);
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => break,
            }
        }
        (!self.lines.is_empty()).then_some(Ok(&self.lines))
    }
}

/// A file that was listed itself is named as the client named it, and shown even if hidden.
fn as_named(mut entry: Entry, style: &mut ListStyle) -> Entry {
    match style {
        ListStyle::Unix { all } => *all = true,
        ListStyle::Names { all, prefix } => {
            *all = true;
            let mut name = core::mem::take(prefix);
            if name.ends_with(b"/") {
                name.pop();
            }
            if let Ok(name) = PathName::new(name) {
                entry.name = name;
            }
        }
        _ => {}
    }
    entry
}

fn write_line(mut entry: Entry, style: &ListStyle, now: Timestamp, lines: &mut Vec<u8>) {
    let hidden = entry.name.as_bytes().starts_with(b".");
    match style {
        ListStyle::Unix { all: false } | ListStyle::Names { all: false, .. } if hidden => return,
        ListStyle::Names { prefix, .. } => write_name(prefix, &entry, lines),
        ListStyle::Facts { facts, rights } => {
            entry.perm.get_or_insert_with(|| rights.perm(entry.kind));
            write_facts(&entry, *facts, lines);
        }
        _ => write_unix(&entry, now, lines),
    }
    lines.extend_from_slice(b"\r\n");
}

/// The time on the wall, which decides between times and years in `ls -l`.
fn wall_clock() -> Timestamp {
    let now = SystemTime::now();
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_unix(seconds, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
