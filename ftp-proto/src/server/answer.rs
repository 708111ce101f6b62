//! What the application answers, and how each failure reads as a reply.

use alloc::vec::Vec;

use crate::session::FailureKind;

use super::Rights;
use crate::listing::Entry;
use crate::path::{Argument, VirtualPath};
use crate::reply::{Reply, ReplyCode};

/// The answer to an [`Ask`](super::Ask).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It is done.
    Done,
    /// The login is good.
    LoggedIn(Grant),
    /// The login is bad. Unknown user and wrong password must not differ.
    Denied,
    /// What is there.
    Entry(Entry),
    /// What is in the directory.
    Entries(Vec<Entry>),
    /// The file or listing of a transfer is open.
    Opened {
        /// The bytes that a download will send in TYPE I, if known.
        size: Option<u64>,
        /// The name that `STOU` took.
        name: Option<VirtualPath>,
    },
    /// The reply to a custom command.
    Reply(Reply),
    /// It can't be done.
    Failed(FailureKind),
}

/// What a login may do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// What may be done.
    pub rights: Rights,
    /// The first working directory.
    pub home: VirtualPath,
    /// Lines for the 230 reply.
    pub message: Vec<Argument>,
}

impl Grant {
    /// A grant with these rights, at home in the root.
    pub const fn new(rights: Rights, home: VirtualPath) -> Self {
        Self {
            rights,
            home,
            message: Vec::new(),
        }
    }
}

/// Why an upload isn't kept as it was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Discard {
    /// Nothing was transferred: no data connection, or the question was withdrawn.
    Unused,
    /// The client asked for it with ABOR.
    Aborted,
    /// The data connection broke, or nothing moved for too long.
    Broken,
    /// The control connection is gone.
    Disconnected,
    /// The storage failed.
    Failed,
}

/// What was being done when a failure came; it decides which code the failure reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Situation {
    /// Something was looked at: CWD, RNFR, SIZE, MDTM, MLST, STAT.
    Look,
    /// Something was changed: MKD, RMD, DELE, RNTO, MFMT.
    Change,
    /// Something was read: RETR, LIST, NLST.
    Read,
    /// A directory was read by MLSD, which has a code of its own for what is none (RFC 3659 §7.2.1).
    Facts,
    /// Something was written: STOR, STOU, APPE.
    Write,
    /// SITE or a verb of the application.
    Custom,
}

impl FailureKind {
    /// The one table that says as what a failure reads.
    pub(super) const fn code(self, situation: Situation) -> ReplyCode {
        const BUSY: ReplyCode = ReplyCode::FILE_BUSY;
        const LOCAL: ReplyCode = ReplyCode::LOCAL_ERROR;
        const SPACE: ReplyCode = ReplyCode::NO_SPACE;
        const ARGUMENT: ReplyCode = ReplyCode::ARGUMENT_ERROR;
        const COMMAND: ReplyCode = ReplyCode::NOT_IMPLEMENTED;
        const PARAMETER: ReplyCode = ReplyCode::ARGUMENT_NOT_IMPLEMENTED;
        const FILE: ReplyCode = ReplyCode::FILE_UNAVAILABLE;
        const QUOTA: ReplyCode = ReplyCode::OVER_QUOTA;
        const NAME: ReplyCode = ReplyCode::BAD_NAME;
        const OFFSET: ReplyCode = ReplyCode::BAD_OFFSET;

        #[rustfmt::skip]
        let [look, change, read, facts, write, custom] = match self {
            //                         Look     Change   Read       Facts      Write      Custom
            Self::NotFound         => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::AlreadyExists    => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::NotADirectory    => [FILE,    FILE,    FILE,      ARGUMENT,  FILE,      FILE],
            Self::IsADirectory     => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::NotAFile         => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::NotEmpty         => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::PermissionDenied => [FILE,    FILE,    FILE,      FILE,      FILE,      FILE],
            Self::BadName          => [FILE,    NAME,    FILE,      FILE,      NAME,      ARGUMENT],
            Self::BadOffset        => [FILE,    FILE,    OFFSET,    OFFSET,    OFFSET,    ARGUMENT],
            Self::BadTime          => [FILE,    FILE,    FILE,      FILE,      FILE,      ARGUMENT],
            Self::NoSpace          => [SPACE,   SPACE,   SPACE,     SPACE,     SPACE,     SPACE],
            Self::OverQuota        => [QUOTA,   QUOTA,   QUOTA,     QUOTA,     QUOTA,     QUOTA],
            Self::Busy             => [BUSY,    BUSY,    BUSY,      BUSY,      BUSY,      BUSY],
            Self::Unsupported      => [COMMAND, COMMAND, PARAMETER, PARAMETER, PARAMETER, PARAMETER],
            Self::Local            => [LOCAL,   LOCAL,   LOCAL,     LOCAL,     LOCAL,     LOCAL],
        };
        match situation {
            Situation::Look => look,
            Situation::Change => change,
            Situation::Read => read,
            Situation::Facts => facts,
            Situation::Write => write,
            Situation::Custom => custom,
        }
    }
}
