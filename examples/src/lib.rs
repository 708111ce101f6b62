//! What the programs and examples share.

mod json;

pub use json::JsonEntry;

/// Compiles what the README of the repository shows.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
