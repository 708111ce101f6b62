//! The settings of a client, and how it connects.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use ftp_io::{DataStream, Duplex};
use ftp_proto::addr::AddressPolicy;
use ftp_proto::client::ClientConfig;
use ftp_proto::reply::ReplySyntax;
use socket2::{SockRef, TcpKeepalive};
use tokio::time::timeout;

use crate::client::Client;
use crate::connect::{Connection, Connector, Direct, Endpoint, ToEndpoint};
use crate::control::Control;
use crate::data::{ControlInfo, DataStrategy, Passive};
use crate::error::{Channel, Error, ErrorKind, Phase};

/// Silence on the control connection after which TCP asks whether the server is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// The settings of a client.
///
/// Every step has a deadline of its own, because what is patient for one is a hang for another. A
/// duration of zero turns one off.
///
/// ```no_run
/// # async fn example() -> Result<(), ftp_client::Error> {
/// use std::time::Duration;
/// use ftp_client::{Client, data::Auto};
///
/// let client = Client::builder()
///     .data(Auto::new())
///     .stall_timeout(Duration::from_secs(300))
///     .connect("ftp.example.org:21")
///     .await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    config: ClientConfig,
    connect_timeout: Duration,
    connector: Arc<dyn Connector>,
    strategy: Arc<dyn DataStrategy>,
}

macro_rules! timeouts {
    ($($(#[$doc:meta])+ $name:ident;)+) => {
        $(
            $(#[$doc])+
            #[must_use]
            pub const fn $name(mut self, after: Duration) -> Self {
                self.config.$name = after;
                self
            }
        )+
    };
}

/// Deadlines.
impl ClientBuilder {
    /// For the control connection: from looking its name up to the first of its addresses that
    /// answers, with all that a proxy wants to hear. Default 20 s.
    #[must_use]
    pub const fn connect_timeout(mut self, after: Duration) -> Self {
        self.connect_timeout = after;
        self
    }

    timeouts! {
        /// From the connection to the greeting. Default 60 s: servers look names up first.
        greeting_timeout;
        /// From the last byte of a command to its reply. Default 30 s.
        reply_timeout;
        /// From the transfer command, or the dial, to the data connection. Default 20 s.
        data_open_timeout;
        /// Between two movements of a running transfer, while somebody waits to read or write.
        /// Default 60 s.
        stall_timeout;
        /// From the end of the data to the final reply. Default 60 s: servers that store in a
        /// cloud are slow.
        finish_timeout;
        /// From `ABOR` to both of its replies. Default 10 s.
        abort_timeout;
    }

    /// Sets all deadlines to one value.
    #[must_use]
    pub const fn timeout(self, after: Duration) -> Self {
        self.connect_timeout(after)
            .greeting_timeout(after)
            .reply_timeout(after)
            .data_open_timeout(after)
            .stall_timeout(after)
            .finish_timeout(after)
            .abort_timeout(after)
    }
}

/// Data connections and tolerance.
impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            config: ClientConfig::default(),
            connect_timeout: Duration::from_secs(20),
            connector: Arc::new(Direct::new()),
            strategy: Arc::new(Passive::new()),
        }
    }

    /// How all connections are made, control and data. Default: [`Direct`].
    #[must_use]
    pub fn connector(self, connector: impl Connector) -> Self {
        Self {
            connector: Arc::new(connector),
            ..self
        }
    }

    /// How data connections are made. Default: [`Passive`].
    #[must_use]
    pub fn data(self, strategy: impl DataStrategy) -> Self {
        Self {
            strategy: Arc::new(strategy),
            ..self
        }
    }

    /// Which address of a 227 reply is connected to. Default: the control connection's, whatever
    /// the reply says; anything else lets a server make this client attack others.
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use ftp_client::{AddressPolicy, Client};
    ///
    /// // For servers whose data connections end at another machine than their control connections:
    /// let smart = Client::builder().passive_address(AddressPolicy::Smart);
    ///
    /// // A bouncer that is known: its ports are those of the host behind it.
    /// let known = AddressPolicy::function(|told, _| {
    ///     Some(SocketAddr::from(([203, 0, 113, 9], told.port())))
    /// });
    /// let bouncer = Client::builder().passive_address(known);
    /// ```
    #[must_use]
    pub fn passive_address(mut self, policy: AddressPolicy) -> Self {
        self.config.passive_address = policy;
        self
    }

    /// Whether data connections may be made with other hosts than the server. Default false.
    #[must_use]
    pub const fn allow_foreign_data(mut self, allow: bool) -> Self {
        self.config.foreign_data = allow;
        self
    }

    /// How strictly replies are read. Default: as RFC 959 has it.
    #[must_use]
    pub const fn reply_syntax(mut self, syntax: ReplySyntax) -> Self {
        self.config.reply_syntax = syntax;
        self
    }

    /// Whether `ABOR` is preceded by Telnet IP and Synch. Default false: many servers choke on it.
    #[must_use]
    pub const fn telnet_abort(mut self, send: bool) -> Self {
        self.config.telnet_abort = send;
        self
    }
}

