//! A client session against a server session, in memory: a virtual clock, and a seeded network that
//! re-chunks, delays, reorders control against data, and cuts.
//!
//! Whatever a seed does: nobody panics, nothing hangs, every ticket ends exactly once, and success
//! is only ever reported for bytes that arrived. A failing seed prints itself and its transcript.
//!
//! `DUEL_SEEDS=1000000 cargo test --release -p ftp-proto --test duel` runs a million.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod network;
mod random;
mod script;
mod shelf;
mod world;

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use world::World;

/// Seeds of an ordinary test run.
const SEEDS: u64 = 4000;

#[test]
fn no_seed_panics_hangs_or_lies() {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = variable("DUEL_FIRST").unwrap_or_default();
    let mut transferred = 0;
    for seed in first..first + variable("DUEL_SEEDS").unwrap_or(SEEDS) {
        let mut world = World::new(seed);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.run())) {
            eprintln!(
                "{}\nseed {seed} (DUEL_FIRST={seed} DUEL_SEEDS=1)",
                world.transcript()
            );
            resume_unwind(panic);
        }
        transferred += world.transferred();
    }
    assert!(
        transferred > 0,
        "a simulation in which no transfer succeeds proves nothing"
    );
}

#[test]
fn a_seed_always_takes_the_same_course() {
    let transcript = |seed| {
        let mut world = World::new(seed);
        world.run();
        world.transcript()
    };
    for seed in 0..20 {
        assert_eq!(transcript(seed), transcript(seed));
    }
}
