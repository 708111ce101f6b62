//! Arguments and path names: bytes that are safe to put on a command line.
//!
//! A value of these types never holds CR, LF or NUL, so no caller and no peer can smuggle a second
//! command into a line. Path names are bytes, because servers keep names in encodings of their own;
//! text is offered only for show. See [RFC 959 §5.3.2] and [RFC 2640 §3.1].
//!
//! [RFC 959 §5.3.2]: https://www.rfc-editor.org/rfc/rfc959#section-5
//! [RFC 2640 §3.1]: https://www.rfc-editor.org/rfc/rfc2640#section-3

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why bytes can't be an [`Argument`] or a [`PathName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadArgument {
    /// CR, LF or NUL stands at this offset.
    #[error("control byte 0x{byte:02x} at offset {offset}")]
    Forbidden {
        /// The byte: 0x0d, 0x0a or 0x00.
        byte: u8,
        /// Where it stands.
        offset: usize,
    },
    /// A path name must have at least one byte.
    #[error("empty path name")]
    Empty,
}

/// The argument of a command: any bytes but CR, LF and NUL, possibly none.
///
/// ```
/// use ftp_proto::Argument;
///
/// assert!(Argument::new("anonymous").is_ok());
/// assert!(Argument::new("x\r\nDELE y").is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Argument(Vec<u8>);

impl Argument {
    /// Checks bytes and makes an argument of them.
    ///
    /// # Errors
    ///
    /// [`BadArgument::Forbidden`] if a CR, LF or NUL is among them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, BadArgument> {
        let bytes = bytes.into();
        match bytes
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n' | 0))
        {
            None => Ok(Self(bytes)),
            Some(offset) => Err(BadArgument::Forbidden {
                byte: bytes.get(offset).copied().unwrap_or_default(),
                offset,
            }),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes as text, with a replacement character for what isn't UTF-8; only for show.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

/// The name of a file or directory as a command or a listing carries it: not empty, and any bytes
/// but CR, LF and NUL.
///
/// It may be relative, absolute, or in the syntax of a foreign system; only the server knows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName(Argument);

impl PathName {
    /// Checks bytes and makes a path name of them.
    ///
    /// # Errors
    ///
    /// [`BadArgument::Empty`] for no bytes, [`BadArgument::Forbidden`] for CR, LF or NUL.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, BadArgument> {
        Self::try_from(Argument::new(bytes)?)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The bytes, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }

    /// The path name of something in this directory: both, with a slash between them unless there
    /// is one.
    ///
    /// Nothing is normalised, and a name that a server has listed may lead elsewhere: ask
    /// [`Entry::safe_name`](crate::listing::Entry::safe_name) first.
    ///
    /// ```
    /// use ftp_proto::PathName;
    ///
    /// let directory = PathName::new("pub")?;
    /// assert_eq!(directory.join(&PathName::new("a b")?).as_bytes(), b"pub/a b");
    /// # Ok::<(), ftp_proto::BadArgument>(())
    /// ```
    #[must_use]
    pub fn join(&self, name: &Self) -> Self {
        let slash: &[u8] = match self.as_bytes() {
            [.., b'/'] => b"",
            _ => b"/",
        };
        Self(Argument([self.as_bytes(), slash, name.as_bytes()].concat()))
    }

    /// The bytes as text, with a replacement character for what isn't UTF-8; only for show.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        self.0.to_string_lossy()
    }
}

impl TryFrom<Argument> for PathName {
    type Error = BadArgument;

    fn try_from(argument: Argument) -> Result<Self, BadArgument> {
        if argument.is_empty() {
            Err(BadArgument::Empty)
        } else {
            Ok(Self(argument))
        }
    }
}

impl From<PathName> for Argument {
    fn from(name: PathName) -> Self {
        name.0
    }
}

/// What can name a path in a call of the client: text, bytes, or a checked [`PathName`].
///
/// This trait is sealed; it exists so that `download("a.txt")` and `download(&entry.name)` both
/// read naturally.
pub trait ToPathName: sealed::Sealed {
    /// Makes the path name.
    ///
    /// # Errors
    ///
    /// As [`PathName::new`].
    fn to_path_name(&self) -> Result<PathName, BadArgument>;
}

impl ToPathName for PathName {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        Ok(self.clone())
    }
}

impl ToPathName for str {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        PathName::new(self)
    }
}

impl ToPathName for String {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        PathName::new(self.as_str())
    }
}

impl ToPathName for [u8] {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        PathName::new(self)
    }
}

impl ToPathName for Vec<u8> {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        PathName::new(self.as_slice())
    }
}

impl<T: ToPathName + ?Sized> ToPathName for &T {
    fn to_path_name(&self) -> Result<PathName, BadArgument> {
        (**self).to_path_name()
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}

impl fmt::Display for PathName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Escaped, so that a name can't forge a line of a log.
impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Debug for PathName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

mod sealed {
    use alloc::string::String;
    use alloc::vec::Vec;

    #[expect(
        unnameable_types,
        reason = "that nobody can name it is what seals the trait"
    )]
    pub trait Sealed {}
    impl Sealed for super::PathName {}
    impl Sealed for str {}
    impl Sealed for String {}
    impl Sealed for [u8] {}
    impl Sealed for Vec<u8> {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn line_ends_and_nul_are_unrepresentable() {
        for bad in [&b"a\rb"[..], b"a\nb", b"a\0b", b"\r\n"] {
            assert!(
                matches!(Argument::new(bad), Err(BadArgument::Forbidden { .. })),
                "{bad:?}"
            );
            assert!(PathName::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Argument::new("ab\n"),
            Err(BadArgument::Forbidden {
                byte: b'\n',
                offset: 2
            })
        );
    }

    #[test]
    fn a_path_name_is_not_empty() {
        assert_eq!(PathName::new(""), Err(BadArgument::Empty));
    }

    #[test]
    fn names_that_are_not_utf8_survive() {
        let name = PathName::new(&b"caf\xe9"[..]).unwrap();
        assert_eq!(name.as_bytes(), b"caf\xe9");
        assert_eq!(format!("{name:?}"), "\"caf\\xe9\"");
    }
}
