//! vsftpd: every login is a guest that acts as `daemon` in the root directory (an account
//! whose home exists everywhere, or vsftpd refuses).

use std::fs;
use std::path::{Path, PathBuf};

use super::Server;
use crate::support::{peers, process};

/// vsftpd checks passwords through PAM alone, and PAM reads its services from here alone.
const SERVICE: &str = "ftp-examples-peer";

pub(crate) fn start() -> Option<Server> {
    let program = peers::program("vsftpd")?;
    if !peers::root("vsftpd") {
        return None;
    }
    let service = Service::install();
    let server = Server::start("vsftpd", |port, root, settings| {
        let file = settings.join("vsftpd.conf");
        let (root, empty) = (root.display(), settings.join("empty"));
        fs::create_dir(&empty).expect("a directory can be made");
        let empty = empty.display();
        let lines = format!(
            "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n\
             anonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\n\
             guest_enable=YES\nguest_username=daemon\nvirtual_use_local_privs=YES\n\
             local_root={root}\nchroot_local_user=YES\nallow_writeable_chroot=YES\n\
             local_umask=000\nfile_open_mode=0666\n\
             pam_service_name={SERVICE}\nsecure_chroot_dir={empty}\n\
             seccomp_sandbox=NO\nasync_abor_enable=YES\nxferlog_enable=NO\n"
        );
        fs::write(&file, lines).expect("settings can be written");
        let mut command = process::command(&program, settings);
        command.arg(file);
        command
    });
    Some(server.with_guard(service))
}

/// The PAM service that lets everybody in, removed at the end of the test.
#[derive(Debug)]
struct Service(PathBuf);

impl Service {
    fn install() -> Self {
        let path = Path::new("/etc/pam.d").join(SERVICE);
        let rules = "auth required pam_permit.so\naccount required pam_permit.so\n";
        fs::write(&path, rules).expect("root can write a PAM service");
        Self(path)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
