//! The parameters that some commands take.

use core::fmt;

/// The representation type of `TYPE` ([RFC 959 §3.1.1]).
///
/// [RFC 959 §3.1.1]: https://www.rfc-editor.org/rfc/rfc959#section-3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TypeCode {
    /// `A` or `A N`: text, with CR LF at the end of each line on the wire. The default.
    #[default]
    Ascii,
    /// `A T`: text with Telnet format controls.
    AsciiTelnet,
    /// `A C`: text with carriage control (ASA).
    AsciiCarriageControl,
    /// `E`: EBCDIC text.
    Ebcdic,
    /// `I`: bytes as they are.
    Image,
    /// `L n`: bytes of `n` bits; `L 8` equals `I`.
    Local(u8),
}

impl TypeCode {
    /// Whether data goes over the wire unchanged.
    pub const fn is_transparent(self) -> bool {
        matches!(self, Self::Image | Self::Local(8))
    }
}

impl fmt::Display for TypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ascii => f.write_str("A"),
            Self::AsciiTelnet => f.write_str("A T"),
            Self::AsciiCarriageControl => f.write_str("A C"),
            Self::Ebcdic => f.write_str("E"),
            Self::Image => f.write_str("I"),
            Self::Local(bits) => write!(f, "L {bits}"),
        }
    }
}

/// The file structure of `STRU` ([RFC 959 §3.1.2]).
///
/// [RFC 959 §3.1.2]: https://www.rfc-editor.org/rfc/rfc959#section-3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Structure {
    /// `F`: a file is a run of bytes. The default.
    #[default]
    File,
    /// `R`: a file is made of records.
    Record,
    /// `P`: a file is made of pages.
    Page,
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "F",
            Self::Record => "R",
            Self::Page => "P",
        })
    }
}

/// The transfer mode of `MODE` ([RFC 959 §3.4]).
///
/// [RFC 959 §3.4]: https://www.rfc-editor.org/rfc/rfc959#section-3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// `S`: the end of the connection is the end of the file. The default.
    #[default]
    Stream,
    /// `B`: blocks with headers and restart markers.
    Block,
    /// `C`: run-length compression.
    Compressed,
    /// `Z`: deflate (draft-preston-ftpext-deflate).
    Deflate,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stream => "S",
            Self::Block => "B",
            Self::Compressed => "C",
            Self::Deflate => "Z",
        })
    }
}

/// The protection level of `PROT` ([RFC 2228 §3]).
///
/// [RFC 2228 §3]: https://www.rfc-editor.org/rfc/rfc2228#section-3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protection {
    /// `C`: in the clear. The default.
    #[default]
    Clear,
    /// `S`: integrity only.
    Safe,
    /// `E`: confidentiality only.
    Confidential,
    /// `P`: integrity and confidentiality.
    Private,
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear => "C",
            Self::Safe => "S",
            Self::Confidential => "E",
            Self::Private => "P",
        })
    }
}

/// What `EPSV` asks for ([RFC 2428 §3]).
///
/// [RFC 2428 §3]: https://www.rfc-editor.org/rfc/rfc2428#section-3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EpsvArgument {
    /// No argument: the family of the control connection.
    #[default]
    Unspecified,
    /// `1`: IPv4.
    Ipv4,
    /// `2`: IPv6.
    Ipv6,
    /// Another number: a family that no server knows, answered with 522.
    Family(u32),
    /// `ALL`: from now on no other command sets up data connections.
    All,
}

impl fmt::Display for EpsvArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => Ok(()),
            Self::Ipv4 => f.write_str("1"),
            Self::Ipv6 => f.write_str("2"),
            Self::Family(family) => family.fmt(f),
            Self::All => f.write_str("ALL"),
        }
    }
}
