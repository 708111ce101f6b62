//! What `doctor` prints, for people or as one JSON object.

use core::net::SocketAddr;

use ftp_client::data::Family;
use ftp_client::diagnosis::{Attempt, Finding};
use ftp_examples::json_line;
use serde_json::{Value, json};

use crate::shown::shown;
use crate::trouble::Trouble;

/// What was found out.
#[derive(Default)]
pub(super) struct Report {
    pub(super) greeting: String,
    pub(super) system: Option<String>,
    pub(super) features: Vec<String>,
    pub(super) tried: Vec<Tried>,
    pub(super) unreachable: Vec<Unreachable>,
    pub(super) findings: Vec<Finding>,
}

/// One mode in one family, and how long it took.
pub(super) struct Tried {
    pub(super) attempt: Attempt,
    pub(super) millis: u128,
}

/// An address of the server that doesn't answer.
pub(super) struct Unreachable {
    pub(super) address: SocketAddr,
    pub(super) error: String,
}

impl Report {
    pub(super) fn print(&self, json: bool) -> Result<(), Trouble> {
        if json {
            let line = json_line(&self.to_json());
            println!("{}", line.map_err(|error| Trouble::new(error.to_string()))?);
        } else {
            self.print_text();
        }
        Ok(())
    }

    fn print_text(&self) {
        let system = self.system.as_deref().unwrap_or("not told");
        for (name, text) in [
            ("greeting", self.greeting.as_str()),
            ("system", system),
            ("features", &self.features.join(", ")),
        ] {
            println!("{name:<10}{}", shown(text.as_bytes()));
        }
        for Tried { attempt, millis } in &self.tried {
            let mode = attempt.mode.to_string();
            let family = family(attempt.family());
            match &attempt.error {
                None => println!("{mode:<10}works over {family} ({millis} ms)"),
                Some(error) => {
                    let why = shown(error.to_string().as_bytes());
                    println!("{mode:<10}doesn't work over {family}: {why}");
                }
            }
        }
        for Unreachable { error, .. } in &self.unreachable {
            println!("address   unreachable: {}", shown(error.as_bytes()));
        }
        for finding in &self.findings {
            println!("{:<10}{}", "finding", shown(finding.to_string().as_bytes()));
        }
    }

    fn to_json(&self) -> Value {
        let modes: Vec<Value> = self.tried.iter().map(|it| self.mode(it)).collect();
        let unreachable: Vec<Value> = self
            .unreachable
            .iter()
            .map(|it| json!({ "address": it.address.to_string(), "error": it.error }))
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "mode": finding.mode.to_string(),
                    "family": family(finding.family),
                    "cause": finding.cause,
                    "cure": finding.cure,
                })
            })
            .collect();
        json!({
            "greeting": self.greeting,
            "system": self.system,
            "features": self.features,
            "modes": modes,
            "unreachable": unreachable,
            "findings": findings,
        })
    }

    fn mode(&self, Tried { attempt, millis }: &Tried) -> Value {
        // The last finding about an attempt is why it failed.
        let finding = self
            .findings
            .iter()
            .rfind(|finding| (finding.mode, finding.family) == (attempt.mode, attempt.family()));
        let error = attempt.error.as_ref();
        let reply = error.and_then(ftp_client::Error::reply);
        json!({
            "mode": attempt.mode.to_string(),
            "family": family(attempt.family()),
            "works": attempt.works(),
            "milliseconds": u64::try_from(*millis).unwrap_or(u64::MAX),
            "told": attempt.told.map(|address| address.to_string()),
            "error": error.map(ToString::to_string),
            "reply": reply.map(ToString::to_string),
            "cause": finding.map(|finding| &finding.cause),
            "advice": finding.map(|finding| &finding.cure),
        })
    }
}

const fn family(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "IPv4",
        Family::Ipv6 => "IPv6",
    }
}
