//! Reads a directory listing, in whatever dialect, on standard input and prints one JSON object per
//! entry, and `{"unparsed": ...}` for each line that can't be read.
//!
//! ```text
//! curl -s ftp://ftp.example.org/ | cargo run --example parse_listing -- --now 2024-05-01T00:00:00Z
//! ```
//!
//! `--now` decides the year of dates that have none; by default it is the present time.

use core::error::Error;
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use ftp_examples::{JsonEntry, json_line};
use ftp_proto::Timestamp;
use ftp_proto::listing::{Line, ListingParser};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let mut parser = ListingParser::new(reference_time()?);
    let mut input = stdin().lock();
    let mut output = BufWriter::new(stdout().lock());
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let length = input.read(&mut chunk)?;
        match chunk.get(..length) {
            Some(bytes) if length > 0 => parser.push(bytes),
            _ => parser.finish(),
        }
        while let Some(line) = parser.next_line() {
            writeln!(output, "{}", to_json(line)?)?;
        }
        if length == 0 {
            output.flush()?;
            return Ok(());
        }
    }
}

/// The argument of `--now`, or the time of the system.
fn reference_time() -> Result<Timestamp, Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let time = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let elapsed = SystemTime::now().duration_since(UNIX_EPOCH)?;
            Timestamp::from_unix(elapsed.as_secs().try_into()?, 0)
        }
        ["--now", time] => Timestamp::parse_rfc3339(time.as_bytes()),
        _ => return Err("usage: parse_listing [--now RFC3339-TIME]".into()),
    };
    Ok(time.ok_or("not a time as 2024-05-01T00:00:00Z")?)
}

fn to_json(line: Line) -> serde_json::Result<String> {
    match line {
        Line::Entry(entry) => json_line(&JsonEntry::from(&entry)),
        Line::Unparsed(bytes) | Line::TooLong(bytes) => {
            json_line(&json!({ "unparsed": String::from_utf8_lossy(&bytes) }))
        }
        _ => Ok("{}".into()),
    }
}
