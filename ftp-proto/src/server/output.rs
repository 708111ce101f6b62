//! What a server session tells its driver: actions, questions and notes.

use core::net::SocketAddr;

use alloc::vec::Vec;

use crate::command::RawCommand;
use crate::listing::FactSet;
use crate::path::{Argument, VirtualPath};
use crate::reply::{Reply, ReplyCode};
use crate::secret::Secret;
use crate::session::{ChannelId, DataAction, DataFailure};
use crate::timestamp::Timestamp;

use super::Rights;
use super::answer::Discard;

/// The name of a question, unique within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub(crate) u64);

/// One thing for the driver to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Something to do with a data connection.
    Data(DataAction),
    /// A question that only the application can answer. At most one is open at a time.
    Ask {
        /// To be given back with the answer.
        id: AskId,
        /// The question.
        ask: Ask,
    },
    /// Takes the open question back. Its answer is no longer wanted; what [`Ask::Open`] opened
    /// meanwhile must be discarded as [`Discard::Unused`], and the upload of an [`Ask::Commit`] is
    /// left to its fate.
    Withdraw {
        /// The question.
        id: AskId,
    },
    /// What [`Ask::Open`] opened won't be used (any more): an upload is to be discarded for this
    /// reason, a download closed. The next [`Ask::Open`] waits until that is done.
    Discard {
        /// The channel it was opened for.
        channel: ChannelId,
        /// Why.
        why: Discard,
    },
    /// The login is gone: forget the storage that it mounted.
    Unmount,
    /// Close the control connection; every byte queued before has been sent.
    CloseControl,
    /// Something to observe; nothing to do.
    Note(Note),
}

/// A question to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// Who is this? Answered by [`Answer::LoggedIn`](super::Answer::LoggedIn) or
    /// [`Answer::Denied`](super::Answer::Denied); mounts the storage.
    Login {
        /// The name, as it came.
        user: Argument,
        /// The password.
        password: Secret<Argument>,
    },
    /// Is this a directory that may be entered? Answered by `Done`.
    ChangeDirectory(VirtualPath),
    /// Makes a directory. Answered by `Done`.
    MakeDirectory(VirtualPath),
    /// Removes an empty directory. Answered by `Done`.
    RemoveDirectory(VirtualPath),
    /// Removes a file. Answered by `Done`.
    RemoveFile(VirtualPath),
    /// Renames. Answered by `Done`.
    Rename {
        /// From.
        from: VirtualPath,
        /// To.
        to: VirtualPath,
    },
    /// What is there? Answered by `Entry`, whose name is the last component (or `/`).
    Inspect(VirtualPath),
    /// Sets the modification time. Answered by `Done`.
    SetModified {
        /// The file.
        path: VirtualPath,
        /// The time.
        time: Timestamp,
    },
    /// What is in this directory, or what is this file? Answered by `Entries`, at most `limit` of
    /// them; for a listing on the control connection.
    Entries {
        /// The directory or file.
        path: VirtualPath,
        /// The most entries to return.
        limit: usize,
    },
    /// Opens what a transfer will read or write, before the client is told to go on. Answered by
    /// `Opened`.
    Open {
        /// The channel that will move it.
        channel: ChannelId,
        /// What to open.
        job: Job,
    },
    /// Makes an upload permanent. Answered by `Done`, or `Failed`, after which it is gone.
    Commit {
        /// The channel that moved it.
        channel: ChannelId,
        /// Bytes that arrived.
        bytes: u64,
    },
    /// A `SITE` command or unknown verb. Answered by `Reply`, or by `Failed(Unsupported)` if the
    /// application doesn't know it either.
    Custom(RawCommand),
}

/// What a transfer reads or writes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Job {
    /// A file, from an offset in bytes.
    Retrieve {
        /// The file.
        path: VirtualPath,
        /// Where to begin.
        offset: u64,
    },
    /// A file to be written.
    Store {
        /// The file. For [`StoreMode::Unique`] a suggestion; `Opened` tells the name that was
        /// taken.
        path: VirtualPath,
        /// What happens to what is there.
        mode: StoreMode,
        /// The size that `ALLO` announced, in bytes.
        size_hint: Option<u64>,
    },
    /// A listing of a directory, or of one file.
    List {
        /// The directory or file.
        path: VirtualPath,
        /// In which form.
        style: ListStyle,
    },
}

/// What an upload does to a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreMode {
    /// `STOR`: replaces it once the upload is complete.
    Replace,
    /// `APPE`: adds to its end.
    Append,
    /// `REST` and `STOR`: overwrites from this offset on, which must not lie beyond the end.
    Resume(u64),
    /// `STOU`: leaves it alone and takes another name.
    Unique,
}

/// The form of a listing on a data connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListStyle {
    /// `LIST`: lines as of `ls -l`.
    Unix {
        /// Whether names that begin with a dot are shown (`-a`).
        all: bool,
    },
    /// `NLST`: names alone.
    Names {
        /// Whether names that begin with a dot are shown (`-a`).
        all: bool,
        /// What to put before each name: the argument of the command, ending in a slash, as servers
        /// do for a directory that is named. Empty for none. If the argument turns out to name a
        /// file, the line is this prefix without the slash.
        prefix: Vec<u8>,
    },
    /// `MLSD`: facts.
    Facts {
        /// Those that were chosen with `OPTS MLST`.
        facts: FactSet,
        /// What the login may do, for the `perm` fact.
        rights: Rights,
    },
}

/// Something that happened, for logs and observers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A command was executed; `Debug` hides secrets.
    Command(crate::command::Command),
    /// A line could not be read as a command.
    BadCommand {
        /// The code that answered it.
        code: ReplyCode,
    },
    /// A reply was queued.
    Replied(Reply),
    /// A user logged in.
    LoggedIn {
        /// The name.
        user: Argument,
    },
    /// A login was refused.
    LoginFailed {
        /// The name.
        user: Argument,
        /// How many in this session, with this one.
        attempts: u32,
    },
    /// The bytes of a transfer start to move.
    TransferStarted {
        /// The channel.
        channel: ChannelId,
    },
    /// A transfer ended, and the client was told.
    TransferEnded {
        /// The channel.
        channel: ChannelId,
        /// Bytes on the wire.
        bytes: u64,
        /// Why it is incomplete, if it is.
        failure: Option<DataFailure>,
    },
    /// A data connection came from, or a PORT pointed to, an address that the rules forbid.
    ForeignAddress(SocketAddr),
    /// A timer of the session expired.
    TimedOut(super::Timer),
}
