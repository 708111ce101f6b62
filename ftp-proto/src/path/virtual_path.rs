//! Absolute paths in the tree that a server shows.
//!
//! There is one place where `.`, `..`, repeated slashes and relative names are resolved: here. A
//! storage back end gets the result and never sees a dot-dot.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::PathName;

/// An absolute, normalised path: it begins with `/`, has no empty, `.` or `..` component, and no
/// CR, LF or NUL. `..` at the root stays at the root.
///
/// ```
/// use ftp_proto::{PathName, VirtualPath};
///
/// let home = VirtualPath::root().join(&PathName::new("home/alice")?);
/// assert_eq!(home.join(&PathName::new("../bob/./x")?).as_bytes(), b"/home/bob/x");
/// assert_eq!(home.join(&PathName::new("../../../../etc")?).as_bytes(), b"/etc");
/// # Ok::<(), ftp_proto::BadArgument>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VirtualPath(Vec<u8>);

impl VirtualPath {
    /// The root, `/`.
    pub fn root() -> Self {
        Self(Vec::from(b"/"))
    }

    /// Where `name` leads from here: from the root if it begins with `/`, else from this path.
    pub fn join(&self, name: &PathName) -> Self {
        let name = name.as_bytes();
        let mut joined = if name.starts_with(b"/") {
            Self::root()
        } else {
            self.clone()
        };
        for component in name.split(|&byte| byte == b'/') {
            match component {
                b"" | b"." => {}
                b".." => joined.0.truncate(joined.parent_len()),
                _ => joined.push(component),
            }
        }
        joined
    }

    /// The directory that holds this path; the root for the root.
    pub fn parent(&self) -> Self {
        Self(self.0.get(..self.parent_len()).unwrap_or(b"/").into())
    }

    /// The last component; `None` for the root.
    pub fn file_name(&self) -> Option<&[u8]> {
        self.components().next_back()
    }

    /// The components from the root down; none for the root.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0
            .split(|&byte| byte == b'/')
            .filter(|component| !component.is_empty())
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0 == b"/"
    }

    /// Whether this path is `ancestor` or lies below it.
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0
            .strip_prefix(ancestor.0.as_slice())
            .is_some_and(|rest| ancestor.is_root() || rest.is_empty() || rest.starts_with(b"/"))
    }

    /// The bytes, beginning with `/`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, with a replacement character for what isn't UTF-8; only for show.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    fn push(&mut self, component: &[u8]) {
        if !self.is_root() {
            self.0.push(b'/');
        }
        self.0.extend_from_slice(component);
    }

    fn parent_len(&self) -> usize {
        self.0
            .iter()
            .rposition(|&byte| byte == b'/')
            .unwrap_or_default()
            .max(1)
    }
}

impl Default for VirtualPath {
    fn default() -> Self {
        Self::root()
    }
}

impl From<&PathName> for VirtualPath {
    /// The path that the name means from the root.
    fn from(name: &PathName) -> Self {
        Self::root().join(name)
    }
}

impl fmt::Display for VirtualPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}

/// Escaped, so that a name can't forge a line of a log.
impl fmt::Debug for VirtualPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(path: &str) -> VirtualPath {
        VirtualPath::from(&PathName::new(path).unwrap())
    }

    #[test]
    fn names_resolve_against_the_working_directory() {
        for (from, name, to) in [
            ("/", "a", "/a"),
            ("/a", "b/c", "/a/b/c"),
            ("/a", "/b", "/b"),
            ("/a/b", "..", "/a"),
            ("/a", "../..", "/"),
            ("/", "../../etc/passwd", "/etc/passwd"),
            ("/a", "//x///y/", "/x/y"),
            ("/a", "...", "/a/..."),
            ("/a", "..\\x", "/a/..\\x"),
            ("/a", ". ", "/a/. "),
        ] {
            let joined = at(from).join(&PathName::new(name).unwrap());
            assert_eq!(joined, at(to), "{from} + {name}");
            assert_eq!(joined.as_bytes(), to.as_bytes());
        }
    }

    #[test]
    fn parent_and_name_take_a_path_apart() {
        assert_eq!(at("/a/b").parent(), at("/a"));
        assert_eq!(at("/a").parent(), at("/"));
        assert_eq!(at("/").parent(), at("/"));
        assert_eq!(at("/a/b").file_name(), Some(&b"b"[..]));
        assert_eq!(at("/").file_name(), None);
    }

    #[test]
    fn a_prefix_of_the_text_is_not_an_ancestor() {
        assert!(at("/a/b").starts_with(&at("/a")));
        assert!(at("/a").starts_with(&at("/a")));
        assert!(at("/a").starts_with(&at("/")));
        assert!(!at("/ab").starts_with(&at("/a")));
    }

    proptest! {
        #[test]
        fn normalising_is_idempotent_and_never_leaves_the_root(
            name in "[a./\\\\ ]{1,40}",
        ) {
            let once = at(&name);
            let text = String::from_utf8(once.as_bytes().to_vec()).unwrap();
            prop_assert_eq!(&at(&text), &once);
            prop_assert!(once.components().all(|part| part != b".." && part != b"."));
        }
    }
}
