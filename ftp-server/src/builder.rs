//! How a server is put together.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use ftp_proto::server::ServerConfig;

use crate::auth::{Anonymous, Authenticator};
use crate::data::{
    ActiveStrategy, Advertise, ControlAddress, Dial, Ephemeral, Gate, PassiveStrategy,
};
use crate::error::BuildError;
use crate::limits::Limits;
use crate::proxy::ProxyProtocol;
use crate::server::{Rules, Server};
use crate::session::Services;
use crate::storage::Storage;

/// Puts a [`Server`] together. Only a storage must be given; everything else has a default.
///
/// | what | default |
/// |---|---|
/// | [`authenticator`](Self::authenticator) | anonymous, read-only |
/// | [`passive`](Self::passive) | [`Ephemeral`]: ports that the system chooses |
/// | [`active`](Self::active) | [`Dial`]: from any port |
/// | [`advertise`](Self::advertise) | [`ControlAddress`]: the address that the client knows |
/// | [`max_sessions`](Self::max_sessions) | 4,096 |
/// | [`max_sessions_per_address`](Self::max_sessions_per_address) | no limit of its own |
/// | [`proxy_protocol`](Self::proxy_protocol) | off |
/// | [`shutdown_grace`](Self::shutdown_grace) | 30 s |
/// | timeouts, limits and texts | [`ServerConfig`] |
#[must_use = "a builder does nothing before `build`"]
pub struct ServerBuilder {
    storage: Result<Arc<dyn Storage>, BuildError>,
    authenticator: Arc<dyn Authenticator>,
    config: ServerConfig,
    passive: Arc<dyn PassiveStrategy>,
    active: Arc<dyn ActiveStrategy>,
    advertise: Arc<dyn Advertise>,
    max_sessions: usize,
    max_sessions_per_address: usize,
    proxy: Option<ProxyProtocol>,
    rules: Rules,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            storage: Err(BuildError::NoStorage),
            authenticator: Arc::new(Anonymous::read_only()),
            config: ServerConfig::default(),
            passive: Arc::new(Ephemeral),
            active: Arc::new(Dial),
            advertise: Arc::new(ControlAddress),
            max_sessions: 4096,
            max_sessions_per_address: usize::MAX,
            proxy: None,
            rules: Rules::default(),
        }
    }
}

impl ServerBuilder {
    /// What a login sees that brings no storage of its own.
    pub fn storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Ok(storage);
        self
    }

    /// Serves a directory of the local file system; nothing outside it can be reached.
    #[cfg(feature = "local")]
    pub fn local(mut self, root: impl AsRef<std::path::Path>) -> Self {
        self.storage = crate::storage::LocalStorage::new(root)
            .map(|storage| Arc::new(storage) as _)
            .map_err(BuildError::Root);
        self
    }

    /// Who may log in.
    pub fn authenticator(mut self, authenticator: impl Authenticator) -> Self {
        self.authenticator = Arc::new(authenticator);
        self
    }

    /// All settings of the protocol at once.
    pub fn config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// Changes settings of the protocol.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let builder = ftp_server::Server::builder().configure(|config| {
    ///     config.idle_timeout = Duration::from_secs(60);
    ///     config.max_login_attempts = 5;
    /// });
    /// ```
    pub fn configure(mut self, change: impl FnOnce(&mut ServerConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// The text of the greeting.
    pub fn greeting(self, text: impl Into<String>) -> Self {
        self.configure(|config| config.greeting = text.into())
    }

    /// How long a session may be without a command, while nothing is transferred. Default 300 s;
    /// zero means for ever.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        self.configure(|config| config.idle_timeout = timeout)
    }

    /// How long a client may take to log in. Default 60 s; zero means for ever.
    pub fn login_timeout(self, timeout: Duration) -> Self {
        self.configure(|config| config.login_timeout = timeout)
    }

    /// How long a transfer may wait for its data connection, and a passive port for its client.
    /// Default 30 s; zero means for ever.
    pub fn data_open_timeout(self, timeout: Duration) -> Self {
        self.configure(|config| config.data_open_timeout = timeout)
    }

    /// How long nothing may move in a transfer. Default 120 s; zero means for ever.
    pub fn stall_timeout(self, timeout: Duration) -> Self {
        self.configure(|config| config.stall_timeout = timeout)
    }

    /// How to listen for data connections.
    pub fn passive(mut self, strategy: impl PassiveStrategy) -> Self {
        self.passive = Arc::new(strategy);
        self
    }

    /// How to make data connections to clients.
    pub fn active(mut self, strategy: impl ActiveStrategy) -> Self {
        self.active = Arc::new(strategy);
        self
    }

    /// Which address clients are told for passive data connections.
    pub fn advertise(mut self, policy: impl Advertise) -> Self {
        self.advertise = Arc::new(policy);
        self
    }

    /// How many sessions there may be at a time. A client beyond that is told 421.
    pub const fn max_sessions(mut self, count: usize) -> Self {
        self.max_sessions = count;
        self
    }

    /// How many sessions one client address may have at a time.
    pub const fn max_sessions_per_address(mut self, count: usize) -> Self {
        self.max_sessions_per_address = count;
        self
    }

    /// Takes headers of the PROXY protocol from trusted networks, in front of control connections,
    /// passive data connections, or both.
    pub fn proxy_protocol(mut self, proxy: ProxyProtocol) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// How long transfers may go on after a shutdown was asked for.
    pub const fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.rules.shutdown_grace = grace;
        self
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoStorage`] if none was given; [`BuildError::Root`] if the directory of
    /// [`local`](Self::local) can't be opened.
    pub fn build(self) -> Result<Server, BuildError> {
        let mut config = self.config;
        config.passive &= self.passive.is_offered();
        config.active &= self.active.is_offered();
        let proxy = self.proxy.map(Arc::new);
        let rules = Rules {
            proxy: proxy.clone().filter(|proxy| proxy.on_control()),
            ..self.rules
        };
        let services = Services {
            config: Arc::new(config),
            authenticator: self.authenticator,
            storage: self.storage?,
            passive: self.passive,
            active: self.active,
            advertise: self.advertise,
            gate: Gate::new(proxy.filter(|proxy| proxy.on_data())),
        };
        let limits = Limits::new(self.max_sessions, self.max_sessions_per_address);
        Ok(Server::new(services, limits, rules))
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("config", &self.config)
            .field("max_sessions", &self.max_sessions)
            .field("max_sessions_per_address", &self.max_sessions_per_address)
            .field("proxy", &self.proxy)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