/// Connecting.
impl ClientBuilder {
    /// Connects to a host and port, by the [connector](Self::connector), and waits for the
    /// greeting. Of a name, any address that answers will do.
    ///
    /// # Errors
    ///
    /// [`BadInput`](ErrorKind::BadInput) if that is no host and port;
    /// [`Connect`](ErrorKind::Connect) if it can't be reached, with what the last address or the
    /// proxy said;
    /// [`Closed`](ErrorKind::Closed) with a reply if the server doesn't want another client;
    /// [`TimedOut`](ErrorKind::TimedOut) or [`Protocol`](ErrorKind::Protocol) if there is no FTP
    /// server behind it.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn connect(&self, address: impl ToEndpoint) -> Result<Client, Error> {
        let endpoint = address.to_endpoint().map_err(Error::bad_input)?;
        let connection = self
            .reach(endpoint.clone())
            .await
            .map_err(|error| connect_error(&endpoint, error))?;
        let mut info = ControlInfo::new(Arc::clone(&self.connector));
        info.local = connection.local;
        info.peer = connection.peer.or_else(|| endpoint.address());
        info.endpoint = Some(endpoint);
        self.start(Box::new(connection.stream), info).await
    }

    /// Takes a connection that was made otherwise, and waits for the greeting.
    ///
    /// Such a stream has no addresses, so the data strategy must do without, too.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    ///
    /// # Cancel safety
    ///
    /// If dropped, the connection is closed.
    pub async fn connect_with(&self, stream: impl Duplex) -> Result<Client, Error> {
        let info = ControlInfo::new(Arc::clone(&self.connector));
        self.start(Box::new(stream), info).await
    }

    async fn start(&self, stream: Box<dyn Duplex>, info: ControlInfo) -> Result<Client, Error> {
        let mut config = self.config.clone();
        config.peer = info.peer;
        config.trace = crate::trace::is_wanted();
        let peer = info.peer;
        let control = Control::new(stream, info, config, Arc::clone(&self.strategy));
        Client::start(control)
            .await
            .map_err(|error| error.with_address(peer))
    }

    async fn reach(&self, endpoint: Endpoint) -> io::Result<Connection> {
        let connecting = self.connector.connect(endpoint);
        let connection = if self.connect_timeout.is_zero() {
            connecting.await?
        } else {
            timeout(self.connect_timeout, connecting)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?
        };
        if let DataStream::Tcp(stream) = &connection.stream {
            // During a long transfer nothing else shows a router that the connection is in use.
            let alive = TcpKeepalive::new().with_time(KEEP_ALIVE);
            SockRef::from(stream).set_tcp_keepalive(&alive)?;
        }
        Ok(connection)
    }
}

fn connect_error(endpoint: &Endpoint, error: io::Error) -> Error {
    Error::new(ErrorKind::Connect, Phase::Connect)
        .on(Channel::Control)
        .with_address(endpoint.address())
        .with_io(Some(Arc::new(error)))
}
