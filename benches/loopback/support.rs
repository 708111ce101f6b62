//! How the tests against foreign servers find and start programs, shared with them.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it belongs to tests, which use all of it and fail by panics"
)]

#[path = "../../examples/tests/support/peers.rs"]
pub(crate) mod peers;
#[path = "../../examples/tests/support/place.rs"]
pub(crate) mod place;
#[path = "../../examples/tests/support/process.rs"]
pub(crate) mod process;
