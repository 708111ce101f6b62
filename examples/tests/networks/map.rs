//! The networks of the tests. All addresses are those that documents use, or private ones.
//!
//! ```text
//!   Routed                                   Neighbours
//!
//!   inner 192.168.1.100                      left 203.0.113.50 ── right 203.0.113.60
//!     │
//!   router 192.168.1.1 (lan)
//!     │    203.0.113.1 (wan)
//!   outer 203.0.113.50
//! ```

use crate::host::{Host, can_be_made};

/// The private address of the inner host.
pub(crate) const INNER: &str = "192.168.1.100";
/// The public address of the router.
pub(crate) const ROUTER: &str = "203.0.113.1";
/// The public address of the outer host, and of the left neighbour.
pub(crate) const OUTER: &str = "203.0.113.50";
/// The public address of the right neighbour.
pub(crate) const RIGHT: &str = "203.0.113.60";

/// A host behind a router, and one on the Internet. The router only forwards until it has rules.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) inner: Host,
    pub(crate) router: Host,
    pub(crate) outer: Host,
}

impl Routed {
    /// `None` after saying that the test skips.
    pub(crate) fn new() -> Option<Self> {
        if !can_be_made() {
            return None;
        }
        let (inner, router) = (Host::new("inner"), Host::new("router"));
        let outer = Host::new("outer");
        inner.cable("eth0", &router, "lan");
        router.cable("wan", &outer, "eth0");
        inner.address("eth0", "192.168.1.100/24");
        router.address("lan", "192.168.1.1/24");
        router.address("wan", "203.0.113.1/24");
        outer.address("eth0", "203.0.113.50/24");
        inner.gateway("192.168.1.1");
        router.forward();
        Some(Self {
            inner,
            router,
            outer,
        })
    }
}

/// Two hosts with nothing between them but their own firewalls.
#[derive(Debug)]
pub(crate) struct Neighbours {
    pub(crate) left: Host,
    pub(crate) right: Host,
}

impl Neighbours {
    /// `None` after saying that the test skips.
    pub(crate) fn new() -> Option<Self> {
        if !can_be_made() {
            return None;
        }
        let (left, right) = (Host::new("left"), Host::new("right"));
        left.cable("eth0", &right, "eth0");
        left.address("eth0", "203.0.113.50/24");
        right.address("eth0", "203.0.113.60/24");
        Some(Self { left, right })
    }
}
