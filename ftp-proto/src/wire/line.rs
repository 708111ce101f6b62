//! From bytes to lines, in bounded memory.

use alloc::vec::Vec;

use super::telnet::TelnetFilter;
use crate::ascii;

/// Cuts what comes over a control connection into lines.
///
/// CR LF or a bare LF ends a line. Any other CR, and NUL, stay in it: whoever parses the line
/// refuses them, which is better than to guess what was meant. Telnet commands are dropped, and a
/// doubled 0xFF becomes one.
///
/// A line of more than `max_line` bytes, its end not counted, is reported once as [`LineTooLong`]
/// and swallowed up to its end. So the buffer holds at most the whole lines that were pushed and not
/// taken, and `max_line` bytes more. Who pushes only when [`len`](Self::len) is small has a bound on
/// everything. The work is linear in the bytes that are pushed, however they are split.
///
/// ```
/// use ftp_proto::wire::LineBuffer;
///
/// let mut lines = LineBuffer::new(512);
/// lines.push(b"NOOP\r\nQU");
/// assert_eq!(lines.next_line(), Some(Ok(b"NOOP".to_vec())));
/// assert_eq!(lines.next_line(), None);
/// lines.push(b"IT\r\n");
/// assert_eq!(lines.next_line(), Some(Ok(b"QUIT".to_vec())));
/// ```
#[derive(Clone, Debug)]
pub struct LineBuffer {
    /// Whole lines with their ends, then the beginning of the next one.
    bytes: Vec<u8>,
    /// Where the first line that isn't taken begins.
    start: usize,
    /// Where the unfinished line begins: one past the last LF.
    unfinished: usize,
    /// The unfinished line was reported as too long; what follows up to its end is dropped.
    swallowing: bool,
    telnet: TelnetFilter,
    max_line: usize,
}

/// A line was longer than the limit, and is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line too long")]
#[non_exhaustive]
pub struct LineTooLong;

