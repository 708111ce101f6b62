//! Reads a directory listing on standard input and prints one JSON object per entry.

fn main() {}
