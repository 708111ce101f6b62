//! busybox: `ftpget` and `ftpput`, the smallest client there is.

use std::path::PathBuf;

use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Busybox {
    pub(crate) program: PathBuf,
}

impl Client for Busybox {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let (applet, resume, files) = match step {
            Step::Download => ("ftpget", &[][..], [scene.local_text(), &scene.remote]),
            Step::ResumeDownload => ("ftpget", &["-c"][..], [scene.local_text(), &scene.remote]),
            Step::Upload => (
                "ftpput",
                &[][..],
                [scene.remote.as_str(), scene.local_text()],
            ),
            _ => return Attempt::Cannot("no applet does it"),
        };
        let mut command = process::command(&self.program, &scene.home);
        command.arg(applet).args(resume);
        command.args([
            "-u",
            USER,
            "-p",
            PASSWORD,
            "-P",
            &scene.place.port.to_string(),
        ]);
        command.arg("127.0.0.1").args(files);
        Attempt::Run(command, String::new())
    }
}
