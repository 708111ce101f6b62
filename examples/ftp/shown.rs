//! What a server sent, for a terminal.

/// Bytes as text in which nothing can play tricks on a terminal.
pub(crate) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|character| {
            if character.is_control() {
                '?'
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_masked_and_letters_are_not() {
        for (bytes, text) in [
            (&b"257 \"/a b\""[..], "257 \"/a b\""),
            ("na\u{ef}ve".as_bytes(), "na\u{ef}ve"),
            (b"a\x1b[2Jb\x7f\x07", "a?[2Jb??"),
            (b"\xff", "\u{fffd}"),
        ] {
            assert_eq!(shown(bytes), text, "{}", bytes.escape_ascii());
        }
    }
}
