//! Micro benchmarks of what runs for every command, reply, line of a listing, and byte of text.

mod ascii;
mod command;
mod listing;
mod reply;

use criterion::{criterion_group, criterion_main};

criterion_group!(micro, command::all, reply::all, listing::all, ascii::all);
criterion_main!(micro);
