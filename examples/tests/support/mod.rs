//! What the tests against foreign clients and servers share.
//!
//! | module | owns |
//! | --- | --- |
//! | [`peers`] | where a foreign program is found, and what its absence means |
//! | [`process`] | children that can't outlive their test, nor hang it |
//! | [`ftpd`] | the server program of this repository, started on a free port |
//! | [`place`] | a server's address and root directory, whoever serves it |
//! | [`scenario`] | the operations, with the disk before and after each |

#![allow(dead_code, reason = "each test crate uses its part of it")]

pub(crate) mod ftpd;
pub(crate) mod peers;
pub(crate) mod place;
pub(crate) mod process;
pub(crate) mod scenario;
