//! Pure-FTPd, with a PureDB of its own.

use std::fs;

use super::{NOBODY, PASSWORD_HASH, Server};
use crate::support::place::USER;
use crate::support::{peers, process};

pub(crate) fn start() -> Option<Server> {
    let program = peers::program("pure-ftpd")?;
    let accounts_tool = peers::program("pure-pw")?;
    if !peers::root("pure-ftpd") {
        return None;
    }
    Some(Server::start("pure-ftpd", |port, root, settings| {
        let (accounts, database) = (settings.join("accounts"), settings.join("accounts.pdb"));
        // The tool's own hash takes seconds to check, so the account is written by hand.
        let home = root.display();
        let account = format!("{USER}:{PASSWORD_HASH}:{NOBODY}:{NOBODY}::{home}/./::::::::::::\n");
        fs::write(&accounts, account).expect("accounts can be written");
        let mut index = process::command(&accounts_tool, settings);
        index.arg("mkdb").arg(&database).arg("-f").arg(&accounts);
        let indexed = process::run(&mut index, "");
        assert!(indexed.status.success(), "{indexed:?}");

        let mut command = process::command(&program, settings);
        command.args(["-S", &format!("127.0.0.1,{port}")]);
        command
            .arg("-l")
            .arg(format!("puredb:{}", database.display()));
        command.args([
            "-A", "-E", "-H", "-c", "100", "-C", "100", "-4", "-U", "000:000",
        ]);
        command.args(["-f", "none", "-g"]).arg(settings.join("pid"));
        command
    }))
}
