//! Codecs: between the bytes of a file and the bytes on a data connection.
//!
//! A codec never allocates and never does I/O; the caller owns both buffers. One step takes input
//! and fills output until one of the two runs out, and tells how far it got in each.

mod ascii;

pub use ascii::{AsciiDecoder, AsciiEncoder};

/// How far one step of a codec got.
///
/// If `consumed` is less than the input, the output is full: step again with the rest and a fresh
/// output. If there was nothing to do, both are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a step is these two numbers")]
pub struct Step {
    /// Bytes of the input that were taken.
    pub consumed: usize,
    /// Bytes of the output that were filled.
    pub produced: usize,
}
