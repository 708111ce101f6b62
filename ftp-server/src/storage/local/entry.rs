//! What the file system tells of a file, as an [`Entry`].

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use cap_std::fs::{Dir, FileType, Metadata, MetadataExt as _};

use ftp_proto::listing::{Entry, EntryKind, ListedTime};
use ftp_proto::{PathName, Timestamp};

/// An entry with all that is known. Sizes are those of regular files alone.
pub(super) fn describe(name: PathName, metadata: &Metadata) -> Entry {
    let kind = kind(metadata.file_type());
    let mut entry = Entry::new(name, kind);
    entry.size = (kind == EntryKind::File).then(|| metadata.len());
    entry.modified = modified(metadata).map(ListedTime::Utc);
    entry.mode = u16::try_from(metadata.mode() & 0o7777).ok();
    entry.owner = Some(metadata.uid().to_string().into_bytes());
    entry.group = Some(metadata.gid().to_string().into_bytes());
    entry.links = Some(metadata.nlink());
    entry.unique = Some(format!("{:x}g{:x}", metadata.dev(), metadata.ino()).into_bytes());
    entry
}

/// What a file is; links aren't followed.
pub(super) fn kind(file_type: FileType) -> EntryKind {
    if file_type.is_file() {
        EntryKind::File
    } else if file_type.is_dir() {
        EntryKind::Directory
    } else if file_type.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::Other
    }
}

/// Where a link points to. An absolute target leads nowhere and tells about the host, so nobody
/// gets to see it.
pub(super) fn link_target(dir: &Dir, link: &Path) -> Option<PathName> {
    let target = dir.read_link_contents(link).ok()?;
    if target.is_absolute() {
        return None;
    }
    PathName::new(target.as_os_str().as_bytes()).ok()
}

fn modified(metadata: &Metadata) -> Option<Timestamp> {
    let nanoseconds = u32::try_from(metadata.mtime_nsec()).ok()?;
    Timestamp::from_unix(metadata.mtime(), nanoseconds)
}
