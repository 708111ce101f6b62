//! Reply codes: three digits whose first two carry meaning ([RFC 959 §4.2]).
//!
//! [RFC 959 §4.2]: https://www.rfc-editor.org/rfc/rfc959#section-4.2

use core::fmt;

/// The code of a reply, 100 to 599. Codes that no RFC names keep their value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyCode(u16);

/// What the first digit says ([RFC 959 §4.2.1]).
///
/// [RFC 959 §4.2.1]: https://www.rfc-editor.org/rfc/rfc959#section-4.2
// Complete: the RFC has no sixth digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the RFC defines exactly these five"
)]
pub enum Class {
    /// 1yz: begun, another reply follows.
    Preliminary,
    /// 2yz: done.
    Completion,
    /// 3yz: accepted so far, another command is needed.
    Intermediate,
    /// 4yz: refused for now.
    TransientNegative,
    /// 5yz: refused.
    PermanentNegative,
}

impl ReplyCode {
    /// A code from its number.
    pub const fn new(code: u16) -> Option<Self> {
        if code >= 100 && code <= 599 {
            Some(Self(code))
        } else {
            None
        }
    }

    /// The number.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// What the first digit says.
    pub const fn class(self) -> Class {
        match self.0 / 100 {
            1 => Class::Preliminary,
            2 => Class::Completion,
            3 => Class::Intermediate,
            4 => Class::TransientNegative,
            _ => Class::PermanentNegative,
        }
    }

    /// 1yz.
    pub const fn is_preliminary(self) -> bool {
        matches!(self.class(), Class::Preliminary)
    }

    /// 2yz.
    pub const fn is_completion(self) -> bool {
        matches!(self.class(), Class::Completion)
    }

    /// 3yz.
    pub const fn is_intermediate(self) -> bool {
        matches!(self.class(), Class::Intermediate)
    }

    /// 4yz or 5yz.
    pub const fn is_negative(self) -> bool {
        matches!(
            self.class(),
            Class::TransientNegative | Class::PermanentNegative
        )
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        /// The codes that the RFCs name.
        impl ReplyCode {
            $($(#[doc = $doc])+ pub const $name: Self = Self($code);)+
        }
    };
}

codes! {
    /// 110: restart marker.
    RESTART_MARKER = 110;
    /// 120: ready in some minutes.
    READY_LATER = 120;
    /// 125: the data connection is already open; the transfer starts.
    DATA_ALREADY_OPEN = 125;
    /// 150: about to open the data connection.
    OPENING_DATA = 150;
    /// 200: done.
    OK = 200;
    /// 202: superfluous here.
    SUPERFLUOUS = 202;
    /// 211: system status, FEAT, HELP.
    SYSTEM_STATUS = 211;
    /// 212: directory status.
    DIRECTORY_STATUS = 212;
    /// 213: file status: SIZE, MDTM, STAT of a file.
    FILE_STATUS = 213;
    /// 214: help.
    HELP = 214;
    /// 215: system type.
    SYSTEM_TYPE = 215;
    /// 220: ready for a new user.
    READY = 220;
    /// 221: goodbye.
    CLOSING = 221;
    /// 225: the data connection is open and nothing is being transferred.
    DATA_OPEN_IDLE = 225;
    /// 226: the transfer is complete.
    TRANSFER_COMPLETE = 226;
    /// 227: passive mode, with the address.
    PASSIVE = 227;
    /// 228: long passive mode (RFC 1639).
    LONG_PASSIVE = 228;
    /// 229: extended passive mode, with the port (RFC 2428).
    EXTENDED_PASSIVE = 229;
    /// 230: logged in.
    LOGGED_IN = 230;
    /// 232: logged in by the security exchange (RFC 2228).
    LOGGED_IN_SECURELY = 232;
    /// 234: the security exchange is complete or starts (RFC 2228, 4217).
    SECURITY_OK = 234;
    /// 250: the file action is done.
    FILE_ACTION_OK = 250;
    /// 257: the path name, in quotes.
    PATH_CREATED = 257;
    /// 331: a password is needed.
    NEED_PASSWORD = 331;
    /// 332: an account is needed.
    NEED_ACCOUNT = 332;
    /// 334: the security mechanism is accepted and wants data (RFC 2228).
    NEED_SECURITY_DATA = 334;
    /// 350: the action waits for another command.
    PENDING = 350;
    /// 421: the service is not available; the control connection closes.
    SERVICE_NOT_AVAILABLE = 421;
    /// 425: no data connection.
    CANT_OPEN_DATA = 425;
    /// 426: the data connection was closed, the transfer is aborted.
    TRANSFER_ABORTED = 426;
    /// 431: a needed resource for security is missing (RFC 2228).
    SECURITY_RESOURCE = 431;
    /// 450: the file is busy.
    FILE_BUSY = 450;
    /// 451: a local error.
    LOCAL_ERROR = 451;
    /// 452: no space.
    NO_SPACE = 452;
    /// 500: syntax error, unknown command.
    SYNTAX_ERROR = 500;
    /// 501: syntax error in the argument.
    ARGUMENT_ERROR = 501;
    /// 502: not implemented.
    NOT_IMPLEMENTED = 502;
    /// 503: bad sequence of commands.
    BAD_SEQUENCE = 503;
    /// 504: not implemented for that argument.
    ARGUMENT_NOT_IMPLEMENTED = 504;
    /// 521: data connections can't be had with that protection (RFC 4217).
    DATA_PROTECTION = 521;
    /// 522: network protocol not supported (RFC 2428), or TLS trouble on a data connection.
    PROTOCOL_NOT_SUPPORTED = 522;
    /// 530: not logged in.
    NOT_LOGGED_IN = 530;
    /// 532: an account is needed to store files.
    NEED_ACCOUNT_TO_STORE = 532;
    /// 533: the command's protection was refused (RFC 2228).
    PROTECTION_REFUSED = 533;
    /// 534: refused by policy (RFC 2228).
    POLICY_REFUSED = 534;
    /// 536: that protection level isn't supported (RFC 2228).
    PROTECTION_NOT_SUPPORTED = 536;
    /// 550: the file is not available.
    FILE_UNAVAILABLE = 550;
    /// 551: unknown page type.
    PAGE_TYPE = 551;
    /// 552: over the allotted storage.
    OVER_QUOTA = 552;
    /// 553: the file name isn't allowed.
    BAD_NAME = 553;
    /// 554: the offset of REST isn't possible (RFC 1123).
    BAD_OFFSET = 554;
}
