//! Replies: codes, lines, both directions of the codec, and the typed readings of some.

mod code;
mod decode;
mod encode;
mod features;
mod parse;

pub use code::{Class, ReplyCode};
pub use decode::{ReplyAssembler, ReplyError, ReplySyntax};
pub use features::{Feature, FeatureSet};

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

/// A whole reply: the code and the text of its lines, without code, separator and line end.
///
/// The texts are bytes; nothing says which encoding a server uses.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reply {
    code: ReplyCode,
    lines: Vec<Vec<u8>>,
}

impl Reply {
    /// A reply of one line. CR, LF and NUL in the text become spaces, so that no text can forge a
    /// second line.
    pub fn new(code: ReplyCode, text: impl AsRef<[u8]>) -> Self {
        Self::with_lines(code, [text])
    }

    /// A reply of several lines; of one empty line if there are none.
    ///
    /// The texts are those that the peer reads. Where a command wants its lines indented, as FEAT
    /// and MLST do for all but the first and the last, the space belongs to the text.
    pub fn with_lines(code: ReplyCode, lines: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut lines: Vec<_> = lines.into_iter().map(|line| clean(line.as_ref())).collect();
        if lines.is_empty() {
            lines.push(Vec::new());
        }
        Self { code, lines }
    }

    /// The code.
    pub const fn code(&self) -> ReplyCode {
        self.code
    }

    /// The text of each line; at least one.
    pub fn lines(&self) -> &[Vec<u8>] {
        &self.lines
    }

    /// The text of the last line, which is the one that people look at.
    pub fn text(&self) -> &[u8] {
        self.lines.last().map_or(&[], Vec::as_slice)
    }
}

fn clean(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|&byte| {
            if matches!(byte, b'\r' | b'\n' | 0) {
                b' '
            } else {
                byte
            }
        })
        .collect()
}

/// `550 No such file`; lines of longer replies are joined by ` / `.
///
/// Text is shown as the server wrote it, but for control characters, which are escaped: no reply
/// can forge a line of a log or play tricks on a terminal.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        for (index, line) in self.lines.iter().enumerate() {
            let separator = if index == 0 { " " } else { " / " };
            f.write_str(separator)?;
            for character in String::from_utf8_lossy(line).chars() {
                if character.is_control() {
                    write!(f, "{}", character.escape_default())?;
                } else {
                    f.write_char(character)?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({self})")
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn a_shown_reply_keeps_its_letters_and_loses_its_control_characters() {
        for (lines, shown) in [
            (&["\"/a b\" is it"][..], "550 \"/a b\" is it"),
            (&["na\u{ef}ve"], "550 na\u{ef}ve"),
            (&["one", " two"], "550 one /  two"),
            (&["\u{1b}[2J\u{7f}"], "550 \\u{1b}[2J\\u{7f}"),
        ] {
            let reply = Reply::with_lines(ReplyCode::FILE_UNAVAILABLE, lines);
            assert_eq!(reply.to_string(), shown, "{lines:?}");
        }
    }
}
