//! The names of uploads that aren't to be seen yet: `.NAME.0123456789abcdef.ftp-part`.

use crate::storage::names::{TAG_LEN, compose, random_tag};

const SUFFIX: &[u8] = b".ftp-part";

/// A staging name for an upload to `name`, which nobody has chosen before.
pub(super) fn name_for(name: &[u8]) -> Vec<u8> {
    let tail = [b".", random_tag().as_bytes(), SUFFIX].concat();
    compose(b".", name, &tail)
}

/// Whether a name is one of them.
pub(super) fn is_staging(name: &[u8]) -> bool {
    name.strip_prefix(b".")
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .and_then(|rest| rest.split_last_chunk::<TAG_LEN>())
        .is_some_and(|(head, tag)| {
            head.ends_with(b".")
                && tag
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staging_names_are_recognised_and_others_are_not() {
        for name in [&b"x"[..], b"", &[b'n'; 255], "é".repeat(127).as_bytes()] {
            let staged = name_for(name);
            assert!(is_staging(&staged), "{}", staged.escape_ascii());
            assert!(staged.len() <= 255, "{}", staged.escape_ascii());
            assert_ne!(staged, name_for(name), "two uploads must differ");
        }
        for name in [
            ".x.ftp-part",
            ".x.0123456789abcde.ftp-part",
            ".x.0123456789abcdeg.ftp-part",
            ".x0123456789abcdef.ftp-part",
            "x.0123456789abcdef.ftp-part",
            ".x.0123456789abcdef.ftp-part.",
            ".ftp-part",
            ".",
            "",
        ] {
            assert!(!is_staging(name.as_bytes()), "{name}");
        }
    }
}
