//! The quoted path of a 257 reply: `257 "a ""quoted"" name" created` ([RFC 959 appendix II]).
//!
//! [RFC 959 appendix II]: https://www.rfc-editor.org/rfc/rfc959#page-63

use alloc::vec::Vec;

/// Puts a path between double quotes, with those inside it doubled.
///
/// ```
/// assert_eq!(ftp_proto::path::quote(br#"/a"b"#), br#""/a""b""#);
/// ```
pub fn quote(path: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(path.len().saturating_add(2));
    quoted.push(b'"');
    for &byte in path {
        if byte == b'"' {
            quoted.push(b'"');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

/// Reads the first quoted path of a text: from the first quote to the first lone one.
///
/// `None` if there is no quote or the closing one is missing.
pub fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let mut rest = text
        .iter()
        .copied()
        .skip_while(|&byte| byte != b'"')
        .skip(1)
        .peekable();
    let mut path = Vec::new();
    loop {
        match rest.next()? {
            b'"' if rest.peek() == Some(&b'"') => {
                rest.next();
                path.push(b'"');
            }
            b'"' => return Some(path),
            byte => path.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_lone_quote_ends_the_path() {
        assert_eq!(
            unquote(br#""/a" is "current""#).as_deref(),
            Some(&b"/a"[..])
        );
        assert_eq!(unquote(br#"x "/a""b" y"#).as_deref(), Some(&br#"/a"b"#[..]));
        assert_eq!(unquote(br#""/a"#), None);
        assert_eq!(unquote(b"/a"), None);
    }

    proptest! {
        #[test]
        fn what_is_quoted_reads_back(path: Vec<u8>) {
            prop_assert_eq!(unquote(&quote(&path)), Some(path));
        }
    }
}
