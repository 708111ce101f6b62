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

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::wire::LineBuffer;

    /// The replies in a stream, and the error that ended it.
    fn replies(syntax: ReplySyntax, input: &[u8], size: usize) -> (Vec<Reply>, Option<ReplyError>) {
        let mut lines = LineBuffer::new(1000);
        let mut assembler = ReplyAssembler::new(syntax);
        let mut replies = Vec::new();
        for chunk in input.chunks(size) {
            lines.push(chunk);
            while let Some(line) = lines.next_line() {
                match assembler.handle_line(&line.unwrap()) {
                    Ok(reply) => replies.extend(reply),
                    Err(error) => return (replies, Some(error)),
                }
            }
        }
        (replies, None)
    }

    fn one(syntax: ReplySyntax, input: &str) -> (u16, Vec<Vec<u8>>) {
        let (replies, error) = replies(syntax, input.as_bytes(), usize::MAX);
        assert_eq!((replies.len(), error), (1, None), "{input:?} {replies:?}");
        (replies[0].code().value(), replies[0].lines().to_vec())
    }

    #[test]
    fn only_the_same_code_ends_a_reply() {
        for (input, lines) in [
            ("220 a\r\n", &["a"][..]),
            ("220\r\n", &[""]),
            ("220 \r\n", &[""]),
            ("220 a\r\r\n", &["a"]),
            ("220-a\r\n220 b\r\n", &["a", "b"]),
            ("220-a\r\n220\r\n", &["a", ""]),
            ("220-a\r\n220-b\r\n220 c\r\n", &["a", "b", "c"]),
            ("220-a\r\n230 b\r\n220 c\r\n", &["a", "230 b", "c"]),
            ("220-a\r\n230-b\r\n220 c\r\n", &["a", "230-b", "c"]),
            ("220-a\r\n230\r\n220 c\r\n", &["a", "230", "c"]),
            ("220-a\r\n 220 b\r\n220 c\r\n", &["a", " 220 b", "c"]),
            ("220-a\r\n2200 b\r\n220 c\r\n", &["a", "2200 b", "c"]),
            ("220-\r\n\r\n  x\n220 c\n", &["", "", "  x", "c"]),
        ] {
            let lines = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
            assert_eq!(one(ReplySyntax::Strict, input), (220, lines), "{input:?}");
        }
    }

    #[test]
    fn any_code_may_end_a_reply_if_that_is_asked_for() {
        let input = "553-\r\n553- Excluded.\r\n150-x\r\n150\r\n150 Opening\r\n";
        let lines =
            ["", " Excluded.", "150-x", "150", "Opening"].map(|line| line.as_bytes().to_vec());
        assert_eq!(one(ReplySyntax::AnyCodeEnds, input), (150, lines.to_vec()));
        let (strict, _) = replies(ReplySyntax::Strict, input.as_bytes(), 7);
        assert_eq!(strict, []);
    }

    #[test]
    fn what_has_no_code_is_no_reply() {
        for line in [
            "",
            " ",
            "HTTP/1.1 200 OK",
            "22",
            "22 x",
            "099 x",
            "600 x",
            "+20 x",
            "220x",
            "220\tx",
            "2200 x",
        ] {
            let mut assembler = ReplyAssembler::new(ReplySyntax::Strict);
            assert_eq!(
                assembler.handle_line(line.as_bytes()),
                Err(ReplyError::NoCode),
                "{line:?}"
            );
        }
    }

    #[test]
    fn a_nul_is_refused_anywhere() {
        for input in ["220 a\0b\r\n", "220-a\r\n\0\r\n220 b\r\n"] {
            let (_, error) = replies(ReplySyntax::Strict, input.as_bytes(), usize::MAX);
            assert_eq!(error, Some(ReplyError::Nul), "{input:?}");
        }
    }

    #[test]
    fn an_endless_reply_is_cut_off() {
        for (line, most) in [(vec![], MAX_LINES), (vec![b'x'; 1 << 16], 17)] {
            let mut assembler = ReplyAssembler::new(ReplySyntax::Strict);
            assert_eq!(assembler.handle_line(b"220-"), Ok(None));
            let failed_at = (1..).find(|_| assembler.handle_line(&line).is_err());
            assert_eq!(failed_at, Some(most), "lines of {}", line.len());
            assert!(assembler.is_idle());
        }
    }

    #[test]
    fn a_reply_may_be_as_long_as_the_limit() {
        let mut assembler = ReplyAssembler::new(ReplySyntax::Strict);
        for _ in 1..MAX_LINES {
            assert_eq!(assembler.handle_line(b"220-x"), Ok(None));
        }
        assert!(matches!(assembler.handle_line(b"220 x"), Ok(Some(_))));
        // The next one has the whole limit again.
        for _ in 1..MAX_LINES {
            assert_eq!(assembler.handle_line(b"220-x"), Ok(None));
        }
    }

    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            3 => prop::sample::select(&b" -012359\xff"[..]),
            1 => any::<u8>(),
        ];
        let text = prop_oneof![
            prop::collection::vec(byte, 0..12),
            Just(b"220 x".to_vec()),
            Just(b"220-x".to_vec()),
            Just(b" 220 x".to_vec()),
        ];
        // A CR at the end of a line can't be told from its end.
        text.prop_map(|text| text.into_iter().filter(|byte| *byte != b'\r').collect())
    }

    proptest! {
        #[test]
        fn what_is_sent_reads_back(
            sent in prop::collection::vec((100..=599_u16, prop::collection::vec(texts(), 1..6)), 1..4),
            size in 1_usize..30,
            syntax in prop::sample::select(&[ReplySyntax::Strict, ReplySyntax::AnyCodeEnds][..]),
        ) {
            let sent: Vec<Reply> = sent
                .into_iter()
                .map(|(code, lines)| Reply::with_lines(ReplyCode::new(code).unwrap(), lines))
                .collect();
            let mut bytes = Vec::new();
            for reply in &sent {
                reply.encode(&mut bytes);
            }
            prop_assert_eq!(replies(syntax, &bytes, size), (sent, None));
        }

        #[test]
        fn replies_are_the_same_however_the_input_is_split(
            lines in prop::collection::vec(
                prop_oneof![
                    texts(),
                    "[12]2[03][- ]?.{0,3}".prop_map(alloc::string::String::into_bytes),
                ],
                0..9,
            ),
            size in 1_usize..30,
        ) {
            let input = lines.join(&b"\r\n"[..]);
            let whole = replies(ReplySyntax::Strict, &input, usize::MAX);
            prop_assert_eq!(replies(ReplySyntax::Strict, &input, size), whole);
        }
    }
}
