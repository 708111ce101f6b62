//! `doctor`: which kinds of data connections work from here, why the others don't, and what cures
//! that.
//!
//! Each mode is tried over each address family that the server and this host have, on a connection
//! of its own. What the attempts show is judged by [`ftp_client::diagnosis`].

mod probe;
mod report;

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::time::Instant;

use ftp_client::connect::Endpoint;
use ftp_client::data::Family;
use ftp_client::diagnosis::{Attempt, diagnose};
use ftp_client::{Argument, Client, DataMode};
use tokio::net::lookup_host;

use crate::connect::{builder, leave, login_of, strategy};
use crate::options::{Connection, DataChoice};
use crate::trouble::Trouble;
use crate::url::Url;
use probe::Probe;
use report::{Report, Tried, Unreachable};

/// The longest wait for a data connection; who waits longer than this gives up, too.
const PATIENCE: Duration = Duration::from_secs(10);

/// The modes that are tried, and whether they know IPv4 alone.
const MODES: [(DataMode, DataChoice, bool); 4] = [
    (DataMode::Epsv, DataChoice::Epsv, false),
    (DataMode::Pasv, DataChoice::Pasv, true),
    (DataMode::Eprt, DataChoice::Eprt, false),
    (DataMode::Port, DataChoice::Port, true),
];

/// Who to log in as.
type Login = (Argument, Argument);

/// Tries everything and reports it. An error only if no mode works.
pub(crate) async fn doctor(connection: &Connection, url: &Url, json: bool) -> Result<(), Trouble> {
    let login = login_of(url)?;
    let auto = builder(connection, strategy(connection, DataChoice::Auto));
    let endpoint = Endpoint::new(&url.host, url.port)
        .map_err(|error| Trouble::new(format!("{}: {error}", url.host)))?;
    let mut server = auto.connect(&endpoint).await?;
    let greeting = server.greeting().to_string();
    server.login(login.0.as_bytes(), login.1.as_bytes()).await?;
    let mut report = Report {
        greeting,
        system: server.system().await.ok(),
        ..Report::default()
    };
    if let Ok(features) = server.features().await {
        report.features = features.lines().map(|line| line.to_string()).collect();
    }
    leave(server).await;

    for place in places(connection, endpoint).await {
        if let Err(error) = examine(connection, &place, &login, &mut report).await {
            // A family that this host doesn't have is no trouble.
            let absent = error
                .io_error()
                .is_some_and(|error| is_absent(error.kind()));
            if let (Some(address), false) = (place.address(), absent) {
                let error = error.to_string();
                report.unreachable.push(Unreachable { address, error });
            }
        }
    }
    let attempts: Vec<Attempt> = report.tried.iter().map(|it| it.attempt.clone()).collect();
    report.findings = diagnose(&attempts);
    report.print(json)?;
    if !attempts.iter().any(Attempt::works) {
        return Err(Trouble::new("no kind of data connection works"));
    }
    Ok(())
}

/// One place for each family that the server has; through a proxy the place is its business.
async fn places(connection: &Connection, endpoint: Endpoint) -> Vec<Endpoint> {
    let (Endpoint::Name(name, port), None) = (&endpoint, &connection.proxy) else {
        return vec![endpoint];
    };
    let Ok(addresses) = lookup_host((name.as_str(), *port)).await else {
        return vec![endpoint];
    };
    let addresses: Vec<SocketAddr> = addresses.collect();
    [Family::Ipv4, Family::Ipv6]
        .into_iter()
        .filter_map(|family| addresses.iter().find(|it| Family::of(it.ip()) == family))
        .map(|address| Endpoint::Address(*address))
        .collect()
}

const fn is_absent(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable
    )
}

/// Tries every mode in one place; an error if the first connection can't be made there.
async fn examine(
    connection: &Connection,
    place: &Endpoint,
    login: &Login,
    report: &mut Report,
) -> Result<(), ftp_client::Error> {
    for (nth, (mode, choice, needs_ipv4)) in MODES.into_iter().enumerate() {
        let probe = Probe::new(strategy(connection, choice));
        let patience = connection.patience().min(PATIENCE);
        let made = builder(connection, std::sync::Arc::new(probe.clone()))
            .data_open_timeout(patience)
            .passive_address(probe.policy())
            .connect(place)
            .await;
        let mut attempt = Attempt::new(mode);
        attempt.server = place.address().map(|address| address.ip());
        let start = Instant::now();
        match made {
            Err(error) if nth == 0 => return Err(error),
            Err(error) => attempt.error = Some(error),
            Ok(client) => {
                attempt.server = client.peer_addr().map(|peer| peer.ip().to_canonical());
                if needs_ipv4 && attempt.family() == Family::Ipv6 {
                    leave(client).await;
                    continue;
                }
                attempt.error = list_something(client, login).await.err();
            }
        }
        attempt.told = probe.told();
        report.tried.push(Tried {
            attempt,
            millis: start.elapsed().as_millis(),
        });
    }
    Ok(())
}

/// Lists the working directory, which every server can do.
async fn list_something(mut client: Client, login: &Login) -> Result<(), ftp_client::Error> {
    let (user, password) = login;
    client.login(user.as_bytes(), password.as_bytes()).await?;
    let listed = match client.list("").await {
        Ok(listing) => listing.finish().await.map(drop),
        Err(error) => Err(error),
    };
    leave(client).await;
    listed
}