impl LineBuffer {
    /// An empty buffer for lines of at most `max_line` bytes.
    pub const fn new(max_line: usize) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            unfinished: 0,
            swallowing: false,
            telnet: TelnetFilter::new(),
            max_line,
        }
    }

    /// Adds bytes as they came from the connection.
    pub fn push(&mut self, bytes: &[u8]) {
        self.drop_taken();
        let mut telnet = self.telnet;
        telnet.pass(bytes, |data| {
            for part in data.split_inclusive(|&byte| byte == b'\n') {
                self.push_part(part);
            }
        });
        self.telnet = telnet;
    }

    /// Takes the first line, without its end.
    ///
    /// `None` if no whole line is there.
    pub fn next_line(&mut self) -> Option<Result<Vec<u8>, LineTooLong>> {
        let first = self.whole_lines().next();
        let first = first.map(|line| (line.len(), self.checked(without_end(line))));
        let line = if let Some((length, line)) = first {
            self.start = self.start.saturating_add(length);
            line
        } else if self.is_too_long(without_end(self.unfinished_line())) {
            // Told at once, since the end may never come. A CR at the end may belong to it.
            self.bytes.truncate(self.unfinished);
            self.swallowing = true;
            Err(LineTooLong)
        } else {
            return None;
        };
        self.drop_taken();
        Some(line)
    }

    /// Whether one of the whole lines that wait fulfils a condition.
    pub fn contains_line(&self, mut condition: impl FnMut(&[u8]) -> bool) -> bool {
        self.whole_lines().any(|line| condition(without_end(line)))
    }

    /// Takes the first whole line that fulfils a condition, past others that go on waiting: a
    /// command such as `ABOR` overtakes them. The condition sees every line up to the one that is
    /// taken; a line that is too long isn't taken.
    pub fn take_line(&mut self, mut condition: impl FnMut(&[u8]) -> bool) -> Option<Vec<u8>> {
        let mut begin = self.start;
        let length = self.whole_lines().find_map(|line| {
            let text = without_end(line);
            if condition(text) && !self.is_too_long(text) {
                return Some(line.len());
            }
            begin = begin.saturating_add(line.len());
            None
        })?;
        let line: Vec<u8> = self
            .bytes
            .drain(begin..begin.saturating_add(length))
            .collect();
        self.unfinished = self.unfinished.saturating_sub(length);
        self.drop_taken();
        Some(without_end(&line).into())
    }

    /// Bytes that are held, line ends included.
    pub const fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.start)
    }

    /// Whether nothing is held.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds bytes of one line: LF is at most their last.
    fn push_part(&mut self, part: &[u8]) {
        let ends = part.last() == Some(&b'\n');
        if self.swallowing {
            self.swallowing = !ends;
            return;
        }
        // As much as tells that the line is too long, also if its last byte is a CR.
        let kept = self.max_line.saturating_add(2);
        let room = kept.saturating_sub(self.unfinished_line().len());
        let text = part.strip_suffix(b"\n").unwrap_or(part);
        self.bytes
            .extend_from_slice(text.get(..room).unwrap_or(text));
        if ends {
            self.bytes.push(b'\n');
            self.unfinished = self.bytes.len();
        }
    }

    /// The whole lines that wait, with their ends.
    fn whole_lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self
            .bytes
            .get(self.start..self.unfinished)
            .unwrap_or_default();
        core::iter::from_fn(move || {
            let end = ascii::find(rest, b'\n')?.saturating_add(1);
            let (line, later) = rest.split_at_checked(end)?;
            rest = later;
            Some(line)
        })
    }

    fn unfinished_line(&self) -> &[u8] {
        self.bytes.get(self.unfinished..).unwrap_or_default()
    }

    fn checked(&self, text: &[u8]) -> Result<Vec<u8>, LineTooLong> {
        if self.is_too_long(text) {
            Err(LineTooLong)
        } else {
            Ok(text.into())
        }
    }

    /// Whether the text of a line, without its end, is too long.
    const fn is_too_long(&self, text: &[u8]) -> bool {
        text.len() > self.max_line
    }

    /// Gives memory back once all lines are taken, and moves the others to the front once they are
    /// the smaller part, so that moving costs less than what was pushed.
    fn drop_taken(&mut self) {
        if self.is_empty() {
            self.bytes = Vec::new();
        } else if self.start > self.len() {
            self.bytes.drain(..self.start);
        } else {
            return;
        }
        self.unfinished = self.unfinished.saturating_sub(self.start);
        self.start = 0;
    }
}

