//! The `ftp` program of this repository: its command lines for the scenario, and checks of what
//! the scenario has no step for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::servers::Limit;
use crate::support::place::{self, Place};
use crate::support::process::{self, Ran};
use crate::support::scenario::{Attempt, Client, Scene, Step};

/// The program with one way of opening data connections.
pub(crate) struct Program {
    pub(crate) data: &'static str,
    pub(crate) limits: &'static [Limit],
}

impl Client for Program {
    fn attempt(&self, step: Step, scene: &Scene<'_>) -> Attempt {
        let name = format!("{step:?}");
        let limit = self
            .limits
            .iter()
            .find(|it| it.is_about(self.data) || it.is_about(&name));
        if let Some(limit) = limit {
            return Attempt::Cannot(limit.reason);
        }
        let local = scene.local_text();
        let url = scene.place.url_with_account(&scene.remote);
        let directory = scene.place.url_with_account(&scene.directory);
        let mut command = process::command(env!("CARGO_BIN_EXE_ftp").as_ref(), &scene.home);
        match step {
            Step::List => command.args(["ls", &scene.place.url_with_account("")]),
            Step::Download => command.args(["get", &url, local]),
            Step::ResumeDownload => command.args(["get", &url, local, "--resume"]),
            Step::Upload => command.args(["put", local, &url]),
            Step::ResumeUpload => command.args(["put", local, &url, "--resume"]),
            Step::Append => command.args(["put", local, &url, "--append"]),
            Step::Rename => command.args(["mv", &url, &scene.renamed]),
            Step::MakeDirectory => command.args(["mkdir", &directory]),
            Step::RemoveDirectory => command.args(["rm", &directory, "-r"]),
            Step::Remove => command.args(["rm", &url]),
        };
        command.args(["--data", self.data, "--timeout", "10"]);
        Attempt::Run(command, String::new())
    }
}

/// A fact about the program and a server that holds some files.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Place),
}

pub(crate) const CHECKS: &[Check] = &[
    Check {
        name: "ls --json tells name, kind and size of every entry",
        run: lists_json,
    },
    Check {
        name: "stat --json tells name, kind and size of a file",
        run: stats_json,
    },
    Check {
        name: "stat shows the size of a file",
        run: stats,
    },
    Check {
        name: "get to - writes the file to standard output",
        run: gets_to_output,
    },
    Check {
        name: "get makes a file of the same name",
        run: gets_by_name,
    },
    Check {
        name: "get of an empty file makes an empty file",
        run: gets_empty,
    },
    Check {
        name: "get of a missing file is one error line and no file",
        run: gets_missing,
    },
    Check {
        name: "put of an empty file makes an empty file",
        run: puts_empty,
    },
    Check {
        name: "put --unique keeps the file that is there",
        run: puts_unique,
    },
    Check {
        name: "ascii text comes and goes with local line ends",
        run: converts_text,
    },
    Check {
        name: "mkdir -p makes a path of directories, twice",
        run: makes_paths,
    },
    Check {
        name: "rm -r removes a tree",
        run: removes_trees,
    },
    Check {
        name: "raw shows the reply",
        run: sends_raw,
    },
    Check {
        name: "doctor finds a way that works",
        run: diagnoses,
    },
];

const TEXT: &str = "one\ntwo\n\nfour\n";

fn lists_json(place: &Place) {
    let root = Root::new(place);
    root.file("a.txt", TEXT);
    root.file("two words.txt", "");
    root.file("na\u{ef}ve \u{65e5}\u{672c}.txt", "x");
    root.directory("sub dir");
    let ran = root.succeeds(&["ls", &root.url(""), "--json"]);
    let found: BTreeMap<_, _> = json_lines(&ran.output)
        .map(|entry| {
            let is_file = entry["kind"] == "file";
            let size = if is_file {
                entry["size"].as_u64()
            } else {
                None
            };
            (text(&entry, "name"), (text(&entry, "kind"), size))
        })
        .filter(|(name, _)| name != "." && name != "..")
        .collect();
    let expected = [
        ("a.txt", ("file", Some(14))),
        ("two words.txt", ("file", Some(0))),
        ("na\u{ef}ve \u{65e5}\u{672c}.txt", ("file", Some(1))),
        ("sub dir", ("dir", None)),
    ];
    let expected = expected.map(|(name, (kind, size))| (name.to_owned(), (kind.to_owned(), size)));
    assert_eq!(found, expected.into(), "{ran:?}");
}

fn stats_json(place: &Place) {
    let root = Root::new(place);
    root.file("two words.txt", TEXT);
    let ran = root.succeeds(&["stat", &root.url("two words.txt"), "--json"]);
    let entry = json_lines(&ran.output).next().expect("one object");
    let told = (
        text(&entry, "name"),
        text(&entry, "kind"),
        entry["size"].as_u64(),
    );
    assert_eq!(
        told,
        ("two words.txt".into(), "file".into(), Some(14)),
        "{ran:?}"
    );
}

fn stats(place: &Place) {
    let root = Root::new(place);
    root.file("two words.txt", TEXT);
    let ran = root.succeeds(&["stat", &root.url("two words.txt")]);
    assert!(ran.output.contains("14"), "{ran:?}");
}

fn gets_to_output(place: &Place) {
    let root = Root::new(place);
    root.file("two words.txt", TEXT);
    let ran = root.succeeds(&["get", &root.url("two words.txt"), "-"]);
    assert_eq!(ran.output, TEXT, "{ran:?}");
}

