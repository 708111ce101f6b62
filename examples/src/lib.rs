//! What the programs and examples share.

mod json;

pub use json::JsonEntry;
