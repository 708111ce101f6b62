//! Names of months.

/// The English abbreviation of a month, 1 to 12.
pub(super) fn abbreviation(month: u8) -> &'static str {
    let index = usize::from(month).saturating_sub(1);
    MONTHS.get(index).map_or("???", |names| names.english)
}

/// The month of a name or abbreviation, in any case, with or without a full stop or comma; 1 to 12.
///
/// Names may be in UTF-8 or Latin-1.
pub(super) fn parse(text: &[u8]) -> Option<u8> {
    let name = match text {
        [name @ .., b'.' | b','] => name,
        _ => text,
    };
    let english = |names: &Month| names.english.as_bytes().eq_ignore_ascii_case(name);
    let other = |names: &Month| names.others.split(' ').any(|other| is_same(name, other));
    let index = MONTHS
        .iter()
        .position(english)
        .or_else(|| MONTHS.iter().position(other))?;
    u8::try_from(index + 1).ok()
}

/// Whether text in UTF-8, or else in Latin-1, is a name that is written in lower case.
fn is_same(text: &[u8], name: &str) -> bool {
    match core::str::from_utf8(text) {
        Ok(text) => text.chars().flat_map(char::to_lowercase).eq(name.chars()),
        Err(_) => text
            .iter()
            .flat_map(|&byte| char::from(byte).to_lowercase())
            .eq(name.chars()),
    }
}

struct Month {
    english: &'static str,
    /// Names in other languages, in lower case, with a space between.
    others: &'static str,
}

/// The months: the abbreviations of the C library for European languages, and the full names that
/// some servers show. A name that stands for different months in two languages is left out.
#[rustfmt::skip]
const MONTHS: [Month; 12] = [
    Month { english: "Jan", others: "january januar jänner janv janvier ene gen oca tammi sty led jaan ian янв січ ιαν" },
    Month { english: "Feb", others: "february februar febr fév févr février fev şub helmi lut úno únor veebr фев лют φεβ" },
    Month { english: "Mar", others: "march mär märz mrz mars mrt márc març marzo maalis bře märts мар бер μάρ μαρ" },
    Month { english: "Apr", others: "april avr avril abr nis huhti kwi dub ápr апр кві απρ" },
    Month { english: "May", others: "mai maj mei mag mayo maig touko kvě máj мая май тра μάι μαΐ" },
    Month { english: "Jun", others: "june juni juin giu haz kesä cze čen čvn jún juuni iun juny июн чер ιούν ιουν" },
    Month { english: "Jul", others: "july juli juil juillet lug tem heinä čec čvc júl juuli iul июл ιούλ ιουλ" },
    Month { english: "Aug", others: "august aoû août ago ağu elo sie srp avg ag авг сер αύγ αυγ" },
    Month { english: "Sep", others: "sept september set eyl syys wrz zář szept сен вер σεπ" },
    Month { english: "Oct", others: "october okt oktober ott out eki loka paź říj окт жов οκτ" },
    Month { english: "Nov", others: "november kas marras noi ноя νοε" },
    Month { english: "Dec", others: "december dez dezember déc dic ara joulu gru pro des dets дек δεκ" },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_name_stands_for_one_month() {
        let mut seen = BTreeMap::new();
        for (index, month) in MONTHS.iter().enumerate() {
            for name in month.others.split(' ').chain([month.english]) {
                assert_eq!(seen.insert(name, index), None, "{name} twice");
                assert_eq!(
                    parse(name.as_bytes()),
                    u8::try_from(index + 1).ok(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn case_encoding_and_full_stops_do_not_matter() {
        for (text, month) in [
            (&b"JAN"[..], Some(1)),
            (b"mai", Some(5)),
            (b"juil.", Some(7)),
            (b"Juli,", Some(7)),
            (b"M\xe4r", Some(3)),
            (b"d\xe9c.", Some(12)),
            ("ОКТ".as_bytes(), Some(10)),
            (b"", None),
            (b".", None),
            (b"Jam", None),
            (b"Ja", None),
            (b"Janu", None),
        ] {
            assert_eq!(parse(text), month, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn abbreviations_are_english() {
        assert_eq!(abbreviation(1), "Jan");
        assert_eq!(abbreviation(12), "Dec");
    }
}
