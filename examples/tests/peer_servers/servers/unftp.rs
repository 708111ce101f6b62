//! unftp, the Rust server on libunftp.

use std::fs;

use super::{Limit, Server, free_port};
use crate::support::place::{PASSWORD, USER};
use crate::support::{peers, process};

/// What unftp 0.16 can't do.
pub(crate) const LIMITS: &[Limit] = &[
    Limit {
        about: "eprt",
        reason: "only passive data connections",
    },
    Limit {
        about: "port",
        reason: "only passive data connections",
    },
];

pub(crate) fn start() -> Option<Server> {
    let program = peers::program("unftp")?;
    Some(Server::start("unftp", |port, root, settings| {
        let accounts = settings.join("accounts.json");
        let account = format!(r#"[{{"username":"{USER}","password":"{PASSWORD}"}}]"#);
        fs::write(&accounts, account).expect("accounts can be written");
        let mut command = process::command(&program, settings);
        command
            .args(["--bind-address", &format!("127.0.0.1:{port}"), "--root-dir"])
            .arg(root);
        command
            .args(["--auth-type", "json", "--auth-json-path"])
            .arg(accounts);
        command.args(["--bind-address-http", &format!("127.0.0.1:{}", free_port())]);
        command
    }))
}
