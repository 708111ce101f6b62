//! Names that a storage makes up.

use rand::RngExt as _;

/// The longest name of a file in bytes, as nearly every file system has it.
pub(super) const MAX_NAME: usize = 255;

/// Digits of [`random_tag`].
pub(super) const TAG_LEN: usize = 16;

/// Digits that nobody can guess, so that names made at the same time differ.
pub(super) fn random_tag() -> String {
    format!("{:0TAG_LEN$x}", rand::rng().random::<u64>())
}

/// `prefix`, `name` and `suffix` in one name, `name` cut to what fits, between characters where it
/// is UTF-8.
pub(super) fn compose(prefix: &[u8], name: &[u8], suffix: &[u8]) -> Vec<u8> {
    let room = MAX_NAME.saturating_sub(prefix.len() + suffix.len());
    [prefix, cut(name, room), suffix].concat()
}

fn cut(name: &[u8], room: usize) -> &[u8] {
    if name.len() <= room {
        return name;
    }
    let is_border = |at: &usize| name.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80);
    let end = (0..=room).rev().take(4).find(is_border).unwrap_or(room);
    name.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_composed_name_fits_and_keeps_characters_whole() {
        assert_eq!(compose(b".", b"abc", b".x"), b".abc.x");
        for name in ["a".repeat(255), "é".repeat(127), "€".repeat(85)] {
            let composed = compose(b".", name.as_bytes(), b".x");
            let text = String::from_utf8(composed).expect(&name);
            assert!((MAX_NAME - 2..=MAX_NAME).contains(&text.len()), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_not_utf8_is_cut_anywhere() {
        let composed = compose(b"<", &[0x80; 300], b">");
        assert_eq!(composed, [b"<", &[0x80; 253][..], b">"].concat());
    }

    #[test]
    fn tags_have_their_length_and_differ() {
        let tags = [random_tag(), random_tag()];
        assert!(tags.iter().all(|tag| tag.len() == TAG_LEN), "{tags:?}");
        assert_ne!(tags.first(), tags.last());
    }
}
