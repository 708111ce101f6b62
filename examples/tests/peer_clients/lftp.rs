//! lftp: resumes an upload with REST and STOR; has no command that appends.

use std::path::PathBuf;

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Lftp {
    pub(crate) program: PathBuf,
    /// Where `ftpd` listens. Over IPv4 it sends PASV and PORT, over IPv6 EPSV.
    pub(crate) host: &'static str,
    pub(crate) mode: Mode,
    /// Whether it sends commands before the last one is answered, and lists with MLSD.
    pub(crate) pipelined: bool,
}

impl Client for Lftp {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let (remote, renamed) = (&scene.remote, &scene.renamed);
        let (directory, local) = (&scene.directory, scene.local_text());
        let line = match step {
            Step::List => "cls -l".to_owned(),
            Step::Download => format!("get \"{remote}\" -o \"{local}\""),
            Step::ResumeDownload => format!("get -c \"{remote}\" -o \"{local}\""),
            Step::Upload => format!("put \"{local}\" -o \"{remote}\""),
            Step::ResumeUpload => format!("put -c \"{local}\" -o \"{remote}\""),
            Step::Append => return Attempt::Cannot("no command for APPE"),
            Step::Rename => format!("mv \"{remote}\" \"{renamed}\""),
            Step::MakeDirectory => format!("mkdir \"{directory}\""),
            Step::RemoveDirectory => format!("rmdir \"{directory}\""),
            Step::Remove => format!("rm \"{remote}\""),
        };
        let passive = self.mode == Mode::Passive;
        let (sync, mlsd) = (!self.pipelined, self.pipelined);
        let (host, port) = (self.host, scene.place.port);
        let script = format!(
            "set cmd:fail-exit yes\n\
             set net:max-retries 1\n\
             set net:timeout 10\n\
             set ftp:rest-stor yes\n\
             set ftp:passive-mode {passive}\n\
             set ftp:sync-mode {sync}\n\
             set ftp:use-mlsd {mlsd}\n\
             open -u {USER},{PASSWORD} -p {port} {host}\n\
             {line}\n"
        );
        let mut command = process::command(&self.program, &scene.home);
        command.arg("--norc");
        Attempt::Run(command, script)
    }
}
