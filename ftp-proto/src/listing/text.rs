//! Bytes of a line: numbers as they stand in columns, and the columns.

use core::str::FromStr;

use crate::ascii::number;

/// Reads a small number, such as those of a date, of one to `most` digits.
pub(super) fn small<T: FromStr>(digits: &[u8], most: usize) -> Option<T> {
    if digits.len() <= most {
        number(digits)
    } else {
        None
    }
}

/// Reads a size whose digits may stand in groups of three, as `1,234,567`.
pub(super) fn grouped(text: &[u8], separator: u8) -> Option<u64> {
    let mut groups = text.split(|&byte| byte == separator);
    let first = groups
        .next()
        .filter(|group| (1..=3).contains(&group.len()))?;
    groups.try_fold(number::<u64>(first)?, |value, group| {
        let group = number::<u64>(group).filter(|_| group.len() == 3)?;
        value.checked_mul(1000)?.checked_add(group)
    })
}

/// A column: text without blanks, and where it stands in its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<'a> {
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The columns of a line, which spaces and tabs separate.
pub(super) fn columns(line: &[u8]) -> impl Iterator<Item = Column<'_>> {
    let mut end = 0;
    core::iter::from_fn(move || {
        let rest = line.get(end..)?;
        let start = end + rest.iter().position(|&byte| !is_blank(byte))?;
        let rest = line.get(start..)?;
        let length = rest.iter().position(|&byte| is_blank(byte));
        end = start + length.unwrap_or(rest.len());
        Some(Column {
            text: line.get(start..end)?,
            start,
            end,
        })
    })
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn small_numbers_have_few_digits() {
        assert_eq!(small(b"7", 2), Some(7_u8));
        assert_eq!(small::<u8>(b"256", 3), None);
        assert_eq!(small::<u8>(b"012", 2), None);
    }

    #[test]
    fn groups_have_three_digits() {
        for (text, size) in [
            (&b"9,730"[..], Some(9_730)),
            (b"1,234,567", Some(1_234_567)),
            (b"12", Some(12)),
            (b"1234", None),
            (b"1,23", None),
            (b",123", None),
            (b"1,", None),
            (b"99,999,999,999,999,999,999", None),
        ] {
            assert_eq!(grouped(text, b','), size, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn columns_know_their_places() {
        let line = b" a  bc\td ";
        let found: Vec<_> = columns(line)
            .map(|column| (column.text, column.start, column.end))
            .collect();
        assert_eq!(found, [(&b"a"[..], 1, 2), (b"bc", 4, 6), (b"d", 7, 8)]);
        assert_eq!(columns(b" \t").count(), 0);
    }
}
