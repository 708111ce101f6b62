//! `ftp`: an FTP client for the command line, on the library `ftp-client`.

mod connect;
mod doctor;
mod fxp;
mod list;
mod manage;
mod options;
mod progress;
mod proxy;
mod shell;
mod shown;
mod transfer;
mod trouble;
mod url;

use std::process::ExitCode;

use options::{Command, Options};
use trouble::Trouble;

fn main() -> ExitCode {
    let options: Options = ftp_examples::parse_options();
    if options.connection.verbose {
        connect::show_protocol();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(options));
            // A read of standard input that never ends must not keep the program.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Trouble> {
    let connection = options.connection;
    match options.command {
        Command::Ls { url, json } => list::ls(&connection, &url, json).await,
        Command::Stat { url, json } => list::stat(&connection, &url, json).await,
        Command::Get { url, local, how } => transfer::get(&connection, &url, local, how).await,
        Command::Put { local, url, how } => transfer::put(&connection, &local, &url, how).await,
        Command::Rm { url, recursive } => manage::rm(&connection, &url, recursive).await,
        Command::Mkdir { url, parents } => manage::mkdir(&connection, &url, parents).await,
        Command::Mv { url, to } => manage::mv(&connection, &url, &to).await,
        Command::Raw { url, commands } => manage::raw(&connection, &url, &commands).await,
        Command::Fxp {
            from,
            to,
            allow_foreign_data,
        } => fxp::fxp(&connection, &from, &to, allow_foreign_data).await,
        Command::Doctor { url, json } => doctor::doctor(&connection, &url, json).await,
        Command::Open { url } => shell::open(&connection, &url).await,
    }
}
