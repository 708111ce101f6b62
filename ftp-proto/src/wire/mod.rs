//! The control connection as bytes: lines in, bytes out, and the Telnet that lies beneath.
//!
//! [`LineBuffer`] owns what came and isn't a whole line yet, [`Outbox`] what waits to be sent. Both
//! are useful without a session: an example builds a client on them alone.

mod line;
mod outbox;
mod telnet;

pub use line::{LineBuffer, LineTooLong};
pub use outbox::Outbox;
pub use telnet::INTERRUPT_AND_SYNCH;

pub(crate) use telnet::{escape, is_command};
