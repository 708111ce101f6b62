//! A line that reads as a command is written as one line, which reads as the same command.
#![no_main]

use ftp_proto::Command;
use ftp_proto::wire::LineBuffer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let Ok(command) = Command::parse(line) else {
        return;
    };
    let mut wire = Vec::new();
    command.encode(&mut wire);
    let mut lines = LineBuffer::new(usize::MAX);
    lines.push(&wire);
    let read = lines.next_line().and_then(Result::ok).expect("one line");
    assert!(
        lines.is_empty(),
        "{command:?} is written as more than one line"
    );
    assert_eq!(Command::parse(&read), Ok(command));
});
