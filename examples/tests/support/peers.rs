//! Where foreign programs are found, and what it means when one isn't there.
//!
//! `.ci/peers` installs them below `$FTP_PEERS` (default `target/peers`) or through apt. Without
//! them a test says that it skipped and passes; with `FTP_PEERS_REQUIRED` set it fails.

use std::env;
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The program of this name, or `None` after saying that the test skips.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = directories()
        .map(|directory| directory.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        skip(&format!("{name} not installed"));
    }
    found
}

/// Whether this test may do what only root may; says that the test skips if not.
pub(crate) fn root(wanted_by: &str) -> bool {
    let is_root = Path::new("/proc/self")
        .metadata()
        .is_ok_and(|metadata| metadata.uid() == 0);
    if !is_root {
        skip(&format!("{wanted_by} starts as root only"));
    }
    is_root
}

/// Says that a test skipped, past the capture of the test harness.
pub(crate) fn skip(why: &str) {
    assert!(
        env::var_os("FTP_PEERS_REQUIRED").is_none(),
        "FTP_PEERS_REQUIRED is set, but {why}"
    );
    let _ = writeln!(io::stderr(), "skipped: {why}");
}

/// The installed peers first, then the system's own directories: a wrapper of the same name
/// in somebody's home wouldn't survive the empty environment that children get.
fn directories() -> impl Iterator<Item = PathBuf> {
    let installed = env::var_os("FTP_PEERS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers"),
        PathBuf::from,
    );
    let path = env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = env::split_paths(&path).collect();
    [installed.join("bin"), "/usr/bin".into(), "/usr/sbin".into()]
        .into_iter()
        .chain(path)
}
