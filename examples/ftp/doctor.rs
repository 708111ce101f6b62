//! `doctor`: which kinds of data connections work from here, and why the others don't.

use std::time::Instant;

use ftp_client::Client;
use ftp_client::Reply;
use ftp_examples::json_line;
use serde_json::{Value, json};

use crate::connect::{builder, connect, leave, login_of, strategy};
use crate::options::{Connection, DataChoice};
use crate::shown::shown;
use crate::trouble::Trouble;
use crate::url::Url;

/// The modes that are tried, by name.
const MODES: [(&str, DataChoice); 4] = [
    ("EPSV", DataChoice::Epsv),
    ("PASV", DataChoice::Pasv),
    ("EPRT", DataChoice::Eprt),
    ("PORT", DataChoice::Port),
];

/// What was found out about one mode.
struct Finding {
    mode: &'static str,
    millis: u128,
    /// Why it doesn't work, and what may help.
    trouble: Option<(String, &'static str)>,
}

/// Tries everything and reports it. An error only if no mode works.
pub(crate) async fn doctor(connection: &Connection, url: &Url, json: bool) -> Result<(), Trouble> {
    let (user, password) = login_of(url)?;
    let mut server = connect(
        &builder(connection, strategy(connection, DataChoice::Auto)),
        url,
    )
    .await?;
    let greeting = text(server.greeting());
    server.login(user.as_bytes(), password.as_bytes()).await?;
    let system = server.system().await.ok();
    let features: Vec<String> = match server.features().await {
        Ok(features) => features.lines().map(|line| line.to_string()).collect(),
        Err(_) => Vec::new(),
    };
    leave(server).await;

    let mut findings = Vec::new();
    for (mode, choice) in MODES {
        let mut client = connect(&builder(connection, strategy(connection, choice)), url).await?;
        client.login(user.as_bytes(), password.as_bytes()).await?;
        let start = Instant::now();
        let result = list_something(&mut client).await;
        let trouble = result
            .err()
            .map(|error| (error.to_string(), advice(choice)));
        findings.push(Finding {
            mode,
            millis: start.elapsed().as_millis(),
            trouble,
        });
        leave(client).await;
    }
    if json {
        print_json(&greeting, system.as_deref(), &features, &findings)?;
    } else {
        print_text(&greeting, system.as_deref(), &features, &findings);
    }
    if findings.iter().all(|finding| finding.trouble.is_some()) {
        return Err(Trouble::new("no kind of data connection works"));
    }
    Ok(())
}

/// Lists the working directory, which every server can do.
async fn list_something(client: &mut Client) -> Result<(), ftp_client::Error> {
    let listing = client.list("").await?;
    listing.finish().await?;
    Ok(())
}

const fn advice(choice: DataChoice) -> &'static str {
    match choice {
        DataChoice::Epsv => {
            "a firewall or router between here and the server may not know EPSV; \
                             PASV may work"
        }
        DataChoice::Pasv => {
            "the server's passive ports may be blocked by a firewall, or it may \
                             be reached over IPv6, where only EPSV works"
        }
        _ => {
            "the server must be able to connect to this host: behind a router, forward ports \
              and name them with --active-ports and --active-address; else use passive mode"
        }
    }
}

fn print_text(greeting: &str, system: Option<&str>, features: &[String], findings: &[Finding]) {
    println!("greeting  {}", shown(greeting.as_bytes()));
    println!(
        "system    {}",
        shown(system.unwrap_or("not told").as_bytes())
    );
    println!("features  {}", shown(features.join(", ").as_bytes()));
    for Finding {
        mode,
        millis,
        trouble,
    } in findings
    {
        match trouble {
            None => println!("{mode}      works ({millis} ms)"),
            Some((why, advice)) => {
                println!("{mode}      doesn't work: {}", shown(why.as_bytes()));
                println!("          {advice}");
            }
        }
    }
}

fn print_json(
    greeting: &str,
    system: Option<&str>,
    features: &[String],
    findings: &[Finding],
) -> Result<(), Trouble> {
    let modes: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let (error, advice) = match &finding.trouble {
                Some((error, advice)) => (Some(error), Some(advice)),
                None => (None, None),
            };
            json!({
                "mode": finding.mode,
                "works": finding.trouble.is_none(),
                "milliseconds": u64::try_from(finding.millis).unwrap_or(u64::MAX),
                "error": error,
                "advice": advice,
            })
        })
        .collect();
    let report =
        json!({ "greeting": greeting, "system": system, "features": features, "modes": modes });
    println!(
        "{}",
        json_line(&report).map_err(|error| Trouble::new(error.to_string()))?
    );
    Ok(())
}

fn text(reply: &Reply) -> String {
    reply.to_string()
}
