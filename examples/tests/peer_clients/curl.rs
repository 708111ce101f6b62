//! curl: resumes an upload with SIZE and APPE; renames and the like go as raw commands.

use std::path::PathBuf;

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::process;
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Curl {
    pub(crate) program: PathBuf,
    pub(crate) mode: Mode,
    /// EPSV and EPRT first, as it does by itself, or only PASV and PORT.
    pub(crate) extended: bool,
}

impl Client for Curl {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let mut command = process::command(&self.program, &scene.home);
        command.args(["-sS", "--fail", "--user", &format!("{USER}:{PASSWORD}")]);
        command.args(match self.mode {
            Mode::Passive => &[][..],
            Mode::Active => &["--ftp-port", "-"],
        });
        command.args(if self.extended {
            &[][..]
        } else {
            &["--disable-epsv", "--disable-eprt"]
        });

        let (remote, renamed, directory) = (&scene.remote, &scene.renamed, &scene.directory);
        let local = scene.local_text();
        let (url, root_url) = (scene.place.url(remote), scene.place.url(""));
        let raw = |lines: &[String]| {
            let quoted = lines
                .iter()
                .flat_map(|line| ["--quote".to_owned(), line.clone()]);
            quoted
                .chain(["--list-only".to_owned(), root_url.clone()])
                .collect::<Vec<_>>()
        };
        command.args(match step {
            Step::List => vec![root_url],
            Step::Download => texts(&["-o", local, &url]),
            Step::ResumeDownload => texts(&["-C", "-", "-o", local, &url]),
            Step::Upload => texts(&["-T", local, &url]),
            Step::ResumeUpload => texts(&["-C", "-", "-T", local, &url]),
            Step::Append => texts(&["--append", "-T", local, &url]),
            Step::Rename => raw(&[format!("RNFR {remote}"), format!("RNTO {renamed}")]),
            Step::MakeDirectory => raw(&[format!("MKD {directory}")]),
            Step::RemoveDirectory => raw(&[format!("RMD {directory}")]),
            Step::Remove => raw(&[format!("DELE {remote}")]),
        });
        Attempt::Run(command, String::new())
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}