fn gets_by_name(place: &Place) {
    let root = Root::new(place);
    root.file("two words.txt", TEXT);
    let ran = root.succeeds(&["get", &root.url("two words.txt")]);
    assert_eq!(
        read(&root.home("two words.txt")).as_deref(),
        Some(TEXT),
        "{ran:?}"
    );
}

fn gets_empty(place: &Place) {
    let root = Root::new(place);
    root.file("empty", "");
    let ran = root.succeeds(&["get", &root.url("empty")]);
    assert_eq!(read(&root.home("empty")).as_deref(), Some(""), "{ran:?}");
}

fn gets_missing(place: &Place) {
    let root = Root::new(place);
    let ran = root.run(&["get", &root.url("missing")]);
    let errors: Vec<_> = ran.errors.lines().collect();
    assert!(!ran.status.success(), "{ran:?}");
    assert!(
        matches!(&errors[..], [line] if line.starts_with("error: ")),
        "{ran:?}"
    );
    assert_eq!(read(&root.home("missing")), None, "{ran:?}");
}

fn puts_empty(place: &Place) {
    let root = Root::new(place);
    fs::write(root.home("empty"), "").expect("a file can be written");
    let ran = root.succeeds(&["put", "empty", &root.url("empty")]);
    assert_eq!(
        read(&place.root.join("empty")).as_deref(),
        Some(""),
        "{ran:?}"
    );
}

fn puts_unique(place: &Place) {
    let root = Root::new(place);
    root.file("same", "old");
    fs::write(root.home("same"), TEXT).expect("a file can be written");
    let ran = root.succeeds(&["put", "same", &root.url("same"), "--unique"]);
    let mut found: Vec<_> = fs::read_dir(&place.root)
        .expect("the root can be read")
        .map_while(Result::ok)
        .filter_map(|entry| read(&entry.path()))
        .collect();
    found.sort();
    assert_eq!(found, ["old", TEXT], "{ran:?}");
}

fn converts_text(place: &Place) {
    let root = Root::new(place);
    fs::write(root.home("text"), TEXT).expect("a file can be written");
    root.succeeds(&["put", "text", &root.url("text"), "--ascii"]);
    let ran = root.succeeds(&["get", &root.url("text"), "back", "--ascii"]);
    assert_eq!(read(&root.home("back")).as_deref(), Some(TEXT), "{ran:?}");
}

fn makes_paths(place: &Place) {
    let root = Root::new(place);
    for attempt in ["first", "second"] {
        let ran = root.succeeds(&["mkdir", "-p", &root.url("a b/\u{e9}/c")]);
        assert!(
            place.root.join("a b/\u{e9}/c").is_dir(),
            "{attempt}: {ran:?}"
        );
    }
}

fn removes_trees(place: &Place) {
    let root = Root::new(place);
    root.directory("tree");
    root.directory("tree/sub dir");
    root.directory("tree/sub dir/empty");
    root.file("tree/a", "a");
    root.file("tree/sub dir/\u{e9} b", "b");
    root.file("beside", "kept");
    let ran = root.succeeds(&["rm", "-r", &root.url("tree")]);
    assert!(!place.root.join("tree").exists(), "{ran:?}");
    assert_eq!(
        read(&place.root.join("beside")).as_deref(),
        Some("kept"),
        "{ran:?}"
    );
}

fn sends_raw(place: &Place) {
    let root = Root::new(place);
    let ran = root.succeeds(&["raw", &root.url(""), "NOOP"]);
    assert!(ran.output.contains('2'), "{ran:?}");
    let ran = root.succeeds(&["raw", &root.url(""), "PWD"]);
    assert!(
        ran.output.contains("257") && ran.output.contains("\"/\""),
        "{ran:?}"
    );
}

fn diagnoses(place: &Place) {
    let root = Root::new(place);
    let ran = root.succeeds(&["doctor", &root.url("")]);
    assert!(ran.output.to_lowercase().contains("epsv"), "{ran:?}");
    let ran = root.succeeds(&["doctor", &root.url(""), "--json"]);
    assert!(json_lines(&ran.output).count() > 0, "{ran:?}");
}

/// A server's root directory, emptied, and a home for the program.
struct Root<'a> {
    place: &'a Place,
    home: TempDir,
}

impl<'a> Root<'a> {
    fn new(place: &'a Place) -> Self {
        place.clear();
        Self {
            place,
            home: tempfile::tempdir().expect("a temporary directory can be made"),
        }
    }

    fn url(&self, path: &str) -> String {
        self.place.url_with_account(path)
    }

    fn home(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    fn file(&self, path: &str, content: &str) {
        let path = self.place.root.join(path);
        fs::write(&path, content).expect("a file can be written");
        place::open_to_all(&path);
    }

    fn directory(&self, path: &str) {
        let path = self.place.root.join(path);
        fs::create_dir(&path).expect("a directory can be made");
        place::open_to_all(&path);
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let program = env!("CARGO_BIN_EXE_ftp").as_ref();
        let mut command = process::command(program, self.home.path());
        process::run(command.args(arguments).args(["--timeout", "10"]), "")
    }

    fn succeeds(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert!(ran.status.success(), "ftp {arguments:?}: {ran:?}");
        ran
    }
}

fn json_lines(output: &str) -> impl Iterator<Item = Value> {
    output.lines().map(|line| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON: {line:?}: {error}"))
    })
}

fn text(entry: &Value, field: &str) -> String {
    entry[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {entry}"))
        .to_owned()
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}
