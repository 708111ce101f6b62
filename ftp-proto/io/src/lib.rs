#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod stream;

pub use stream::{DataStream, Duplex};
