//! The settings of a client session.

use core::net::SocketAddr;
use core::time::Duration;

use crate::addr::AddressPolicy;
use crate::reply::ReplySyntax;

/// The settings of a client session. A timeout of zero means "never".
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The server's end of the control connection; `None` over a transport without addresses.
    pub peer: Option<SocketAddr>,
    /// From the connection to the 220. Default 60 s.
    pub greeting_timeout: Duration,
    /// From the last byte of a command to its reply. Default 30 s.
    pub reply_timeout: Duration,
    /// From the transfer command, or the dial, to the data connection. Default 20 s.
    pub data_open_timeout: Duration,
    /// Between two movements of a running transfer. Default 60 s.
    pub stall_timeout: Duration,
    /// From the end of the data to the final reply. Default 60 s; servers that store in a cloud
    /// are slow.
    pub finish_timeout: Duration,
    /// From ABOR to both of its replies. Default 10 s.
    pub abort_timeout: Duration,
    /// Which address of a 227 reply is connected to. Default: the control peer's.
    pub passive_address: AddressPolicy,
    /// How strictly replies are read. Default: RFC 959.
    pub reply_syntax: ReplySyntax,
    /// Whether ABOR is preceded by Telnet IP and Synch (RFC 959 §4.1.3). Default false: many
    /// servers choke on it, nearly all do without.
    pub telnet_abort: bool,
    /// Whether data connections may come from other hosts than the server. Default false.
    pub foreign_data: bool,
    /// How many commands may wait for their replies at a time. Default 1; more than that saves
    /// round trips, but some servers lose track. Logins, renames and transfers always run alone.
    pub pipeline_depth: usize,
    /// Whether every command and reply is told as [`Output::Trace`](super::Output::Trace).
    /// Default false.
    pub trace: bool,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            peer: None,
            greeting_timeout: Duration::from_secs(60),
            reply_timeout: Duration::from_secs(30),
            data_open_timeout: Duration::from_secs(20),
            stall_timeout: Duration::from_secs(60),
            finish_timeout: Duration::from_secs(60),
            abort_timeout: Duration::from_secs(10),
            passive_address: AddressPolicy::default(),
            reply_syntax: ReplySyntax::default(),
            telnet_abort: false,
            foreign_data: false,
            pipeline_depth: 1,
            trace: false,
        }
    }
}
