//! The descendants of the BSD `ftp`: a script of lines on standard input, an exit status that
//! tells nothing. Resuming an upload is `restart` before `put`.

use std::path::PathBuf;

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct LineDriven {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// Why it can't resume an upload, if so.
    no_restart: Option<&'static str>,
}

pub(crate) fn tnftp(program: PathBuf, mode: Mode) -> LineDriven {
    let arguments: &[_] = match mode {
        Mode::Passive => &["-n", "-i", "-v", "-p"],
        Mode::Active => &["-n", "-i", "-v", "-A"],
    };
    LineDriven {
        program,
        arguments,
        no_restart: None,
    }
}

pub(crate) fn inetutils(program: PathBuf, mode: Mode) -> LineDriven {
    let arguments: &[_] = match mode {
        Mode::Passive => &["-n", "-i", "-v", "-p"],
        Mode::Active => &["-n", "-i", "-v", "-A"],
    };
    LineDriven {
        program,
        arguments,
        no_restart: None,
    }
}

impl Client for LineDriven {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let (remote, renamed) = (&scene.remote, &scene.renamed);
        let (directory, local) = (&scene.directory, scene.local_text());
        let line = match (step, self.no_restart) {
            (Step::ResumeUpload, Some(reason)) => return Attempt::Cannot(reason),
            (Step::List, _) => "ls".to_owned(),
            (Step::Download, _) => format!("get \"{remote}\" \"{local}\""),
            (Step::ResumeDownload, _) => format!("reget \"{remote}\" \"{local}\""),
            (Step::Upload, _) => format!("put \"{local}\" \"{remote}\""),
            (Step::ResumeUpload, None) => {
                let offset = scene.remote_size();
                format!("restart {offset}\nput \"{local}\" \"{remote}\"")
            }
            (Step::Append, _) => format!("append \"{local}\" \"{remote}\""),
            (Step::Rename, _) => format!("rename \"{remote}\" \"{renamed}\""),
            (Step::MakeDirectory, _) => format!("mkdir \"{directory}\""),
            (Step::RemoveDirectory, _) => format!("rmdir \"{directory}\""),
            (Step::Remove, _) => format!("delete \"{remote}\""),
        };
        let mut command = process::command(&self.program, &scene.home);
        command
            .args(self.arguments)
            .arg("127.0.0.1")
            .arg(scene.place.port.to_string());
        Attempt::Run(
            command,
            format!("user {USER} {PASSWORD}\nbinary\n{line}\nbye\n"),
        )
    }

    fn status_tells(&self) -> bool {
        false
    }
}
