//! ProFTPD, with a password file of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::{NOBODY, PASSWORD_HASH, Server};
use crate::support::place::USER;
use crate::support::{peers, process};

pub(crate) fn start() -> Option<Server> {
    let program = peers::program("proftpd")?;
    if !peers::root("proftpd") {
        return None;
    }
    Some(Server::start("proftpd", |port, root, settings| {
        let (folder, home) = (settings.display(), root.display());
        let accounts = settings.join("accounts");
        let account = format!("{USER}:{PASSWORD_HASH}:{NOBODY}:{NOBODY}::{home}:/bin/sh\n");
        fs::write(&accounts, account).expect("accounts can be written");
        // It refuses accounts that others could change.
        fs::set_permissions(&accounts, Permissions::from_mode(0o600))
            .expect("permissions can be set");
        fs::set_permissions(settings, Permissions::from_mode(0o755))
            .expect("permissions can be set");
        let lines = format!(
            "ServerType standalone\nPort {port}\nDefaultAddress 127.0.0.1\nUseIPv6 on\n\
             ModulePath /usr/lib/proftpd\nAuthOrder mod_auth_file.c\n\
             AuthUserFile {folder}/accounts\nDefaultRoot ~\nRequireValidShell off\n\
             UseFtpUsers off\nUser nobody\nGroup nogroup\nUmask 000\n\
             AllowOverwrite on\nAllowStoreRestart on\nAllowRetrieveRestart on\n\
             PidFile {folder}/pid\nScoreboardFile {folder}/scoreboard\n\
             DelayEngine off\nUseReverseDNS off\nSystemLog {folder}/system-log\nWtmpLog off\nTransferLog none\n"
        );
        let file = settings.join("proftpd.conf");
        fs::write(&file, lines).expect("settings can be written");
        let mut command = process::command(&program, settings);
        command.args(["-n", "-q", "-c"]).arg(file);
        command
    }))
}
