//! `ftpd`: serves a directory over FTP, on the library `ftp-server`.
//!
//! With nothing said it serves the current directory to anonymous users of this host, read-only.

mod account;
mod accounts;
mod password;
mod public_address;
mod settings;

use core::error::Error;
use core::future::Future;
use core::time::Duration;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use ftp_server::data::{FromPort, PortRange, Shared};
use ftp_server::storage::{LocalStorage, MemoryStorage};
use ftp_server::{Listening, ProxyProtocol, Server, ServerBuilder};
use futures::future::join_all;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use settings::{Backend, Settings};

/// An FTP server: with nothing said, the current directory, read-only, for this host alone
#[derive(Debug, Parser)]
#[command(
    name = "ftpd",
    version,
    max_term_width = 100,
    after_long_help = settings::FILE_HELP,
    args_conflicts_with_subcommands = true
)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
    /// Read settings from a TOML file (--help shows one); what the command line says wins
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a TOML file without serving
    Check {
        /// The file
        file: PathBuf,
    },
    /// Read a password and print its hash for the TOML file
    HashPassword,
}

fn main() -> ExitCode {
    let options: Options = ftp_examples::parse_options();
    let result = match options.command {
        Some(Command::Check { file }) => check(&file),
        Some(Command::HashPassword) => hash_password(),
        None => serve(options.settings, options.config),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn Error>;

fn check(file: &std::path::Path) -> Result<(), Failure> {
    let settings = Settings::read(file)?;
    builder(&settings)?.build()?;
    println!("{}: ok", file.display());
    Ok(())
}

fn hash_password() -> Result<(), Failure> {
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("password: ")?
    } else {
        io::stdin()
            .lock()
            .lines()
            .next()
            .ok_or("no password on standard input")??
    };
    println!("{}", password::hash(password.as_bytes())?);
    Ok(())
}

#[tokio::main]
async fn serve(line: Settings, file: Option<PathBuf>) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    let settings = match file {
        Some(file) => line.over(Settings::read(&file)?),
        None => line,
    };
    let server = builder(&settings)?.build()?;
    let mut listeners = Vec::new();
    for address in settings.addresses() {
        let listening = server
            .bind(address)
            .await
            .map_err(|error| format!("can't listen on {address}: {error}"))?;
        listeners.push(listening);
    }
    for listening in &listeners {
        println!("listening on {}", listening.local_addr());
    }
    serve_all(listeners, shutdown_signal()?).await;
    Ok(())
}

/// Serves on all listeners until the signal comes.
async fn serve_all(listeners: Vec<Listening>, signal: impl Future<Output = ()>) {
    let (stop, stopping) = watch::channel(());
    let serving = join_all(listeners.into_iter().map(|listening| {
        let mut stopping = stopping.clone();
        // As a task it runs beside its sessions. The future of `main` has a thread of its own, and
        // every new connection would have to wake that one first.
        tokio::spawn(listening.serve_with_shutdown(async move {
            // The sender lives until the signal has come.
            let _ = stopping.changed().await;
        }))
    }));
    let signalled = async {
        signal.await;
        stop.send_replace(());
    };
    tokio::join!(serving, signalled);
}

/// Ready when the program is asked to end, by Ctrl-C or by `kill`.
fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The server that the settings ask for.
fn builder(settings: &Settings) -> Result<ServerBuilder, Failure> {
    let mut builder = Server::builder()
        .authenticator(accounts::authenticator(settings))
        .configure(|config| {
            config.foreign_data = settings.allow_foreign_data;
            config.active = !settings.no_active;
            config.passive = !settings.no_passive;
            set_seconds(&mut config.idle_timeout, settings.idle_timeout);
            set_seconds(&mut config.login_timeout, settings.login_timeout);
            set_seconds(&mut config.data_open_timeout, settings.data_timeout);
            set_seconds(&mut config.stall_timeout, settings.data_timeout);
            if let Some(attempts) = settings.max_login_attempts {
                config.max_login_attempts = attempts;
            }
        });
    builder = match settings.backend.unwrap_or(Backend::Fs) {
        Backend::Fs => {
            let root = settings.root.clone().unwrap_or_else(|| PathBuf::from("."));
            let storage = LocalStorage::new(&root)
                .map_err(|error| format!("{}: {}", root.display(), first_cause(&error)))?;
            builder.storage(Arc::new(storage))
        }
        Backend::Memory => builder.storage(Arc::new(MemoryStorage::new())),
    };
    if let Some(proxy) = proxy_protocol(settings)? {
        builder = builder.proxy_protocol(proxy);
    }
    let ports = settings.passive_ports.as_ref().map(|ports| ports.0.clone());
    builder = match (ports, settings.share_passive_ports) {
        (Some(ports), false) => builder.passive(PortRange::new(ports)?),
        (Some(ports), true) => builder.passive(Shared::new(ports)?),
        (None, true) => builder.passive(Shared::new(0..=0)?),
        (None, false) => builder,
    };
    if let Some(port) = settings.active_port {
        builder = builder.active(FromPort(port));
    }
    if let Some(address) = &settings.public_address {
        builder = address.advertise(builder);
    }
    if let Some(count) = settings.max_sessions {
        builder = builder.max_sessions(count.get());
    }
    if let Some(count) = settings.max_sessions_per_ip {
        builder = builder.max_sessions_per_address(count.get());
    }
    Ok(builder)
}

/// From whom headers of the PROXY protocol are taken, and on which connections.
fn proxy_protocol(settings: &Settings) -> Result<Option<ProxyProtocol>, Failure> {
    let trusted = &settings.proxy_trusted;
    let (control, data) = (settings.proxy_protocol, settings.proxy_data);
    if !control && !data {
        return if trusted.is_empty() {
            Ok(None)
        } else {
            Err("proxy-trusted is for proxy-protocol or proxy-data".into())
        };
    }
    let proxy = if trusted.is_empty() {
        ProxyProtocol::trusting_private_networks()
    } else {
        ProxyProtocol::trusting(trusted.iter().map(|network| network.0))
    };
    Ok(Some(proxy.with_control(control).with_data(data)))
}

fn set_seconds(timeout: &mut Duration, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        *timeout = Duration::from_secs(seconds);
    }
}

/// What caused an error in the first place: of a file, what the system says.
fn first_cause(mut error: &dyn Error) -> String {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

/// An error with what caused it, on one line.
fn with_causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}
