//! The operations that every client performs against every server, with what the disks on both
//! sides hold before and after each.
//!
//! A part that is resumed or appended to differs from the same bytes of the whole file. So the
//! result shows whether a client went on where the file ended or silently began again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::place::{self, Place};
use super::process::{self, Ran};

/// One thing that a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    List,
    Download,
    ResumeDownload,
    Upload,
    ResumeUpload,
    Append,
    Rename,
    MakeDirectory,
    RemoveDirectory,
    Remove,
}

impl Step {
    const fn opens_data_connection(self) -> bool {
        match self {
            Self::List | Self::Download | Self::ResumeDownload => true,
            Self::Upload | Self::ResumeUpload | Self::Append => true,
            Self::Rename | Self::MakeDirectory | Self::RemoveDirectory | Self::Remove => false,
        }
    }
}

/// How a client performs a step.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// By running a program with this standard input.
    Run(Command, String),
    /// Inside this process: what it listed, or why it failed.
    Did(Result<String, String>),
    /// Not at all, for this reason.
    Cannot(&'static str),
}

/// A client as the scenario sees it.
pub(crate) trait Client {
    /// How it performs a step in a scene.
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt;

    /// Whether the exit status tells success; line-driven clients end well whatever happened.
    fn status_tells(&self) -> bool {
        true
    }
}

/// The names and places of one step.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) place: &'a Place,
    /// Where the client may keep what it likes; its home and working directory.
    pub(crate) home: PathBuf,
    /// The local file, in `home`, under the same name as the remote one.
    pub(crate) local: PathBuf,
    /// The remote file's name, in the server's root.
    pub(crate) remote: String,
    /// What the remote file is renamed to.
    pub(crate) renamed: String,
    /// The directory that is made and removed.
    pub(crate) directory: String,
}

impl Scene<'_> {
    /// The local file as text, for command lines and scripts.
    pub(crate) fn local_text(&self) -> &str {
        self.local.to_str().expect("temporary paths are UTF-8")
    }

    /// How much of the file is here already, in bytes.
    pub(crate) fn local_size(&self) -> u64 {
        self.local
            .metadata()
            .expect("the local file is there")
            .len()
    }

    /// How much of the file is there already, in bytes.
    pub(crate) fn remote_size(&self) -> u64 {
        let path = self.place.root.join(&self.remote);
        path.metadata().expect("the remote file is there").len()
    }
}

/// Lets a client perform every step for every name, and compares the disks.
///
/// `label` says in a failure who talked to whom and how.
pub(crate) fn exercise(label: &str, client: &dyn Client, place: &Place) {
    for name in NAMES {
        for row in &ROWS {
            perform(label, client, place, name, row);
        }
    }
}

/// As [`exercise`], but only the steps that open a data connection, for one name.
pub(crate) fn exercise_data_connections(label: &str, client: &dyn Client, place: &Place) {
    for row in ROWS.iter().filter(|row| row.step.opens_data_connection()) {
        perform(label, client, place, NAMES[0], row);
    }
}

fn perform(label: &str, client: &dyn Client, place: &Place, name: &str, row: &Row) {
    let home = tempfile::tempdir().expect("a temporary directory can be made");
    let scene = scene(place, &home, name);
    row.before.prepare(&scene);
    let ran = match client.attempt(row.step, &scene) {
        Attempt::Cannot(_reason) => return,
        Attempt::Did(result) => result.map(|output| (true, output.clone(), output)),
        Attempt::Run(mut command, input) => {
            let Ran {
                status,
                output,
                errors,
            } = process::run(&mut command, &input);
            let told = format!("{command:?}\n{input}--- {status}\n{output}\n{errors}");
            Ok((status.success() || !client.status_tells(), output, told))
        }
    };
    let what = format!("{label}: {:?} of {name:?}", row.step);
    let (succeeded, output, told) = ran.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(succeeded, "{what} failed:\n{told}");
    assert_eq!(State::found(&scene), row.after, "{what} left this:\n{told}");
    if row.step == Step::List {
        let shown = output.contains(name) || output.contains(&place::percent_encoded(name));
        assert!(shown, "{what} doesn't show the name:\n{told}");
    }
}

fn scene<'a>(place: &'a Place, home: &TempDir, name: &str) -> Scene<'a> {
    Scene {
        place,
        home: home.path().to_owned(),
        local: home.path().join(name),
        remote: name.to_owned(),
        renamed: format!("new {name}"),
        directory: format!("{name} d"),
    }
}

const NAMES: [&str; 3] = [
    "plain.bin",
    "two words.bin",
    "na\u{ef}ve \u{65e5}\u{672c}.bin",
];

#[derive(Debug)]
struct Row {
    step: Step,
    before: State,
    after: State,
}

/// What the disks hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    remote: Holds,
    local: Holds,
    renamed: Holds,
    directory: bool,
}

