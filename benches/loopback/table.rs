//! Medians and ratios of what was measured, and how they are printed.
//!
//! A ratio is taken within a round and says how much better the first server is than another: ×2 is
//! twice as fast, or half the memory. The median of the rounds is shown.

use core::fmt;
use std::io;

use crate::figures::Figure;

/// All figures of all servers; the first server is the one that the others are compared with.
pub(crate) struct Table {
    servers: Vec<&'static str>,
    rows: Vec<Row>,
}

/// One figure of all servers.
pub(crate) struct Row {
    figure: &'static Figure,
    rounds: Vec<Vec<io::Result<f64>>>,
}

impl Table {
    pub(crate) const fn new(servers: Vec<&'static str>) -> Self {
        Self {
            servers,
            rows: Vec::new(),
        }
    }

    /// Adds a figure, and what each server made of it, round by round.
    pub(crate) fn push(&mut self, figure: &'static Figure, rounds: Vec<Vec<io::Result<f64>>>) {
        self.rows.push(Row { figure, rounds });
    }
}

impl Row {
    /// The median of a server; `None` if it failed in every round.
    fn value(&self, server: usize) -> Option<f64> {
        median(
            self.rounds
                .iter()
                .filter_map(|round| measured(round, server)),
        )
    }

    /// How much better the first server is than this one.
    fn ratio(&self, server: usize) -> Option<f64> {
        median(self.rounds.iter().filter_map(|round| {
            let (ours, theirs) = (measured(round, 0)?, measured(round, server)?);
            Some(if self.figure.less {
                theirs / ours
            } else {
                ours / theirs
            })
        }))
    }

    /// What the first failure of a server was.
    fn trouble(&self, server: usize) -> Option<&io::Error> {
        let mut results = self.rounds.iter().filter_map(|round| round.get(server));
        results.find_map(|result| result.as_ref().err())
    }

    fn cell(&self, server: usize) -> String {
        match (server, self.value(server), self.ratio(server)) {
            (0, Some(value), _) => number(value),
            (_, Some(value), Some(ratio)) => format!("{} (×{ratio:.2})", number(value)),
            (_, Some(value), None) => number(value),
            _ => "–".into(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| figure |")?;
        for server in &self.servers {
            write!(f, " {server} |")?;
        }
        writeln!(f, "\n| --- |{}", " ---: |".repeat(self.servers.len()))?;
        for row in &self.rows {
            write!(f, "| {}, {} |", row.figure.name, row.figure.unit)?;
            for server in 0..self.servers.len() {
                write!(f, " {} |", row.cell(server))?;
            }
            writeln!(f)?;
        }
        for row in &self.rows {
            for (server, name) in self.servers.iter().enumerate() {
                if let Some(trouble) = row.trouble(server) {
                    writeln!(f, "\n{name}, {}: {trouble}", row.figure.name)?;
                }
            }
        }
        Ok(())
    }
}

fn measured(round: &[io::Result<f64>], server: usize) -> Option<f64> {
    round.get(server)?.as_ref().ok().copied()
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// Three digits that count are enough for what varies by more.
fn number(value: f64) -> String {
    let digits = if value < 10.0 { 1 } else { 0 };
    format!("{value:.digits$}")
}
