//! Children that can neither hang a test nor outlive it.

use core::time::Duration;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

/// How long any child may take before it is killed and its test fails.
const LIMIT: Duration = Duration::from_secs(60);
/// How much of a server's log is shown when its test failed.
const LOG_LINES: usize = 30;

/// What a child did until it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// A command with an environment of its own: no proxies, no configuration from anyone's home.
pub(crate) fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "dumb")
        .current_dir(home);
    command
}

/// Runs a command to its end with this standard input; panics when it takes too long.
pub(crate) fn run(command: &mut Command, input: &str) -> Ran {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("can't start {shown}: {error}"));
    let output = collect(child.stdout.take().expect("standard output is piped"));
    let errors = collect(child.stderr.take().expect("standard error is piped"));
    // A child that doesn't read its input to the end is no failure: its result decides.
    let _ = child
        .stdin
        .take()
        .expect("standard input is piped")
        .write_all(input.as_bytes());

    let deadline = Instant::now() + LIMIT;
    let ended = receive(&output, deadline).zip(receive(&errors, deadline));
    if ended.is_none() {
        let _ = child.kill();
    }
    let status = child.wait().expect("a child can be waited for");
    let (output, errors) = ended.unwrap_or_else(|| {
        panic!("{shown} was killed after {LIMIT:?}, input:\n{input}");
    });
    Ran {
        status,
        output,
        errors,
    }
}

/// A server that is killed when it goes out of scope; its log is shown if its test failed.
#[derive(Debug)]
pub(crate) struct Background {
    child: Child,
    log: std::path::PathBuf,
}

impl Background {
    /// Starts a command whose output goes to a file of its own in `folder`.
    pub(crate) fn start(command: &mut Command, folder: &Path) -> Self {
        let log = folder.join("log");
        let file = File::create(&log).expect("a log can be created");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log can be shared"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("can't start {command:?}: {error}"));
        Self { child, log }
    }

    /// Whether the process still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it wrote so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            let last = lines.len().saturating_sub(LOG_LINES);
            eprintln!(
                "--- end of the server's log ---\n{}",
                lines[last..].join("\n")
            );
        }
    }
}

/// Tries again until a value comes; `None` when none came in time.
///
/// Foreign processes don't tell when they are ready, so this is the one place that polls.
pub(crate) fn poll<T>(limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = attempt() {
            return Some(value);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn collect(mut source: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = source.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

fn receive(receiver: &Receiver<String>, deadline: Instant) -> Option<String> {
    receiver
        .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        .ok()
}
