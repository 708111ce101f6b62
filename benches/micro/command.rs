//! Commands: a line to a value, and back.

use core::hint::black_box;

use criterion::Criterion;
use ftp_proto::Command;

const LINES: [&str; 4] = [
    "NOOP",
    "RETR pub/a directory/some file.tar.gz",
    "PORT 192,168,1,2,200,21",
    "MFMT 20240229235959 pub/some file",
];

pub(crate) fn all(criterion: &mut Criterion) {
    for line in LINES {
        let Ok(command) = Command::parse(line.as_bytes()) else {
            continue;
        };
        let verb = line.split(' ').next().unwrap_or(line);
        criterion.bench_function(&format!("command/parse/{verb}"), |bencher| {
            bencher.iter(|| Command::parse(black_box(line.as_bytes())));
        });
        let mut out = Vec::new();
        criterion.bench_function(&format!("command/encode/{verb}"), |bencher| {
            bencher.iter(|| {
                out.clear();
                black_box(&command).encode(&mut out);
            });
        });
    }
}