/// A line without its LF and one CR before it.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Taken = Vec<Result<Vec<u8>, LineTooLong>>;

    /// What comes out if each chunk is pushed and every line taken at once.
    fn lines<'a>(max_line: usize, chunks: impl IntoIterator<Item = &'a [u8]>) -> Taken {
        let mut buffer = LineBuffer::new(max_line);
        let mut taken = Taken::new();
        for chunk in chunks {
            buffer.push(chunk);
            taken.extend(core::iter::from_fn(|| buffer.next_line()));
        }
        taken
    }

    #[test]
    fn a_line_ends_with_lf_and_maybe_one_cr() {
        for (input, expected) in [
            (&b"a\r\nb\nc"[..], &[&b"a"[..], b"b"][..]),
            (b"\r\n\n", &[b"", b""]),
            (b"a\r\r\nb\rc\n", &[b"a\r", b"b\rc"]),
            (b"a\0b\r\0\n", &[b"a\0b\r\0"]),
            (b"\xff\xf4\xff\xf2ABOR\r\n", &[b"ABOR"]),
            (b"x\xff\xff\r\n", &[b"x\xff"]),
            (b"x\xff\r\ny\r\n", &[b"x\xff", b"y"]),
        ] {
            let expected: Taken = expected.iter().map(|&line| Ok(line.into())).collect();
            assert_eq!(lines(80, [input]), expected, "{}", input.escape_ascii());
            assert_eq!(
                lines(80, input.chunks(1)),
                expected,
                "{}",
                input.escape_ascii()
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_reported_once_and_swallowed() {
        for (input, expected) in [
            (
                &b"abcd\r\nx\r\n"[..],
                &[Ok(b"abcd".to_vec()), Ok(b"x".to_vec())][..],
            ),
            (b"abcde\r\nx\r\n", &[Err(LineTooLong), Ok(b"x".to_vec())]),
            (b"abcde\nx\n", &[Err(LineTooLong), Ok(b"x".to_vec())]),
            (b"abcd\r\r\nx\n", &[Err(LineTooLong), Ok(b"x".to_vec())]),
            (b"abcdefghijk", &[Err(LineTooLong)]),
            (
                b"abcdefghijk\nabcdefghijk\n",
                &[Err(LineTooLong), Err(LineTooLong)],
            ),
        ] {
            assert_eq!(lines(4, [input]), expected, "{}", input.escape_ascii());
            assert_eq!(
                lines(4, input.chunks(1)),
                expected,
                "{}",
                input.escape_ascii()
            );
        }
    }

    #[test]
    fn endless_input_without_a_line_end_holds_little_memory() {
        let mut buffer = LineBuffer::new(100);
        let mut reports = 0;
        for _ in 0..1000 {
            buffer.push(&[b'A'; 4096]);
            assert!(
                buffer.bytes.capacity() <= 100 + 4096,
                "{}",
                buffer.bytes.capacity()
            );
            reports += core::iter::from_fn(|| buffer.next_line()).count();
        }
        assert_eq!(reports, 1);
        assert!(buffer.is_empty());
    }

    #[test]
    fn an_empty_buffer_holds_no_memory() {
        let mut buffer = LineBuffer::new(100);
        buffer.push(b"NOOP\r\n");
        assert!(buffer.next_line().is_some());
        assert_eq!(buffer.bytes.capacity(), 0);
    }

    #[test]
    fn a_line_can_overtake_others() {
        let mut buffer = LineBuffer::new(80);
        buffer.push(b"NOOP\r\nABOR\r\nQUIT\r\nAB");
        let is_abor = |line: &[u8]| line == b"ABOR";
        assert!(buffer.contains_line(is_abor));
        assert_eq!(buffer.take_line(is_abor), Some(b"ABOR".to_vec()));
        assert!(!buffer.contains_line(is_abor));
        assert_eq!(buffer.take_line(is_abor), None);
        buffer.push(b"OR\r\n");
        let rest: Taken = core::iter::from_fn(|| buffer.next_line()).collect();
        assert_eq!(
            rest,
            [
                Ok(b"NOOP".to_vec()),
                Ok(b"QUIT".to_vec()),
                Ok(b"ABOR".to_vec())
            ]
        );
    }

    prop_compose! {
        /// Bytes of which many mean something.
        fn control_bytes()(bytes in prop::collection::vec(
            prop_oneof![
                3 => Just(b'\n'), 2 => Just(b'\r'), 2 => Just(0xff_u8), 1 => 0xf0_u8..=0xff,
                8 => any::<u8>(),
            ],
            0..200,
        )) -> Vec<u8> {
            bytes
        }
    }

    proptest! {
        #[test]
        fn lines_are_the_same_however_the_input_is_split(
            input in control_bytes(), sizes in prop::collection::vec(1_usize..20, 1..200)
        ) {
            let mut rest = input.as_slice();
            let mut chunks = Vec::new();
            for size in sizes {
                let (chunk, later) = rest.split_at(size.min(rest.len()));
                chunks.push(chunk);
                rest = later;
            }
            chunks.push(rest);
            prop_assert_eq!(lines(10, chunks), lines(10, [input.as_slice()]));
        }

        #[test]
        fn lines_may_wait_while_others_are_pushed(
            chunks in prop::collection::vec(control_bytes(), 0..5)
        ) {
            let mut buffer = LineBuffer::new(10);
            for chunk in &chunks {
                buffer.push(chunk);
            }
            let late: Taken = core::iter::from_fn(|| buffer.next_line()).collect();
            prop_assert_eq!(late, lines(10, chunks.iter().map(Vec::as_slice)));
        }
    }
}
