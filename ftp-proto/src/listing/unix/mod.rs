//! `ls -l` and its many variants.
//!
//! ```text
//! -rw-r--r--+  1 owner  group   1234 Jan  2 15:04 name -> target
//! │└─ mode ─┘│ │ └── names ──┘   │   └── date ──┘ └ one space, then the name to the end
//! kind       │ links            size
//!            ACL mark
//! ```
//!
//! Owner and group may be missing or hold spaces, and the link count may be missing or glued to the
//! mode. So a line is read from its date: the place where a number is followed by something that is
//! a date in one of the forms of `date.rs`; the number is the size, what stands between it and the
//! mode are links, owner and group. Of several such places the usual one wins.

mod date;
mod head;
mod line;
mod write;

pub use write::write_unix;

use super::reading::{Context, Reading};
use super::text::columns;

/// Reads a line of a listing.
pub(super) fn read(line: &[u8], context: Context) -> Reading {
    if is_total(line) {
        return Reading::Nothing;
    }
    line::parse(line, context.now).into()
}

/// Whether a line is blank or tells how many blocks or files there are.
fn is_total(line: &[u8]) -> bool {
    let mut columns = columns(line).map(|column| column.text);
    match (columns.next(), columns.next()) {
        (None, _) => true,
        (Some(word), Some(number)) => {
            TOTALS
                .iter()
                .any(|total| total.as_bytes().eq_ignore_ascii_case(word))
                && number.first().is_some_and(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// The first word of the line that tells the number of blocks, in the languages of `ls`.
const TOTALS: [&str; 20] = [
    "total",
    "totale",
    "totaal",
    "totalt",
    "insgesamt",
    "gesamt",
    "razem",
    "celkem",
    "spolu",
    "toplam",
    "összesen",
    "yhteensä",
    "ukupno",
    "итого",
    "всего",
    "загалом",
    "σύνολο",
    "合計",
    "总用量",
    "總計",
];

#[cfg(test)]
mod tests;
