//! `ftp`, `ftpd` and others over real networks: routers that translate addresses, firewalls, hosts
//! with several addresses, and a load balancer.
//!
//! Each test builds a network of its own out of network namespaces, with no cable to the machine's.
//! It needs root, iproute2 and nftables; without them it says that it skipped and passes. The rules
//! of the routers and firewalls are the recipes of `docs/active-passive.md`, so that what the guide
//! says is what is tested.
//!
//! | module | owns |
//! | --- | --- |
//! | [`host`] | a host with its cables, routes and firewall |
//! | [`map`] | which hosts there are, and how they are connected |
//! | [`guide`] | the recipes of the guide, and that each of them loads |
//! | [`modes`] | which kinds of data connections work between two hosts |

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails as the test does"
)]

#[path = "../support/mod.rs"]
mod support;

mod balancer;
mod client_side;
mod doctor;
mod guide;
mod host;
mod map;
mod modes;
mod server_side;
mod two_addresses;
