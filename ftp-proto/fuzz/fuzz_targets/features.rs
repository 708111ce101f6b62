//! Every reading of a reply copes with any text; those of FEAT with any lines.
#![no_main]

use ftp_proto::{Reply, ReplyCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, Vec<Vec<u8>>)| {
    let (code, lines) = input;
    let Some(code) = ReplyCode::new(code) else {
        return;
    };
    let reply = Reply::with_lines(code, lines);
    let features = reply.features();
    for feature in features.lines() {
        let name = std::str::from_utf8(feature.name()).unwrap_or_default();
        assert!(name.is_empty() || features.contains(name));
    }
    let _ = (
        features.restart(),
        features.utf8(),
        features.machine_listings(),
    );
    let _ = features.facts().count();
    let _ = (
        reply.passive(),
        reply.extended_passive(),
        reply.path(),
        reply.system(),
    );
    let _ = (
        reply.size(),
        reply.modified(),
        reply.size_hint(),
        reply.to_string(),
    );
});
