//! From a URL to a client that is logged in.

use core::time::Duration;
use std::io::IsTerminal as _;
use std::sync::Arc;

use ftp_client::data::{Active, Auto, DataStrategy, Passive};
use ftp_client::{Argument, PathName};
use ftp_client::{Client, ClientBuilder};
use tokio::time::timeout;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::options::{Connection, DataChoice};
use crate::proxy::Proxy;
use crate::trouble::Trouble;
use crate::url::Url;

/// Connects and logs in; asks for a missing password on a terminal.
pub(crate) async fn log_in(connection: &Connection, url: &Url) -> Result<Client, Trouble> {
    log_in_by(
        &builder(connection, strategy(connection, connection.data)),
        url,
    )
    .await
}

/// Connects with settings of its own and logs in.
pub(crate) async fn log_in_by(builder: &ClientBuilder, url: &Url) -> Result<Client, Trouble> {
    let mut client = connect(builder, url).await?;
    let (user, password) = login_of(url)?;
    client.login(user.as_bytes(), password.as_bytes()).await?;
    Ok(client)
}

/// Says goodbye. All is done by then, so a server that answers badly, late or never changes nothing.
pub(crate) async fn leave(client: Client) {
    let _ = timeout(FAREWELL, client.quit()).await;
}

/// How long a server may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// Connects.
pub(crate) async fn connect(builder: &ClientBuilder, url: &Url) -> Result<Client, Trouble> {
    let host = url.host.as_str();
    builder.connect((host, url.port)).await.map_err(|error| {
        // An error that names no address is about the name.
        match error.address() {
            Some(_) => error.into(),
            None => Trouble::new(format!("{host}: {error}")),
        }
    })
}

/// The settings of a client whose data connections are of that strategy.
pub(crate) fn builder(connection: &Connection, data: Arc<dyn DataStrategy>) -> ClientBuilder {
    let mut builder = Client::builder().timeout(connection.patience()).data(data);
    if let Some(Proxy(proxy)) = &connection.proxy {
        builder = builder.connector(Arc::clone(proxy));
    }
    builder
}

/// The strategy that makes data connections as chosen.
pub(crate) fn strategy(connection: &Connection, choice: DataChoice) -> Arc<dyn DataStrategy> {
    let active = |mut active: Active| {
        if let Some(ports) = &connection.active_ports {
            active = active.with_ports(ports.clone());
        }
        if let Some(address) = connection.active_address {
            active = active.with_advertised(address);
        }
        active
    };
    match choice {
        DataChoice::Auto => Arc::new(Auto::new().with_active(active(Active::new()))),
        DataChoice::Epsv => Arc::new(Passive::epsv()),
        DataChoice::Pasv => Arc::new(Passive::pasv()),
        DataChoice::Eprt => Arc::new(active(Active::eprt())),
        DataChoice::Port => Arc::new(active(Active::port())),
    }
}

/// Who logs in: anonymous, if the URL names nobody.
pub(crate) fn login_of(url: &Url) -> Result<(Argument, Argument), Trouble> {
    let Some(user) = url.user.clone() else {
        return Ok((Argument::new("anonymous")?, Argument::new("anonymous@")?));
    };
    let password = match &url.password {
        Some(password) => password.clone(),
        None if std::io::stdin().is_terminal() => {
            Argument::new(rpassword::prompt_password(format!("password of {user}: "))?)?
        }
        None => Argument::default(),
    };
    Ok((user, password))
}

/// The path of a URL that must have one.
pub(crate) fn path_of(url: &Url) -> Result<&PathName, Trouble> {
    url.path
        .as_ref()
        .ok_or_else(|| Trouble::new("the URL needs a path"))
}

/// Shows the commands and replies on standard error from now on.
pub(crate) fn show_protocol() {
    let wire = Targets::new().with_target(ftp_client::TRACE_TARGET, LevelFilter::DEBUG);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_level(false)
        .with_target(false)
        .without_time();
    // Fails only if there is a subscriber already, which nobody else sets.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(wire)
        .try_init();
}
