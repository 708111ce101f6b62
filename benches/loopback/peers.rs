//! The foreign servers, started as the tests against them do.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "it belongs to tests, which use all of it and fail by panics"
)]

#[path = "../../examples/tests/peer_servers/servers/mod.rs"]
pub(crate) mod servers;
