//! A line of facts that is read, written and read again tells the same.
#![no_main]

use ftp_proto::listing::{FactSet, parse_facts, write_facts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let _ = FactSet::parse(line).to_string();
    let Some(entry) = parse_facts(line) else {
        return;
    };
    let _ = entry.safe_name();
    let mut once = Vec::new();
    write_facts(&entry, FactSet::ALL, &mut once);
    let again = parse_facts(&once).expect("what is written can be read");
    assert_eq!(again.name, entry.name);
    let mut twice = Vec::new();
    write_facts(&again, FactSet::ALL, &mut twice);
    assert_eq!(once, twice);
});
