//! Transfers as guards: values that hold the client while a data connection is in use.
//!
//! ```text
//!   Client ──download()──▶ Download ──finish()──▶ Completed     226
//!                              ├─────abort()────▶ bytes         426 + 226
//!                              └─────drop───────▶ the next call on Client cleans up
//! ```
//!
//! Each guard adds its own view of the bytes to an [`Exchange`](exchange::Exchange), which drives
//! the control connection while they move and knows how the transfer came out.

mod ahead;
mod begun;
mod completed;
mod download;
mod exchange;
mod fxp;
mod holder;
mod listing;
mod upload;

pub use completed::Completed;
pub use download::{Download, DownloadOptions, SizeCheck};
pub use fxp::{Copied, FxpError, Side, fxp};
pub use holder::{Borrowed, NotStarted};
pub use listing::Listing;
pub use upload::{Upload, UploadOptions};
