//! The `ftplib` of Python's standard library, through a script that is one table.

use std::path::PathBuf;

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Ftplib {
    pub(crate) program: PathBuf,
    /// Where `ftpd` listens. Over IPv4 it sends PASV and PORT, over IPv6 EPSV and EPRT.
    pub(crate) host: &'static str,
    pub(crate) mode: Mode,
}

impl Client for Ftplib {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let mut command = process::command(&self.program, &scene.home);
        command
            .args(["-c", SCRIPT, self.host])
            .arg(scene.place.port.to_string())
            .args([USER, PASSWORD]);
        command
            .arg(format!("{:?}", self.mode))
            .arg(format!("{step:?}"));
        command
            .arg(&scene.local)
            .args([&scene.remote, &scene.renamed, &scene.directory]);
        Attempt::Run(command, String::new())
    }
}

const SCRIPT: &str = r#"
import ftplib, os, sys
host, port, user, password, mode, step, local, remote, renamed, directory = sys.argv[1:]

def resume_download():
    with open(local, "ab") as file:
        ftp.retrbinary("RETR " + remote, file.write, rest=os.path.getsize(local))

def resume_upload():
    done = ftp.size(remote)
    with open(local, "rb") as file:
        file.seek(done)
        ftp.storbinary("STOR " + remote, file, rest=done)

def lists():
    ftp.retrlines("LIST")
    for name, facts in ftp.mlsd():
        print(name, facts)
    print(ftp.nlst())

steps = {
    "List": lists,
    "Download": lambda: ftp.retrbinary("RETR " + remote, open(local, "wb").write),
    "ResumeDownload": resume_download,
    "Upload": lambda: ftp.storbinary("STOR " + remote, open(local, "rb")),
    "ResumeUpload": resume_upload,
    "Append": lambda: ftp.storbinary("APPE " + remote, open(local, "rb")),
    "Rename": lambda: ftp.rename(remote, renamed),
    "MakeDirectory": lambda: ftp.mkd(directory),
    "RemoveDirectory": lambda: ftp.rmd(directory),
    "Remove": lambda: ftp.delete(remote),
}
ftp = ftplib.FTP(timeout=10)
ftp.connect(host, int(port))
ftp.login(user, password)
ftp.set_pasv(mode == "Passive")
ftp.voidcmd("TYPE I")
steps[step]()
ftp.quit()
"#;
