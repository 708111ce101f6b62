//! From lines to replies ([RFC 959 §4.2]).
//!
//! ```text
//! single = code [SP text]                 code = 100 to 599
//! multi  = code "-" text, lines, single   ; of the same code
//! ```
//!
//! A line in between may be anything that isn't the last line. Servers that repeat the code with a
//! hyphen at the beginning of it don't mean that as text, so it is taken off.
//!
//! [RFC 959 §4.2]: https://www.rfc-editor.org/rfc/rfc959#section-4.2

use alloc::vec::Vec;

use super::{Reply, ReplyCode};
use crate::ascii;

/// Puts lines together into replies, in bounded memory.
///
/// Each line comes without its end, as from [`LineBuffer`](crate::wire::LineBuffer), which bounds
/// its length; here the lines of one reply and their bytes are bounded.
///
/// ```
/// use ftp_proto::reply::{ReplyAssembler, ReplySyntax};
///
/// let mut replies = ReplyAssembler::new(ReplySyntax::Strict);
/// assert_eq!(replies.handle_line(b"220-Welcome"), Ok(None));
/// let reply = replies.handle_line(b"220 Ready")?.ok_or("incomplete")?;
/// assert_eq!(reply.lines(), [b"Welcome".to_vec(), b"Ready".to_vec()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReplyAssembler {
    syntax: ReplySyntax,
    /// The reply whose last line hasn't come.
    open: Option<Reply>,
    /// Bytes of text in it.
    bytes: usize,
}

/// Most lines of one reply. The longest that servers send are FEAT, HELP and banners, with tens of
/// lines, and `STAT path`, which is a listing.
const MAX_LINES: usize = 4096;

/// Most bytes of text in one reply.
const MAX_BYTES: usize = 1 << 20;

impl ReplyAssembler {
    /// An assembler that waits for a first line.
    pub const fn new(syntax: ReplySyntax) -> Self {
        Self {
            syntax,
            open: None,
            bytes: 0,
        }
    }

    /// Takes a line; gives the reply that it completes.
    ///
    /// # Errors
    ///
    /// [`ReplyError::NoCode`] for a first line that isn't one, [`ReplyError::Nul`] for a NUL, and
    /// [`ReplyError::TooLong`] above 4,096 lines or 1 MiB. What was collected is dropped; after an
    /// error it can't be told what the next line belongs to, so the connection should be closed.
    pub fn handle_line(&mut self, line: &[u8]) -> Result<Option<Reply>, ReplyError> {
        let open = self.open.take();
        if line.contains(&0) {
            return Err(ReplyError::Nul);
        }
        // Some servers end a line with CR CR LF.
        let line = strip_crs(line);
        let Some(mut reply) = open else {
            let (code, separator, text) = head(line).ok_or(ReplyError::NoCode)?;
            self.bytes = 0;
            let reply = Reply {
                code,
                lines: Vec::new(),
            };
            return self.add(reply, text, separator != Separator::Hyphen);
        };
        match head(line) {
            Some((code, separator, text)) if code == reply.code => {
                self.add(reply, text, separator != Separator::Hyphen)
            }
            Some((code, Separator::Space, text)) if self.syntax == ReplySyntax::AnyCodeEnds => {
                reply.code = code;
                self.add(reply, text, true)
            }
            _ => self.add(reply, line, false),
        }
    }

    /// Whether no reply has begun.
    pub const fn is_idle(&self) -> bool {
        self.open.is_none()
    }

    fn add(
        &mut self,
        mut reply: Reply,
        text: &[u8],
        is_last: bool,
    ) -> Result<Option<Reply>, ReplyError> {
        self.bytes = self.bytes.saturating_add(text.len());
        if reply.lines.len() >= MAX_LINES || self.bytes > MAX_BYTES {
            return Err(ReplyError::TooLong);
        }
        reply.lines.push(text.into());
        if is_last {
            return Ok(Some(reply));
        }
        self.open = Some(reply);
        Ok(None)
    }
}

/// What stands after the code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Space,
    Hyphen,
    /// The line ends with the code.
    None,
}

/// The code, the separator and the text of a line that has them.
fn head(line: &[u8]) -> Option<(ReplyCode, Separator, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = ReplyCode::new(ascii::number(code)?)?;
    Some(match rest.split_first() {
        Some((b' ', text)) => (code, Separator::Space, text),
        Some((b'-', text)) => (code, Separator::Hyphen, text),
        Some(_) => return None,
        None => (code, Separator::None, rest),
    })
}

fn strip_crs(line: &[u8]) -> &[u8] {
    let text = line.iter().rposition(|&byte| byte != b'\r');
    line.get(..text.map_or(0, |last| last.saturating_add(1)))
        .unwrap_or(line)
}

/// How strictly the end of a multi-line reply is recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplySyntax {
    /// By RFC 959: only the same code and a space (or nothing more) ends it.
    #[default]
    Strict,
    /// Any code and a space ends it, and that code counts; glFTPd needs this.
    AnyCodeEnds,
}

/// Why bytes aren't a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// A line doesn't begin with a code from 100 to 599.
    #[error("no reply code")]
    NoCode,
    /// A line is longer than the limit.
    #[error("reply line too long")]
    LineTooLong,
    /// The reply has too many lines or bytes.
    #[error("reply too long")]
    TooLong,
    /// A line holds a NUL.
    #[error("NUL in reply")]
    Nul,
}
