//! Addresses of data connections: their forms on the wire, and whom to trust.

mod extended;
mod host_port;
mod policy;
mod trust;

pub use extended::{ExtendedError, format_extended, parse_extended, scan_extended_port};
pub use host_port::{format_host_port, parse_host_port, scan_host_port};
pub use policy::{AddressFn, AddressPolicy};
pub use trust::PeerRule;
