//! Bytes as ASCII text: the few readings that every parser of this crate shares.
//!
//! They are stricter than `str::parse`: a number is digits and nothing else, no sign, and one that
//! doesn't fit is no number instead of a wrong one.

use core::str::FromStr;

/// Reads a whole text as a decimal number; `None` if it isn't all digits or doesn't fit.
pub(crate) fn number<T: FromStr>(text: &[u8]) -> Option<T> {
    if text.iter().all(u8::is_ascii_digit) {
        str::from_utf8(text).ok()?.parse().ok()
    } else {
        None
    }
}

/// Splits off the digits at the beginning.
pub(crate) fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// Splits at the first occurrence of a byte, which is in neither half.
pub(crate) fn split_once(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (head, tail) = text.split_at_checked(find(text, at)?)?;
    Some((head, tail.get(1..)?))
}

/// Where a byte stands first.
///
/// It looks at a block at once, in a form that compilers turn into vector instructions, since file
/// data and control lines of any length pass through here.
pub(crate) fn find(text: &[u8], wanted: u8) -> Option<usize> {
    const BLOCK: usize = 32;
    let holds = |block: &&[u8]| {
        block
            .iter()
            .fold(false, |found, &byte| found | (byte == wanted))
    };
    let clean = text
        .chunks_exact(BLOCK)
        .take_while(|block| !holds(block))
        .count()
        .saturating_mul(BLOCK);
    let rest = text.get(clean..)?;
    Some(clean.saturating_add(rest.iter().position(|&byte| byte == wanted)?))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn a_number_is_digits_and_nothing_else() {
        assert_eq!(number(b"007"), Some(7_u8));
        assert_eq!(number(b"255"), Some(255_u8));
        for bad in [
            &b""[..],
            b"+1",
            b"-1",
            b" 1",
            b"1 ",
            b"256",
            b"0x1",
            b"\xb2",
        ] {
            assert_eq!(number::<u8>(bad), None, "{bad:?}");
        }
        assert_eq!(number::<u64>(b"18446744073709551616"), None);
    }

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..100 {
            let mut text = vec![b'.'; length];
            assert_eq!(find(&text, b'!'), None, "{length}");
            for at in (0..length).rev() {
                text[at] = b'!';
                assert_eq!(find(&text, b'!'), Some(at), "{at} of {length}");
            }
        }
    }

    #[test]
    fn splitting_drops_the_separator() {
        assert_eq!(split_once(b"a b c", b' '), Some((&b"a"[..], &b"b c"[..])));
        assert_eq!(split_once(b"a", b' '), None);
        assert_eq!(split_digits(b"12ab"), (&b"12"[..], &b"ab"[..]));
        assert_eq!(split_digits(b"12"), (&b"12"[..], &b""[..]));
    }
}
