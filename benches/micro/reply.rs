//! Replies: lines gathered to a value, and a value as lines.

use core::hint::black_box;

use criterion::Criterion;
use ftp_proto::reply::{ReplyAssembler, ReplySyntax};

const ONE: &[&[u8]] = &[b"226 Transfer complete."];
const MANY: &[&[u8]] = &[
    b"211-Features:",
    b" EPRT",
    b" EPSV",
    b" MDTM",
    b" MLST type*;size*;modify*;perm*;unique*;",
    b" REST STREAM",
    b" SIZE",
    b" TVFS",
    b" UTF8",
    b"211 End",
];

pub(crate) fn all(criterion: &mut Criterion) {
    for (name, lines) in [("one line", ONE), ("ten lines", MANY)] {
        criterion.bench_function(&format!("reply/assemble/{name}"), |bencher| {
            let mut assembler = ReplyAssembler::new(ReplySyntax::default());
            bencher.iter(|| {
                for line in lines {
                    let _ = black_box(assembler.handle_line(black_box(line)));
                }
            });
        });
        let mut assembler = ReplyAssembler::new(ReplySyntax::default());
        let mut assembled = lines.iter().map(|line| assembler.handle_line(line));
        let Some(Ok(Some(reply))) = assembled.next_back() else {
            continue;
        };
        let mut out = Vec::new();
        criterion.bench_function(&format!("reply/encode/{name}"), |bencher| {
            bencher.iter(|| {
                out.clear();
                black_box(&reply).encode(&mut out);
            });
        });
    }
}
