//! Addresses of data connections: their forms on the wire, and whom to trust.

mod trust;

pub use trust::{AddressPolicy, PeerRule};
