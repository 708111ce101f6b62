//! A server's address and root directory, whoever serves it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The name of the one account that every server of these tests knows.
pub(crate) const USER: &str = "test";
/// The password of that account.
pub(crate) const PASSWORD: &str = "secret";

/// Where a test's server listens and where its files lie.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) port: u16,
    pub(crate) root: PathBuf,
}

impl Place {
    /// The URL of a path below the root, without the account.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("ftp://127.0.0.1:{}/{}", self.port, percent_encoded(path))
    }

    /// The URL of a path below the root, with the account in it.
    pub(crate) fn url_with_account(&self, path: &str) -> String {
        let (port, path) = (self.port, percent_encoded(path));
        format!("ftp://{USER}:{PASSWORD}@127.0.0.1:{port}/{path}")
    }

    /// Removes everything below the root.
    pub(crate) fn clear(&self) {
        for entry in fs::read_dir(&self.root)
            .expect("the root can be read")
            .map_while(Result::ok)
        {
            let path = entry.path();
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let remove = if is_directory {
                fs::remove_dir_all
            } else {
                fs::remove_file
            };
            remove(&path).unwrap_or_else(|error| panic!("can't clear {path:?}: {error}"));
        }
    }
}

/// A new directory that every account of the machine may use, because some servers give up root.
pub(crate) fn open_directory() -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    open_to_all(directory.path());
    directory
}

/// Lets every account read and write a file or use a directory.
pub(crate) fn open_to_all(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o777)).expect("permissions can be set");
}

/// A path as URLs spell it.
pub(crate) fn percent_encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
