#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod addr;
mod ascii;
pub mod client;
pub mod codec;
pub mod command;
pub mod listing;
pub mod path;
pub mod reply;
mod secret;
pub mod server;
pub mod session;
mod time;
mod timestamp;
pub mod wire;

pub use command::{Command, Verb};
pub use path::{Argument, BadArgument, PathName, ToPathName, VirtualPath};
pub use reply::{Reply, ReplyCode};
pub use secret::Secret;
pub use time::Moment;
pub use timestamp::{Civil, Timestamp};
