//! The server over real sockets, asked by a client that sends exactly the bytes of the test.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    reason = "a test may panic, and says so by that"
)]

mod abort;
mod client;
mod crowd;
mod data_connections;
mod files;
mod hostile;
mod lifecycle;
mod pipes;
mod port_range;
mod proxy;
mod shared;
mod site;
mod theft;
mod timers;
mod uploads;
