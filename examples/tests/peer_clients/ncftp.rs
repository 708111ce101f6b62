//! ncftp: `ncftpls`, `ncftpget` and `ncftpput`, with raw commands for what they lack.

use crate::Mode;
use crate::support::peers;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Ncftp {
    pub(crate) mode: Mode,
}

impl Client for Ncftp {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let (remote, renamed) = (&scene.remote, &scene.renamed);
        let (directory, local) = (&scene.directory, scene.local_text());
        let url = scene.place.url("");
        let raw = |lines: &[String]| {
            let sent = lines
                .iter()
                .flat_map(|line| ["-W".to_owned(), line.clone()]);
            (
                "ncftpls",
                sent.chain(["-1".to_owned(), url.clone()]).collect(),
            )
        };
        let host = "127.0.0.1";
        let (program, arguments): (_, Vec<String>) = match step {
            Step::List => ("ncftpls", texts(&["-1", &url])),
            Step::Download => ("ncftpget", texts(&["-Z", "-C", host, remote, local])),
            Step::ResumeDownload => ("ncftpget", texts(&["-z", "-C", host, remote, local])),
            Step::Upload => ("ncftpput", texts(&["-Z", "-C", host, local, remote])),
            Step::ResumeUpload => {
                return Attempt::Cannot("ncftp 3.2.6 sends the file from its start after REST");
            }
            Step::Append => ("ncftpput", texts(&["-A", "-C", host, local, remote])),
            Step::Rename => raw(&[format!("RNFR {remote}"), format!("RNTO {renamed}")]),
            Step::MakeDirectory => raw(&[format!("MKD {directory}")]),
            Step::RemoveDirectory => raw(&[format!("RMD {directory}")]),
            Step::Remove => raw(&[format!("DELE {remote}")]),
        };
        let Some(program) = peers::program(program) else {
            return Attempt::Cannot("a program of the package is missing");
        };
        let mut command = process::command(&program, &scene.home);
        command.args([
            "-u",
            USER,
            "-p",
            PASSWORD,
            "-P",
            &scene.place.port.to_string(),
        ]);
        command.arg(match self.mode {
            Mode::Passive => "-F",
            Mode::Active => "-E",
        });
        command.args(arguments);
        Attempt::Run(command, String::new())
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}
