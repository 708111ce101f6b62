//! The ASCII codec: text with line ends of 60 bytes, and the worst case of nothing but line ends.

use core::hint::black_box;

use criterion::{Criterion, Throughput};
use ftp_proto::codec::{AsciiDecoder, AsciiEncoder};

/// Bytes of text.
const SIZE: usize = 256 * 1024;

pub(crate) fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ascii");
    group.throughput(Throughput::Bytes(SIZE as u64));
    for (name, line) in [("text", 60), ("line ends", 1)] {
        let text = text(line);
        let mut wire = vec![0; 2 * SIZE];
        let length = AsciiEncoder::default().step(&text, &mut wire).produced;
        let mut out = vec![0; 2 * SIZE];
        group.bench_function(format!("encode/{name}"), |bencher| {
            bencher.iter(|| AsciiEncoder::default().step(black_box(&text), &mut out));
        });
        let wire = wire.get(..length).unwrap_or_default();
        group.bench_function(format!("decode/{name}"), |bencher| {
            bencher.iter(|| AsciiDecoder::default().step(black_box(wire), &mut out));
        });
    }
    group.finish();
}

/// Text whose every so many bytes are a line.
fn text(line: usize) -> Vec<u8> {
    let letters = (1..=SIZE).map(|at| if at % line == 0 { b'\n' } else { b'x' });
    letters.collect()
}
