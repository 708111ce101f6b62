//! rclone (on the Go client of jlaffaye): whole files, and reads from an offset.

use std::path::PathBuf;

use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Rclone {
    program: PathBuf,
    /// The password as rclone's configuration wants it.
    obscured: String,
}

impl Rclone {
    pub(crate) fn new(program: PathBuf) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory can be made");
        let mut command = process::command(&program, home.path());
        let obscured = process::run(command.args(["obscure", PASSWORD]), "").output;
        Self {
            program,
            obscured: obscured.trim().to_owned(),
        }
    }
}

impl Client for Rclone {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let mut command = process::command(&self.program, &scene.home);
        command
            .env("RCLONE_FTP_HOST", "127.0.0.1")
            .env("RCLONE_FTP_PORT", scene.place.port.to_string())
            .env("RCLONE_FTP_USER", USER)
            .env("RCLONE_FTP_PASS", &self.obscured)
            .args([
                "--config",
                "",
                "--retries",
                "1",
                "--timeout",
                "10s",
                "--contimeout",
                "10s",
            ]);
        let at = |path: &str| format!(":ftp:{path}");
        let (remote, local) = (at(&scene.remote), scene.local_text());
        match step {
            Step::List => command.args(["lsf", ":ftp:"]),
            Step::Download => command.args(["copyto", &remote, local]),
            Step::ResumeDownload => return self.read_on(command, scene),
            Step::Upload => command.args(["copyto", local, &remote]),
            Step::ResumeUpload | Step::Append => {
                return Attempt::Cannot("it always writes whole files");
            }
            Step::Rename => command.args(["moveto", &remote, &at(&scene.renamed)]),
            Step::MakeDirectory => command.args(["mkdir", &at(&scene.directory)]),
            Step::RemoveDirectory => command.args(["rmdir", &at(&scene.directory)]),
            Step::Remove => command.args(["deletefile", &remote]),
        };
        Attempt::Run(command, String::new())
    }
}

impl Rclone {
    /// Appends the rest of the remote file to the local one; the shell does what rclone doesn't.
    fn read_on(&self, rclone: std::process::Command, scene: &Scene<'_>) -> Attempt {
        let mut command = process::command("/bin/sh".as_ref(), &scene.home);
        command.envs(
            rclone
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command.args([
            "-c",
            "\"$0\" --config '' cat --offset \"$1\" \"$2\" >>\"$3\"",
        ]);
        command
            .arg(&self.program)
            .arg(scene.local_size().to_string());
        command
            .arg(format!(":ftp:{}", scene.remote))
            .arg(&scene.local);
        Attempt::Run(command, String::new())
    }
}
