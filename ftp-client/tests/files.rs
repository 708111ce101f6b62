//! Whole files: what happens to those that are there already.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ftp_client::{
    Client, DownloadFileOptions, Error, ErrorKind, FileReport, Progress, SizeCheck,
    UploadFileOptions, UploadMode,
};
use support::{Server, alone, both, pair, read_all};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

/// A local file with these bytes, in a directory of its own.
fn local(bytes: Option<&[u8]>) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("local");
    if let Some(bytes) = bytes {
        fs::write(&path, bytes).unwrap();
    }
    (dir, path)
}

/// The names in a directory.
fn names(dir: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

fn resume() -> DownloadFileOptions {
    DownloadFileOptions::new().with_resume(true)
}

impl Server {
    /// A download from an offset, of which `sent` is what comes.
    async fn resumed(&mut self, size: Option<usize>, offset: usize, sent: &[u8]) {
        self.answer("TYPE I", "200 ok").await;
        let size = size.map_or_else(|| "550 can't say".into(), |size| format!("213 {size}"));
        self.answer("SIZE a", &size).await;
        let listener = self.epsv().await;
        self.answer(&format!("REST {offset}"), "350 ok").await;
        self.answer("RETR a", "150 ok").await;
        let (mut data, _) = listener.accept().await.unwrap();
        // The client may have had enough.
        let _ = data.write_all(sent).await;
        drop(data);
        self.say("226 done").await;
        // The transfer may have been given up.
        while let Some(line) = self.line().await {
            match line.as_str() {
                "ABOR" => self.say("226 nothing to abort").await,
                line => {
                    assert_eq!(line, "NOOP");
                    self.say("200 ok").await;
                }
            }
        }
    }
}

async fn get(
    mut client: Client,
    path: &PathBuf,
    options: DownloadFileOptions,
) -> Result<FileReport, Error> {
    let result = client.download_file("a", path, options).await;
    // Whatever is left to say is said by the next call.
    if result.is_err() {
        let _ = client.noop().await;
    }
    result
}

#[tokio::test]
async fn a_new_file_is_written_and_watched() {
    let (mut client, mut server) = pair().await;
    let (_dir, path) = local(None);
    let bytes = pattern(700_001);
    let seen = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let watcher = Arc::clone(&seen);
    let options =
        DownloadFileOptions::new().on_progress(move |it| watcher.lock().unwrap().push(it));
    let script = server.send_file("a", &bytes);
    let (report, ()) = both(client.download_file("a", &path, options), script).await;
    assert_eq!(report.unwrap().bytes, 700_001);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|it| it.done));
    let last = seen.last().unwrap();
    assert_eq!((last.done, last.total), (700_001, Some(700_001)));
}

#[tokio::test]
async fn a_file_is_untouched_until_the_server_agrees() {
    let (mut client, mut server) = pair().await;
    let (dir, path) = local(Some(b"precious"));
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "550 no").await;
        let _listener = server.epsv().await;
        server.answer("RETR a", "550 no").await;
    };
    let options = DownloadFileOptions::new();
    let (result, ()) = both(client.download_file("a", &path, options), script).await;
    assert!(result.unwrap_err().is_not_found());
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(names(&dir), ["local"]);
    let (_dir, path) = local(None);
    let script = async {
        server.answer("SIZE a", "550 no").await;
        let _listener = server.epsv().await;
        server.answer("RETR a", "550 no").await;
    };
    let options = DownloadFileOptions::new();
    let (result, ()) = both(client.download_file("a", &path, options), script).await;
    assert!(result.is_err());
    assert!(!path.exists());
}

/// unftp 0.16 says 150 before it finds out that there is no such file.
#[tokio::test]
async fn a_new_file_stays_empty_only_if_the_remote_one_is() {
    for (reply, names_expected) in [("226 done", &["local"][..]), ("550 File not found", &[])] {
        let (mut client, mut server) = pair().await;
        let (dir, path) = local(None);
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer("SIZE a", "550 no").await;
            drop(server.begin_again("RETR a").await);
            server.say(reply).await;
        };
        let options = DownloadFileOptions::new();
        let (result, ()) = both(client.download_file("a", &path, options), script).await;
        assert_eq!(result.is_ok(), reply.starts_with('2'), "{reply}");
        assert_eq!(names(&dir), names_expected, "{reply}");
    }
}