/// What one file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// The file isn't there.
    Nothing,
    /// The whole file.
    Whole,
    /// As much as the head of the whole, with other bytes.
    OtherHead,
    /// The tail of the whole.
    Tail,
    /// The other head, continued with the whole file's tail.
    Continued,
    /// Anything else; never expected.
    Unknown { size: usize },
}

const CLEAN: State = State {
    remote: Holds::Nothing,
    local: Holds::Nothing,
    renamed: Holds::Nothing,
    directory: false,
};

const STORED: State = State {
    remote: Holds::Whole,
    ..CLEAN
};

const ROWS: [Row; 10] = {
    use Holds::{Continued, Nothing, OtherHead, Tail, Whole};
    [
        Row {
            step: Step::List,
            before: STORED,
            after: STORED,
        },
        Row {
            step: Step::Download,
            before: STORED,
            after: State {
                local: Whole,
                ..STORED
            },
        },
        Row {
            step: Step::ResumeDownload,
            before: State {
                local: OtherHead,
                ..STORED
            },
            after: State {
                local: Continued,
                ..STORED
            },
        },
        Row {
            step: Step::Upload,
            before: State {
                local: Whole,
                ..CLEAN
            },
            after: State {
                local: Whole,
                ..STORED
            },
        },
        Row {
            step: Step::ResumeUpload,
            before: State {
                local: Whole,
                remote: OtherHead,
                ..CLEAN
            },
            after: State {
                local: Whole,
                remote: Continued,
                ..CLEAN
            },
        },
        Row {
            step: Step::Append,
            before: State {
                local: Tail,
                remote: OtherHead,
                ..CLEAN
            },
            after: State {
                local: Tail,
                remote: Continued,
                ..CLEAN
            },
        },
        Row {
            step: Step::Rename,
            before: STORED,
            after: State {
                remote: Nothing,
                renamed: Whole,
                ..CLEAN
            },
        },
        Row {
            step: Step::MakeDirectory,
            before: CLEAN,
            after: State {
                directory: true,
                ..CLEAN
            },
        },
        Row {
            step: Step::RemoveDirectory,
            before: State {
                directory: true,
                ..CLEAN
            },
            after: CLEAN,
        },
        Row {
            step: Step::Remove,
            before: STORED,
            after: CLEAN,
        },
    ]
};

impl State {
    fn prepare(self, scene: &Scene<'_>) {
        let root = &scene.place.root;
        scene.place.clear();
        self.remote.write(&root.join(&scene.remote));
        self.renamed.write(&root.join(&scene.renamed));
        self.local.write(&scene.local);
        if self.directory {
            let directory = root.join(&scene.directory);
            fs::create_dir(&directory).expect("a directory can be made");
            place::open_to_all(&directory);
        }
    }

    fn found(scene: &Scene<'_>) -> Self {
        let root = &scene.place.root;
        Self {
            remote: Holds::found(&root.join(&scene.remote)),
            local: Holds::found(&scene.local),
            renamed: Holds::found(&root.join(&scene.renamed)),
            directory: root.join(&scene.directory).is_dir(),
        }
    }
}

impl Holds {
    fn write(self, path: &Path) {
        if let Some(content) = self.content() {
            fs::write(path, content).expect("a file can be written");
            place::open_to_all(path);
        }
    }

    fn found(path: &Path) -> Self {
        let Ok(found) = fs::read(path) else {
            return Self::Nothing;
        };
        [Self::Whole, Self::OtherHead, Self::Tail, Self::Continued]
            .into_iter()
            .find(|holds| holds.content().as_ref() == Some(&found))
            .unwrap_or(Self::Unknown { size: found.len() })
    }

    fn content(self) -> Option<Vec<u8>> {
        match self {
            Self::Nothing | Self::Unknown { .. } => None,
            Self::Whole => Some([head(0), tail()].concat()),
            Self::OtherHead => Some(head(7)),
            Self::Tail => Some(tail()),
            Self::Continued => Some([head(7), tail()].concat()),
        }
    }
}

/// Sizes that no buffer divides.
const HEAD_BYTES: u32 = 100_003;
const TAIL_BYTES: u32 = 200_017;

fn head(seed: u32) -> Vec<u8> {
    bytes(seed, HEAD_BYTES)
}

fn tail() -> Vec<u8> {
    bytes(1_000, TAIL_BYTES)
}

/// Every byte value and every pair of them sooner or later, so that a conversion of line ends or
/// a Telnet escape can't go unnoticed.
fn bytes(seed: u32, count: u32) -> Vec<u8> {
    (0..count)
        .map(|i| {
            (i ^ (i >> 8).wrapping_mul(31))
                .wrapping_add(seed)
                .to_le_bytes()[0]
        })
        .collect()
}
