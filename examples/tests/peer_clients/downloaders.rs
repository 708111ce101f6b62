//! wget and aria2: clients that only ever fetch.

use std::path::PathBuf;

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

const READS_ONLY: Attempt = Attempt::Cannot("it only reads");

pub(crate) struct Wget {
    pub(crate) program: PathBuf,
    pub(crate) mode: Mode,
}

impl Client for Wget {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let mut command = process::command(&self.program, &scene.home);
        command.args(["-nv", "--tries=1", "--timeout=10"]);
        command.args(["--ftp-user", USER, "--ftp-password", PASSWORD]);
        command.args(match self.mode {
            Mode::Passive => &[][..],
            Mode::Active => &["--no-passive-ftp"],
        });
        match step {
            Step::List => command.args(["-O", "-", &scene.place.url("")]),
            Step::Download => command.arg(scene.place.url(&scene.remote)),
            Step::ResumeDownload => command.args(["-c", &scene.place.url(&scene.remote)]),
            _ => return READS_ONLY,
        };
        Attempt::Run(command, String::new())
    }
}

pub(crate) struct Aria2 {
    pub(crate) program: PathBuf,
}

impl Client for Aria2 {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        match step {
            Step::Download => {}
            Step::ResumeDownload => return Attempt::Cannot("it resumes at multiples of 1 MiB"),
            _ => return READS_ONLY,
        }
        let mut command = process::command(&self.program, &scene.home);
        command.args(["--no-conf", "--quiet", "--max-tries=1", "--timeout=10"]);
        command.args(["--ftp-user", USER, "--ftp-passwd", PASSWORD]);
        command.args(["-o", &scene.remote, &scene.place.url(&scene.remote)]);
        Attempt::Run(command, String::new())
    }
}
