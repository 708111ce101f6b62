//! Why the side that keeps the files couldn't do something.

/// Why the application couldn't do what it was asked.
///
/// This is also the error kind of the server crate's storage, so that nothing is translated twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FailureKind {
    /// There is no such file or directory.
    #[error("no such file or directory")]
    NotFound,
    /// It is there already.
    #[error("file exists")]
    AlreadyExists,
    /// It isn't a directory.
    #[error("not a directory")]
    NotADirectory,
    /// It is a directory.
    #[error("is a directory")]
    IsADirectory,
    /// It is neither a file nor a directory, but a FIFO, socket or device.
    #[error("not a regular file")]
    NotAFile,
    /// The directory isn't empty.
    #[error("directory not empty")]
    NotEmpty,
    /// It isn't allowed.
    #[error("permission denied")]
    PermissionDenied,
    /// The name isn't possible there.
    #[error("name not allowed")]
    BadName,
    /// The offset lies beyond the end of the file.
    #[error("offset beyond the end of the file")]
    BadOffset,
    /// The time can't be stored, because the file system begins later or ends earlier.
    #[error("time out of range")]
    BadTime,
    /// There is no space left.
    #[error("no space left")]
    NoSpace,
    /// The quota is used up.
    #[error("over quota")]
    OverQuota,
    /// It is in use; trying again may help.
    #[error("busy")]
    Busy,
    /// The storage can't do that at all.
    #[error("not supported")]
    Unsupported,
    /// The storage itself failed.
    #[error("local error")]
    Local,
}
