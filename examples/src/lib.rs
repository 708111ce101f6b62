//! What the programs and examples share.

mod json;
mod options;

pub use json::{JsonEntry, json_line};
pub use options::parse_options;

/// Compiles what the README of the repository shows.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Compiles what the guide to data connections shows.
#[cfg(doctest)]
#[doc = include_str!("../../docs/active-passive.md")]
struct ActivePassive;
