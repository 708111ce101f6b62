//! Listings: one model of an entry, and the forms in which servers write it.
//!
//! An [`Entry`] is what is known of one file. Servers write entries in many dialects; each has a
//! file of its own here that reads one line, and all are rows of one table. [`ListingParser`]
//! takes the bytes of a whole listing in any portions, finds out which dialect is spoken, and
//! gives back every line: read, or as it came.
//!
//! | dialect | sent for | read | written |
//! |---|---|---|---|
//! | facts ([RFC 3659 §7]) | MLSD, MLST | [`parse_facts`] | [`write_facts`] |
//! | `ls -l` | LIST, STAT | [`ListingParser`] | [`write_unix`] |
//! | DOS and IIS | LIST | [`ListingParser`] | |
//! | names alone | NLST | [`ListingParser`] | [`write_name`] |
//!
//! Nothing here reads a clock or a locale: dates without a year are completed with a reference
//! time that the caller passes in, and times of unknown zones stay marked as such
//! ([`ListedTime::Local`]).
//!
//! [RFC 3659 §7]: https://www.rfc-editor.org/rfc/rfc3659#section-7

mod clock;
mod dialect;
mod dos;
mod entry;
mod fact_set;
mod facts;
mod mode;
mod month;
mod names;
mod parser;
mod reading;
mod safe_name;
mod text;
mod unix;
mod year;

pub use dialect::Dialect;
pub use entry::{Entry, EntryKind, ListedTime, Precision};
pub use fact_set::{Fact, FactSet};
pub use facts::{parse_facts, write_facts};
pub use mode::mode_letters;
pub use names::write_name;
pub use parser::{Line, ListingParser};
pub use unix::write_unix;
