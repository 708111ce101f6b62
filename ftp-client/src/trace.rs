//! The protocol trace: each line of the control connection as an event of [`tracing`].
//!
//! Target [`TARGET`], level DEBUG, messages `> USER bob`, `> PASS ***`, `< 230 Welcome`. Secrets
//! are hidden by the [`Display`](core::fmt::Display) of a command, the one place that knows them.

use std::borrow::Cow;

use ftp_proto::Reply;
use ftp_proto::client::Trace;
use tracing::{Level, debug, enabled};

/// The target of the protocol trace's events.
pub const TARGET: &str = "ftp_client::wire";

/// Whether anybody listens; asked once for each client, when it connects.
pub(crate) fn is_wanted() -> bool {
    enabled!(target: TARGET, Level::DEBUG)
}

/// Shows a command or a reply.
pub(crate) fn show(trace: Trace) {
    match trace {
        Trace::Sent(command) => {
            debug!(target: TARGET, "> {}", printable(command.to_string().as_bytes()));
        }
        Trace::Received(reply) => received(&reply),
        _ => {}
    }
}

/// `230-Hello`, `230-some news`, `230 Welcome`.
fn received(reply: &Reply) {
    let code = reply.code();
    if let Some((last, first)) = reply.lines().split_last() {
        for line in first {
            debug!(target: TARGET, "< {code}-{}", printable(line));
        }
        debug!(target: TARGET, "< {code} {}", printable(last));
    }
}

/// As text in which no control character can play tricks on a terminal.
fn printable(line: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(line);
    if text.contains(char::is_control) {
        text.escape_debug().to_string().into()
    } else {
        text
    }
}
