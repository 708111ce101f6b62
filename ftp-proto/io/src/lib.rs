#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod file;
mod stream;

pub use stream::{DataStream, Duplex};