#[tokio::test]
async fn a_file_is_replaced_only_by_a_complete_one() {
    for (told, sent, reply, expected) in [
        (3, &b"new"[..], "226 done", &b"new"[..]),
        (3, b"ne", "226 done", b"old file"),
        (3, b"ne", "426 broken", b"old file"),
        (3, b"newer", "226 done", b"old file"),
    ] {
        let (mut client, mut server) = pair().await;
        let (dir, path) = local(Some(b"old file"));
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer("SIZE a", &format!("213 {told}")).await;
            let mut data = server.begin_again("RETR a").await;
            let _ = data.write_all(sent).await;
            drop(data);
            server.say(reply).await;
        };
        let options = DownloadFileOptions::new();
        let (result, ()) = both(client.download_file("a", &path, options), script).await;
        assert_eq!(result.is_ok(), expected == b"new", "{sent:?} {reply}");
        assert_eq!(fs::read(&path).unwrap(), expected, "{sent:?} {reply}");
        assert_eq!(names(&dir), ["local"], "{sent:?} {reply}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_replaced_file_keeps_its_link_and_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let (mut client, mut server) = pair().await;
    let (dir, path) = local(Some(b"old"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let link = dir.path().join("link");
    std::os::unix::fs::symlink("local", &link).unwrap();
    let options = DownloadFileOptions::new();
    let script = server.send_file("a", b"new");
    let (result, ()) = both(client.download_file("a", &link, options), script).await;
    result.unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_new_file_that_is_cut_off_stays_to_be_resumed() {
    let bytes = pattern(300_000);
    let (dir, path) = local(None);
    let (client, mut server) = pair().await;
    let cut = 100_003;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 300000").await;
        let mut data = server.begin_again("RETR a").await;
        data.write_all(&bytes[..cut]).await.unwrap();
        drop(data);
        drop(server);
    };
    let options = DownloadFileOptions::new();
    let (result, ()) = both(get(client, &path, options), script).await;
    assert!(result.unwrap_err().is_closed());
    assert!(fs::read(&path).unwrap() == bytes[..cut]);

    let (client, mut server) = pair().await;
    let script = server.resumed(Some(300_000), cut, &bytes[cut..]);
    let (report, ()) = both(get(client, &path, resume()), script).await;
    let report = report.unwrap();
    assert_eq!((report.offset, report.bytes), (100_003, 199_997));
    assert!(fs::read(&path).unwrap() == bytes);
    assert_eq!(names(&dir), ["local"]);
}

#[tokio::test]
async fn a_restart_that_is_ignored_never_reaches_the_file() {
    let bytes = pattern(200_000);
    for (have, size) in [
        (10, Some(200_000)),
        (70_000, Some(200_000)),
        (199_000, Some(200_000)),
        (10, None),
        (70_000, None),
        (199_000, None),
    ] {
        let (dir, path) = local(Some(&bytes[..have]));
        let (client, mut server) = pair().await;
        let script = server.resumed(size, have, &bytes);
        let (result, ()) = both(get(client, &path, resume()), script).await;
        let error = result.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::RestartIgnored, "{have} {size:?}");
        assert!(fs::read(&path).unwrap() == bytes[..have], "{have} {size:?}");
        assert_eq!(names(&dir), ["local"], "{have} {size:?}");
    }
}

#[tokio::test]
async fn a_restart_that_is_ignored_and_cut_off_never_reaches_the_file() {
    let bytes = pattern(200_000);
    for cut in [5, 65_536, 100_000] {
        let (dir, path) = local(Some(&bytes[..70_000]));
        let (client, mut server) = pair().await;
        let script = server.resumed(Some(200_000), 70_000, &bytes[..cut]);
        let (result, ()) = both(get(client, &path, resume()), script).await;
        result.unwrap_err();
        assert!(fs::read(&path).unwrap() == bytes[..70_000], "{cut}");
        assert_eq!(names(&dir), ["local"], "{cut}");
    }
}

#[tokio::test]
async fn a_tail_that_looks_like_the_head_is_taken_if_its_size_is_right() {
    let (dir, path) = local(Some(&[0; 70_000]));
    let (client, mut server) = pair().await;
    let script = server.resumed(Some(200_000), 70_000, &[0; 130_000]);
    let (report, ()) = both(get(client, &path, resume()), script).await;
    assert_eq!(report.unwrap().bytes, 130_000);
    assert!(fs::read(&path).unwrap() == [0; 200_000]);
    assert_eq!(names(&dir), ["local"]);
}

#[tokio::test]
async fn too_many_bytes_after_a_restart_are_taken_back() {
    let (_dir, path) = local(Some(b"0123456789"));
    let (client, mut server) = pair().await;
    let bytes = pattern(399_991);
    let script = server.resumed(Some(400_000), 10, &bytes);
    let (result, ()) = both(get(client, &path, resume()), script).await;
    assert_eq!(*result.unwrap_err().kind(), ErrorKind::RestartIgnored);
    assert_eq!(fs::read(&path).unwrap(), b"0123456789");
}

#[tokio::test]
async fn a_complete_file_is_left_alone_and_a_longer_one_refused() {
    let (_dir, path) = local(Some(b"0123456789"));
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 10").await;
        server.answer("SIZE a", "213 9").await;
    };
    let calls = async {
        let report = client.download_file("a", &path, resume()).await.unwrap();
        assert_eq!((report.bytes, report.reply), (0, None));
        client
            .download_file("a", &path, resume())
            .await
            .unwrap_err()
    };
    let (error, ()) = both(calls, script).await;
    let kind = ErrorKind::SizeMismatch {
        expected: 9,
        actual: 10,
    };
    assert_eq!(*error.kind(), kind);
    assert_eq!(fs::read(&path).unwrap(), b"0123456789");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_a_local_error() {
    let (mut client, mut server) = pair().await;
    let (dir, _) = local(None);
    let path = dir.path().join("no/such/directory");
    let script = async {
        let data = server.begin("I", "RETR a").await;
        server.answer("ABOR", "226 nothing to abort").await;
        server.say("426 aborted").await;
        server.answer("NOOP", "200 ok").await;
        drop(data);
    };
    let calls = async {
        let options = DownloadFileOptions::new().with_size(SizeCheck::Off);
        let error = client.download_file("a", &path, options).await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(calls, script).await;
    assert_eq!(*error.kind(), ErrorKind::LocalFile, "{error}");
    assert!(error.io_error().is_some());
}

/// Uploads ten bytes in some mode, while the server follows a script.
async fn put(
    mode: UploadMode,
    verify: bool,
    script: impl AsyncFnOnce(&mut Server),
) -> Result<FileReport, Error> {
    let (mut client, mut server) = pair().await;
    let (_dir, path) = local(Some(b"0123456789"));
    let options = UploadFileOptions::new().with_mode(mode).with_verify(verify);
    let (report, ()) = both(client.upload_file(&path, "a", options), script(&mut server)).await;
    report
}

/// An upload of which these bytes come.
async fn store(server: &mut Server, command: &str, expected: &[u8]) {
    let data = server.begin_again(command).await;
    let (bytes, end) = read_all(data).await;
    end.unwrap();
    assert_eq!(bytes, expected);
    server.say("226 stored").await;
}

#[tokio::test]
async fn an_upload_replaces_appends_or_gets_a_name() {
    let report = put(UploadMode::Replace, true, async |server| {
        server.answer("TYPE I", "200 ok").await;
        store(server, "STOR a", b"0123456789").await;
        server.answer("SIZE a", "213 10").await;
    });
    assert_eq!(report.await.unwrap().bytes, 10);

    let report = put(UploadMode::Append, true, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 7").await;
        store(server, "APPE a", b"0123456789").await;
        server.answer("SIZE a", "213 17").await;
    });
    assert_eq!(report.await.unwrap().bytes, 10);

    let report = put(UploadMode::Unique, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        let listener = server.epsv().await;
        server.answer("STOU", "150 FILE: a.1").await;
        let (data, _) = listener.accept().await.unwrap();
        read_all(data).await.1.unwrap();
        server.say("226 stored").await;
    });
    let name = report.await.unwrap().stored_as.unwrap();
    assert_eq!(name.as_bytes(), b"a.1");
}

#[tokio::test]
async fn an_upload_is_resumed_with_rest_or_else_appended() {
    let report = put(UploadMode::Resume, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 4").await;
        let listener = server.epsv().await;
        server.answer("REST 4", "350 ok").await;
        server.answer("STOR a", "150 ok").await;
        let (data, _) = listener.accept().await.unwrap();
        assert_eq!(read_all(data).await.0, b"456789");
        server.say("226 stored").await;
        server.answer("SIZE a", "213 10").await;
    });
    let report = report.await.unwrap();
    assert_eq!((report.offset, report.bytes), (4, 6));

    let report = put(UploadMode::Resume, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 4").await;
        let _listener = server.epsv().await;
        server.answer("REST 4", "502 can't").await;
        store(server, "APPE a", b"456789").await;
        server.answer("SIZE a", "213 10").await;
    });
    assert_eq!(report.await.unwrap().bytes, 6);

    let report = put(UploadMode::Resume, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "550 no such file").await;
        store(server, "STOR a", b"0123456789").await;
    });
    assert_eq!(report.await.unwrap().bytes, 10);

    let report = put(UploadMode::Resume, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 10").await;
    });
    assert_eq!(report.await.unwrap().reply, None);
}

