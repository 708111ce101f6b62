//! The server's side of the application: a map of files that answers the session's questions.

use std::collections::BTreeMap;

use ftp_proto::listing::{Entry, EntryKind};
use ftp_proto::server::{Answer, Ask, Grant, Job, Rights, StoreMode};
use ftp_proto::session::{ChannelId, FailureKind};
use ftp_proto::{PathName, VirtualPath};

/// What a transfer of the server reads from or writes to.
pub(crate) enum Opened {
    Source(Vec<u8>),
    Sink {
        path: VirtualPath,
        keep: Vec<u8>,
        received: Vec<u8>,
    },
}

#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) files: BTreeMap<VirtualPath, Vec<u8>>,
    pub(crate) opened: BTreeMap<ChannelId, Opened>,
    mounted: bool,
}

pub(crate) fn at(name: &str) -> VirtualPath {
    VirtualPath::from(&PathName::new(name).unwrap())
}

impl Shelf {
    pub(crate) fn answer(&mut self, ask: Ask) -> Answer {
        assert!(
            self.mounted || matches!(ask, Ask::Login { .. }),
            "{ask:?} without a login"
        );
        match ask {
            Ask::Login { password, .. } if password.expose().as_bytes() == b"right" => {
                self.mounted = true;
                Answer::LoggedIn(Grant::new(Rights::READ_WRITE, VirtualPath::root()))
            }
            Ask::Login { .. } => Answer::Denied,
            Ask::Inspect(path) => match self.files.get(&path) {
                Some(file) => Answer::Entry(entry(&path, file)),
                None => Answer::Failed(FailureKind::NotFound),
            },
            Ask::Entries { .. } => Answer::Entries(
                self.files
                    .iter()
                    .map(|(path, file)| entry(path, file))
                    .collect(),
            ),
            Ask::RemoveFile(path) => match self.files.remove(&path) {
                Some(_) => Answer::Done,
                None => Answer::Failed(FailureKind::NotFound),
            },
            Ask::Rename { from, to } => match self.files.remove(&from) {
                Some(file) => {
                    self.files.insert(to, file);
                    Answer::Done
                }
                None => Answer::Failed(FailureKind::NotFound),
            },
            Ask::Open { channel, job } => self.open(channel, job),
            Ask::Commit { channel, bytes } => match self.opened.remove(&channel) {
                Some(Opened::Sink {
                    path,
                    mut keep,
                    received,
                }) => {
                    assert_eq!(bytes, received.len() as u64, "a commit counts what arrived");
                    keep.extend(received);
                    self.files.insert(path, keep);
                    Answer::Done
                }
                _ => panic!("nothing to commit"),
            },
            _ => Answer::Done,
        }
    }

    fn open(&mut self, channel: ChannelId, job: Job) -> Answer {
        let mut taken = None;
        let mut size = None;
        let opened = match job {
            Job::Retrieve { path, offset } => {
                let Some(file) = self.files.get(&path) else {
                    return Answer::Failed(FailureKind::NotFound);
                };
                let Some(rest) = file.get(offset as usize..) else {
                    return Answer::Failed(FailureKind::BadOffset);
                };
                size = Some(rest.len() as u64);
                Opened::Source(rest.to_vec())
            }
            Job::Store { path, mode, .. } => {
                let there = self.files.get(&path);
                let keep = match mode {
                    StoreMode::Append => there.cloned().unwrap_or_default(),
                    StoreMode::Resume(offset) => {
                        match there.and_then(|file| file.get(..offset as usize)) {
                            Some(kept) => kept.to_vec(),
                            None => return Answer::Failed(FailureKind::BadOffset),
                        }
                    }
                    _ => Vec::new(),
                };
                if mode == StoreMode::Unique {
                    taken = Some(path.clone());
                }
                Opened::Sink {
                    path,
                    keep,
                    received: Vec::new(),
                }
            }
            _ => Opened::Source(
                self.files
                    .keys()
                    .flat_map(|path| [path.as_bytes(), b"\r\n"].concat())
                    .collect(),
            ),
        };
        assert!(
            self.opened.is_empty(),
            "a second transfer was opened before the first was closed"
        );
        self.opened.insert(channel, opened);
        Answer::Opened { size, name: taken }
    }

    pub(crate) fn unmount(&mut self) {
        self.mounted = false;
    }
}

fn entry(path: &VirtualPath, file: &[u8]) -> Entry {
    let name = PathName::new(path.file_name().unwrap_or(b"/")).unwrap();
    let mut entry = Entry::new(name, EntryKind::File);
    entry.size = Some(file.len() as u64);
    entry
}
