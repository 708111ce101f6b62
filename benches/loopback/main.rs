//! `loopback`: what this server does in a second, and what others do in the same second.
//!
//! Every figure is measured on each server in turn, round after round, so that a machine that is
//! busy for a while is busy for all of them. What counts are the ratios.
//!
//! | module | owns |
//! | --- | --- |
//! | [`client`] | a raw blocking client that costs less than any server |
//! | [`contest`] | the servers that take part, and how they are started |
//! | [`figures`] | the table of what is measured, one row each |
//! | [`memory`] | the memory of a process and its children |
//! | [`table`] | medians, ratios, and their printing |

mod client;
mod contest;
mod figures;
mod memory;
mod peers;
mod support;
mod table;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use contest::Contestant;
use figures::{FIGURES, Figure};
use table::Table;

/// Compare this server with others over loopback
#[derive(Debug, Parser)]
#[command(max_term_width = 100, args_conflicts_with_subcommands = true)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// Compare with these servers alone [default: all that are installed]
    #[arg(long, value_name = "NAME", num_args = 1.., value_parser = contest::NAMES)]
    server: Option<Vec<String>>,
    /// Measure only the figures whose names begin so
    #[arg(long, value_name = "NAME", num_args = 1..)]
    figure: Vec<String>,
    /// How often each figure is measured; the median counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Compare with the server of another build of this program as well
    #[arg(long, value_name = "PROGRAM")]
    before: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be the server that is measured
    #[command(hide = true)]
    Serve { port: u16, root: PathBuf },
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.command {
        Some(Command::Serve { port, root }) => contest::serve(port, &root),
        None => compare(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> io::Result<()> {
    let contestants = contest::start(options.before.as_deref(), options.server.as_deref())?;
    let mut table = Table::new(contestants.iter().map(Contestant::name).collect());
    for figure in FIGURES.iter().filter(|figure| wanted(figure, options)) {
        eprintln!("{}", figure.name);
        for contestant in &contestants {
            (figure.prepare)(contestant.root())?;
        }
        let rounds = if figure.once { 1 } else { options.rounds };
        let round = |_| contestants.iter().map(figure.measure).collect();
        table.push(figure, (0..rounds).map(round).collect());
    }
    print!("{table}");
    Ok(())
}

fn wanted(figure: &Figure, options: &Options) -> bool {
    let mut named = options.figure.iter();
    options.figure.is_empty() || named.any(|name| figure.name.starts_with(name.as_str()))
}
