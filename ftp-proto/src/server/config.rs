//! The settings of a server session, shared by all sessions of a server.

use alloc::string::String;
use core::net::SocketAddr;
use core::time::Duration;

/// The settings of a server session.
///
/// Every limit is finite by default; a timeout of zero means "never".
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// The text of the 220 greeting.
    pub greeting: String,
    /// From the connection to a login. Default 60 s.
    pub login_timeout: Duration,
    /// Between commands, while nothing is transferred. Default 300 s (RFC 1123 §4.1.3.2).
    pub idle_timeout: Duration,
    /// From a transfer command to its data connection, and from the reply to `PASV` or `EPSV` to the
    /// client's connection: a port that nobody uses is given back. Default 30 s.
    pub data_open_timeout: Duration,
    /// Between two movements of a running transfer. Default 120 s.
    pub stall_timeout: Duration,
    /// For an upload to become permanent. Default 600 s; cloud storages are slow.
    pub commit_timeout: Duration,
    /// From the last reply to its delivery, after which the connection is closed all the same.
    /// Default 10 s.
    pub close_timeout: Duration,
    /// From a failed login to its 530. Default 1 s, doubled with each further failure up to 16 s.
    pub login_delay: Duration,
    /// Failed logins until the session is closed with 421. Default 3.
    pub max_login_attempts: u32,
    /// Lines in a row that are no command, until the session is closed with 421; once a user is
    /// logged in, they don't count. Default 20.
    pub max_bad_commands: u32,
    /// Bytes of a command line without its end. Default 4,096, as ftpserverlib and vsftpd.
    pub max_line: usize,
    /// Bytes of commands that are held while a transfer runs, before the session stops reading.
    /// Default 16 KiB.
    pub max_held: usize,
    /// Bytes of replies that the client doesn't read, before the session stops answering. Default
    /// 64 KiB.
    pub max_unsent: usize,
    /// Bytes of a path, made of the working directory and the name in a command. Default 4,096, as
    /// Linux.
    pub max_path: usize,
    /// Entries of a listing on the control connection (`STAT path`). Default 1,000.
    pub max_stat_entries: usize,
    /// Whether PORT and EPRT are served. Default true.
    pub active: bool,
    /// Whether PASV and EPSV are served. Default true.
    pub passive: bool,
    /// Whether data connections may go to and come from other hosts than the client
    /// (server-to-server transfers). Default false: it is the bounce attack of RFC 2577.
    pub foreign_data: bool,
    /// Whether verbs that the session doesn't know are put to the application as
    /// [`Ask::Custom`](super::Ask::Custom), once a user is logged in. `SITE` always is. Default
    /// false: such verbs are answered with 500.
    pub custom_commands: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            greeting: String::from("Service ready."),
            login_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(300),
            data_open_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(120),
            commit_timeout: Duration::from_secs(600),
            close_timeout: Duration::from_secs(10),
            login_delay: Duration::from_secs(1),
            max_login_attempts: 3,
            max_bad_commands: 20,
            max_line: 4096,
            max_held: 16 * 1024,
            max_unsent: 64 * 1024,
            max_path: 4096,
            max_stat_entries: 1000,
            active: true,
            passive: true,
            foreign_data: false,
            custom_commands: false,
        }
    }
}

/// The two ends of the control connection.
///
/// `None` over a transport without addresses, such as a pipe in memory; then every peer of a data
/// connection is admitted, and PORT and EPRT are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connected {
    /// The client's end.
    pub peer: Option<SocketAddr>,
    /// The server's end.
    pub local: Option<SocketAddr>,
}

impl Connected {
    /// A connection between these two addresses.
    pub const fn new(peer: SocketAddr, local: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            local: Some(local),
        }
    }
}
