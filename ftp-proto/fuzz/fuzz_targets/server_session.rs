//! A server session keeps its laws, whatever client, application and network do.
#![no_main]

use ftp_proto_fuzz::server::{Harness, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|steps: Vec<Step>| {
    let mut harness = Harness::new();
    for step in &steps {
        harness.step(step);
    }
});