#[tokio::test]
async fn a_wrong_size_afterwards_is_an_error() {
    let report = put(UploadMode::Resume, false, async |server| {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 4").await;
        let listener = server.epsv().await;
        server.answer("REST 4", "350 ok").await;
        server.answer("STOR a", "150 ok").await;
        let (data, _) = listener.accept().await.unwrap();
        read_all(data).await.1.unwrap();
        server.say("226 stored").await;
        server.answer("SIZE a", "213 6").await;
    });
    let kind = ErrorKind::SizeMismatch {
        expected: 10,
        actual: 6,
    };
    assert_eq!(*report.await.unwrap_err().kind(), kind);
}

#[tokio::test]
async fn what_is_no_file_is_not_uploaded_and_nothing_is_sent() {
    let (mut client, mut server) = pair().await;
    let (dir, _) = local(None);
    for path in [dir.path().to_owned(), dir.path().join("missing")] {
        let options = UploadFileOptions::new();
        let error = alone(client.upload_file(&path, "a", options))
            .await
            .unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::LocalFile, "{error}");
    }
    let (result, ()) = both(client.noop(), server.answer("NOOP", "200 ok")).await;
    result.unwrap();
}

#[tokio::test]
async fn an_upload_that_is_dropped_breaks_the_data_connection() {
    let (mut client, mut server) = pair().await;
    let (_dir, path) = local(Some(&pattern(8 << 20)));
    let script = async {
        let data = server.begin("I", "STOR a").await;
        server.expect("ABOR").await;
        let (_, end) = read_all(data).await;
        end.unwrap_err();
        server.say("426 aborted").await;
        server.say("226 abort done").await;
        server.answer("NOOP", "200 ok").await;
    };
    let calls = async {
        let (told, mut hear) = tokio::sync::mpsc::unbounded_channel();
        let options = UploadFileOptions::new().on_progress(move |_| {
            let _ = told.send(());
        });
        tokio::select! {
            _ = client.upload_file(&path, "a", options) => panic!("nobody reads it"),
            _ = hear.recv() => {}
        }
        client.noop().await.unwrap();
    };
    both(calls, script).await;
}
