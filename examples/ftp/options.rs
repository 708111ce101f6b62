//! The command line of `ftp`.

use core::net::IpAddr;
use core::ops::RangeInclusive;
use core::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::proxy::Proxy;
use crate::url::Url;

/// An FTP client: lists, downloads, uploads, and tells why data connections fail
#[derive(Debug, Parser)]
#[command(name = "ftp", version, max_term_width = 100, after_help = URL_HELP)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What the help says of URLs.
const URL_HELP: &str = "A URL is ftp://[USER[:PASSWORD]@]HOST[:PORT]/PATH. The path begins where the login lands; \
    with two slashes, //PATH, at the root. Without a user it is anonymous; a password that is \
    missing is asked for on a terminal.";

/// How to talk to the server.
#[derive(Args, Clone, Debug)]
pub(crate) struct Connection {
    /// How data connections are made; auto tries EPSV, PASV, EPRT and PORT in turn
    #[arg(long, global = true, value_enum, default_value_t = DataChoice::Auto)]
    pub(crate) data: DataChoice,
    /// Transfer text: line ends are converted
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Give up when the server keeps silent for so many seconds
    #[arg(long, global = true, value_name = "S", default_value_t = 30)]
    pub(crate) timeout: u64,
    /// The ports on which active data connections are awaited [default: any]
    #[arg(long, global = true, value_name = "LOW-HIGH", value_parser = port_range)]
    pub(crate) active_ports: Option<RangeInclusive<u16>>,
    /// The address that PORT and EPRT tell, behind a NAT [default: that of the control connection]
    #[arg(long, global = true, value_name = "IP")]
    pub(crate) active_address: Option<IpAddr>,
    /// Make all connections through a proxy: socks5://USER:PASSWORD@HOST:PORT or http://...
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) proxy: Option<Proxy>,
    /// Show the commands and replies on standard error, without passwords
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl Connection {
    /// The longest silence of the server.
    pub(crate) const fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// How data connections are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataChoice {
    Auto,
    Epsv,
    Pasv,
    Eprt,
    Port,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List a directory
    Ls {
        url: Url,
        /// Print one JSON object per entry
        #[arg(long)]
        json: bool,
    },
    /// Download a file
    Get {
        url: Url,
        /// The local file or directory; - for standard output [default: the name in the URL]
        local: Option<String>,
        #[command(flatten)]
        how: GetOptions,
    },
    /// Upload a file
    Put {
        /// The local file; - for standard input
        local: String,
        /// Where to; with a slash at the end, the name stays
        url: Url,
        #[command(flatten)]
        how: PutOptions,
    },
    /// Remove a file
    Rm {
        url: Url,
        /// Remove a directory and everything in it
        #[arg(short, long)]
        recursive: bool,
    },
    /// Make a directory
    Mkdir {
        url: Url,
        /// Make missing parents too, and don't mind if it is there
        #[arg(short, long)]
        parents: bool,
    },
    /// Rename or move
    Mv {
        url: Url,
        /// The new path, on the same server
        to: String,
    },
    /// Show what is known of one file
    Stat {
        url: Url,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Send commands as they are and print the replies
    Raw {
        url: Url,
        /// The commands, each one argument
        #[arg(required = true)]
        commands: Vec<String>,
    },
    /// Send a file from one server to another, which both must allow
    Fxp {
        /// The file
        from: Url,
        /// Where to; with a slash at the end, the name stays
        to: Url,
        /// Let a server name another host than itself as the place where it listens
        #[arg(long)]
        allow_foreign_data: bool,
    },
    /// Find out which kinds of data connections work, and why the others don't
    Doctor {
        url: Url,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Work interactively
    Open { url: Url },
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct GetOptions {
    /// Go on where an earlier download ended
    #[arg(long)]
    pub(crate) resume: bool,
    /// Ask for the size again when done and compare
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct PutOptions {
    /// Go on where an earlier upload ended
    #[arg(long, conflicts_with_all = ["append", "unique"])]
    pub(crate) resume: bool,
    /// Add to the end of the remote file
    #[arg(long, conflicts_with = "unique")]
    pub(crate) append: bool,
    /// Let the server choose a name that isn't taken, and print it
    #[arg(long)]
    pub(crate) unique: bool,
    /// Ask for the size when done and compare
    #[arg(long)]
    pub(crate) verify: bool,
}

fn port_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let ports = text.split_once('-').and_then(|(low, high)| {
        let (low, high) = (low.parse::<u16>().ok()?, high.parse::<u16>().ok()?);
        (0 < low && low <= high).then_some(low..=high)
    });
    ports.ok_or_else(|| "expected LOW-HIGH, two ports from 1 to 65535".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn ports_are_a_range() {
        assert_eq!(port_range("1-65535"), Ok(1..=65535));
        for bad in ["1", "0-5", "5-1", "a-b", "1-99999"] {
            assert!(port_range(bad).is_err(), "{bad}");
        }
    }
}
