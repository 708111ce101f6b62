//! What a transfer came to.

use ftp_proto::{PathName, Reply};

/// A transfer that is complete on both connections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completed {
    /// Bytes that went over the data connection.
    pub bytes: u64,
    /// The server's final reply.
    pub reply: Reply,
    /// The server's preliminary reply.
    pub preliminary: Option<Reply>,
}

impl Completed {
    /// The name under which the server stored an upload of
    /// [`upload_unique`](crate::Client::upload_unique), if it told one ([RFC 1123 §4.1.2.9]).
    ///
    /// [RFC 1123 §4.1.2.9]: https://www.rfc-editor.org/rfc/rfc1123#page-33
    pub fn stored_as(&self) -> Option<PathName> {
        [self.preliminary.as_ref(), Some(&self.reply)]
            .into_iter()
            .flatten()
            .find_map(|reply| unique_name(reply.text()))
    }
}

/// `FILE: name`, the form of the RFC; else `(unique file name: name)`, that of wu-ftpd's family;
/// else a quoted name.
fn unique_name(text: &[u8]) -> Option<PathName> {
    let after = |marker: &[u8]| {
        let start = text.windows(marker.len()).position(|it| it == marker)?;
        text.get(start.saturating_add(marker.len())..)
    };
    let name = if let Some(name) = after(b"FILE: ") {
        name.to_vec()
    } else if let Some(name) = after(b"unique file name:") {
        let end = name.iter().rposition(|byte| *byte == b')');
        name.get(..end.unwrap_or(name.len()))?.to_vec()
    } else {
        ftp_proto::path::unquote(text)?
    };
    PathName::new(name.trim_ascii()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_name_is_found_in_every_form() {
        for (text, name) in [
            ("FILE: a.1", Some("a.1")),
            ("ok FILE: a b", Some("a b")),
            ("Transfer complete (unique file name:a.1).", Some("a.1")),
            ("Transfer complete (unique file name: a).b).", Some("a).b")),
            ("stored as \"a.1\"", Some("a.1")),
            ("Transfer complete", None),
            ("FILE: ", None),
        ] {
            let found = unique_name(text.as_bytes());
            let found = found.as_ref().map(|name| name.to_string_lossy());
            assert_eq!(found.as_deref(), name, "{text}");
        }
    }
}
