//! suppaftp, the Rust client: in this process, with its blocking interface.

use core::error::Error;
use core::time::Duration;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::path::Path;

use suppaftp::types::FileType;
use suppaftp::{FtpError, FtpStream, Mode as DataMode};

use crate::Mode;
use crate::support::place::{PASSWORD, USER};
use crate::support::scenario::{Attempt, Client, Scene, Step};

pub(crate) struct Suppaftp {
    pub(crate) mode: Mode,
}

impl Client for Suppaftp {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        Attempt::Did(
            self.perform(step, scene)
                .map_err(|error| format!("{error:?}")),
        )
    }
}

impl Suppaftp {
    fn perform(&self, step: Step, scene: &Scene<'_>) -> Result<String, Box<dyn Error>> {
        let mut ftp = self.connect(scene.place.port)?;
        let (local, remote) = (&scene.local, scene.remote.as_str());
        let mut shown = Vec::new();
        match step {
            Step::List => {
                shown.extend(ftp.list(None)?);
                shown.extend(ftp.nlst(None)?);
            }
            Step::Download => fs::write(local, ftp.retr_as_buffer(remote)?.into_inner())?,
            Step::ResumeDownload => {
                ftp.resume_transfer(usize::try_from(scene.local_size())?)?;
                let mut file = OpenOptions::new().append(true).open(local)?;
                ftp.retr(remote, |source| {
                    io::copy(source, &mut file).map_err(FtpError::ConnectionError)
                })?;
            }
            Step::Upload => drop(ftp.put_file(remote, &mut File::open(local)?)?),
            Step::ResumeUpload => {
                let done = ftp.size(remote)?;
                ftp.resume_transfer(done)?;
                ftp.put_file(remote, &mut open_at(local, u64::try_from(done)?)?)?;
            }
            Step::Append => drop(ftp.append_file(remote, &mut File::open(local)?)?),
            Step::Rename => ftp.rename(remote, scene.renamed.as_str())?,
            Step::MakeDirectory => ftp.mkdir(&scene.directory)?,
            Step::RemoveDirectory => ftp.rmdir(&scene.directory)?,
            Step::Remove => ftp.rm(remote)?,
        }
        ftp.quit()?;
        Ok(shown.join("\n"))
    }

    fn connect(&self, port: u16) -> Result<FtpStream, Box<dyn Error>> {
        let limit = Duration::from_secs(10);
        let mut ftp = FtpStream::connect_timeout(([127, 0, 0, 1], port).into(), limit)?;
        ftp.get_ref().set_read_timeout(Some(limit))?;
        match self.mode {
            Mode::Passive => ftp.set_mode(DataMode::ExtendedPassive),
            Mode::Active => ftp = ftp.active_mode(limit),
        }
        ftp.login(USER, PASSWORD)?;
        ftp.transfer_type(FileType::Binary)?;
        Ok(ftp)
    }
}

fn open_at(path: &Path, offset: u64) -> io::Result<File> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(file)
}
