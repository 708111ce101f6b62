//! Why a storage couldn't do something.

use core::error::Error;
use core::fmt;
use std::io;

#[doc(no_inline)]
pub use ftp_proto::session::FailureKind as StorageErrorKind;

/// Why a storage couldn't do something: a kind, which becomes the reply, and its cause, which the
/// client never sees.
///
/// | kind | reply |
/// |---|---|
/// | `NotFound`, `AlreadyExists`, `NotADirectory`, `IsADirectory`, `NotAFile`, `NotEmpty`, `PermissionDenied`, `BadTime` | 550 (`NotADirectory` 501 for `MLSD`) |
/// | `BadName` | 553 if something was to be written, made or renamed, else 550 |
/// | `BadOffset` | 554 |
/// | `NoSpace` | 452 |
/// | `OverQuota` | 552 |
/// | `Busy` | 450 |
/// | `Unsupported` | 504 for a transfer, else 502 |
/// | `Local` | 451 |
#[derive(Debug)]
pub struct StorageError {
    kind: StorageErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StorageError {
    /// An error of a kind, caused by another.
    pub fn new(kind: StorageErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// What it is.
    pub const fn kind(&self) -> StorageErrorKind {
        self.kind
    }

    /// Whether trying again later may help, with nothing changed by the client.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            StorageErrorKind::Busy | StorageErrorKind::NoSpace | StorageErrorKind::Local
        )
    }
}

impl From<StorageErrorKind> for StorageError {
    fn from(kind: StorageErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        Self::new(kind_of(&error), error)
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The kind that an error of the operating system has.
fn kind_of(error: &io::Error) -> StorageErrorKind {
    use StorageErrorKind as Kind;
    match error.kind() {
        io::ErrorKind::NotFound => Kind::NotFound,
        io::ErrorKind::AlreadyExists => Kind::AlreadyExists,
        io::ErrorKind::NotADirectory => Kind::NotADirectory,
        io::ErrorKind::IsADirectory => Kind::IsADirectory,
        io::ErrorKind::DirectoryNotEmpty => Kind::NotEmpty,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Kind::PermissionDenied
        }
        io::ErrorKind::InvalidFilename => Kind::BadName,
        io::ErrorKind::StorageFull => Kind::NoSpace,
        io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Kind::OverQuota,
        io::ErrorKind::ResourceBusy
        | io::ErrorKind::ExecutableFileBusy
        | io::ErrorKind::WouldBlock => Kind::Busy,
        io::ErrorKind::Unsupported => Kind::Unsupported,
        _ => kind_of_raw(error),
    }
}

/// The kind of errors that the standard library has no stable name for.
#[cfg(unix)]
fn kind_of_raw(error: &io::Error) -> StorageErrorKind {
    use rustix::io::Errno;
    match Errno::from_io_error(error) {
        // A symbolic link that leads to itself leads nowhere.
        Some(Errno::LOOP) => StorageErrorKind::NotFound,
        // A FIFO that nobody reads, a socket, a device without a driver.
        Some(Errno::NXIO | Errno::NODEV) => StorageErrorKind::NotAFile,
        Some(Errno::XDEV) => StorageErrorKind::Unsupported,
        Some(Errno::MFILE | Errno::NFILE) => StorageErrorKind::Busy,
        _ => StorageErrorKind::Local,
    }
}

#[cfg(not(unix))]
const fn kind_of_raw(_: &io::Error) -> StorageErrorKind {
    StorageErrorKind::Local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn errors_of_the_operating_system_keep_their_kind() {
        use StorageErrorKind as Kind;
        use rustix::io::Errno;
        for (errno, kind) in [
            (Errno::NOENT, Kind::NotFound),
            (Errno::LOOP, Kind::NotFound),
            (Errno::EXIST, Kind::AlreadyExists),
            (Errno::NOTDIR, Kind::NotADirectory),
            (Errno::ISDIR, Kind::IsADirectory),
            (Errno::NOTEMPTY, Kind::NotEmpty),
            (Errno::ACCESS, Kind::PermissionDenied),
            (Errno::PERM, Kind::PermissionDenied),
            (Errno::ROFS, Kind::PermissionDenied),
            (Errno::NAMETOOLONG, Kind::BadName),
            (Errno::NOSPC, Kind::NoSpace),
            (Errno::DQUOT, Kind::OverQuota),
            (Errno::FBIG, Kind::OverQuota),
            (Errno::BUSY, Kind::Busy),
            (Errno::TXTBSY, Kind::Busy),
            (Errno::MFILE, Kind::Busy),
            (Errno::NXIO, Kind::NotAFile),
            (Errno::XDEV, Kind::Unsupported),
            (Errno::IO, Kind::Local),
        ] {
            let error = StorageError::from(io::Error::from(errno));
            assert_eq!(error.kind(), kind, "{errno:?}");
            assert!(error.source().is_some(), "{errno:?}");
        }
    }
}
