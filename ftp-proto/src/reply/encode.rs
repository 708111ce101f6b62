//! From replies to lines ([RFC 959 §4.2]).
//!
//! [RFC 959 §4.2]: https://www.rfc-editor.org/rfc/rfc959#section-4.2

use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::Reply;
use crate::wire;

impl Reply {
    /// Appends the lines to `out`, each with CR LF, and with each 0xFF doubled for Telnet.
    ///
    /// A line in between that begins with a space stands as it is, as FEAT, MLST and STAT want it.
    /// Any other gets the code and a hyphen, so that none looks like the last one.
    ///
    /// ```
    /// use ftp_proto::{Reply, ReplyCode};
    ///
    /// let mut out = Vec::new();
    /// Reply::with_lines(ReplyCode::SYSTEM_STATUS, ["Features:", " SIZE", "End"]).encode(&mut out);
    /// assert_eq!(out, b"211-Features:\r\n SIZE\r\n211 End\r\n");
    /// ```
    pub fn encode(&self, out: &mut Vec<u8>) {
        let code = self.code.to_string();
        let last = self.lines.len().saturating_sub(1);
        for (index, line) in self.lines.iter().enumerate() {
            if index == last {
                out.extend_from_slice(code.as_bytes());
                out.push(b' ');
            } else if index == 0 || !line.starts_with(b" ") {
                out.extend_from_slice(code.as_bytes());
                out.push(b'-');
            }
            // A reply that was read from a peer may hold a CR.
            wire::escape(&super::clean(line), out);
            out.extend_from_slice(b"\r\n");
        }
    }
}
