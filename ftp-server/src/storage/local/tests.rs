use core::sync::atomic::{AtomicBool, Ordering};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;

use bytes::Bytes;
use ftp_proto::listing::{EntryKind, ListedTime};
use ftp_proto::server::{Discard, StoreMode};
use futures::FutureExt as _;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use crate::storage::conformance::{
    at, conformance, content, entries, names, open, put, refused, send, store,
};
use crate::storage::{ListOptions, ReadOptions, WriteOptions};

use super::*;

conformance!(Fixture::new().split());

/// A root beside something that nobody may reach.
struct Fixture {
    storage: LocalStorage,
    base: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let base = TempDir::new().unwrap();
        fs::create_dir_all(base.path().join("root")).unwrap();
        fs::create_dir_all(base.path().join("outside")).unwrap();
        fs::write(base.path().join("outside/secret"), "secret").unwrap();
        let storage = LocalStorage::new(base.path().join("root")).unwrap();
        Self { storage, base }
    }

    fn split(self) -> (LocalStorage, TempDir) {
        (self.storage, self.base)
    }

    fn native(&self, path: &str) -> PathBuf {
        self.base.path().join("root").join(path)
    }

    /// Everything in the root, hidden or not.
    fn on_disk(&self) -> Vec<String> {
        let found = fs::read_dir(self.native("")).unwrap();
        let mut names: Vec<_> = found
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn assert_outside_is_untouched(&self, why: &str) {
        let outside = self.base.path().join("outside");
        let names: Vec<_> = fs::read_dir(&outside)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["secret"], "{why}");
        assert_eq!(
            fs::read_to_string(outside.join("secret")).unwrap(),
            "secret",
            "{why}"
        );
    }
}

fn replace() -> WriteOptions {
    WriteOptions::new(StoreMode::Replace)
}

#[tokio::test]
async fn a_promised_upload_leaves_no_trace_on_the_disk() {
    let fixture = Fixture::new();
    fs::write(fixture.native("old"), "old").unwrap();
    for partial in [Partial::Keep, Partial::Discard, Partial::Hide] {
        let storage = fixture.storage.clone().with_partial(partial);
        for path in ["/new", "/old"] {
            let upload = open(&storage, path, StoreMode::Replace).await;
            assert_eq!(fixture.on_disk(), ["old"], "{partial:?} {path}");
            drop(upload);
        }
    }
}

#[tokio::test]
async fn a_staged_upload_is_hidden_and_out_of_reach() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    store(storage, "/a", "old").await;
    let mut upload = open(storage, "/a", StoreMode::Replace).await;
    send(&mut upload, "new").await;
    let staged = fixture
        .on_disk()
        .into_iter()
        .find(|name| name != "a")
        .unwrap();
    let path = at(&format!("/{staged}"));
    assert_eq!(names(storage, "/").await, ["a"]);
    assert_eq!(
        refused(storage.metadata(&path).await),
        Some(StorageErrorKind::NotFound)
    );
    assert_eq!(
        refused(storage.read(&path, &ReadOptions::default()).await),
        Some(StorageErrorKind::NotFound)
    );
    assert_eq!(
        refused(storage.remove_file(&path).await),
        Some(StorageErrorKind::NotFound)
    );
    assert_eq!(
        refused(storage.write(&path, &replace()).await),
        Some(StorageErrorKind::BadName)
    );
    assert_eq!(
        refused(storage.create_dir(&path).await),
        Some(StorageErrorKind::BadName)
    );
    assert_eq!(
        refused(storage.rename(&at("/a"), &path).await),
        Some(StorageErrorKind::BadName)
    );
    drop(upload);
    assert_eq!(fixture.on_disk(), ["a"]);
}

#[tokio::test]
async fn the_rule_for_partial_uploads_is_kept() {
    for (partial, while_running, after) in [
        (Partial::Keep, Some("half"), Some("half")),
        (Partial::Discard, Some("half"), None),
        (Partial::Hide, None, None),
    ] {
        let fixture = Fixture::new();
        let storage = fixture.storage.clone().with_partial(partial);
        let mut upload = open(&storage, "/a", StoreMode::Replace).await;
        send(&mut upload, "half").await;
        assert_eq!(
            content(&storage, "/a").await.as_deref(),
            while_running,
            "{partial:?}"
        );
        upload.discard(Discard::Broken).await.unwrap();
        assert_eq!(
            content(&storage, "/a").await.as_deref(),
            after,
            "{partial:?}"
        );
        assert_eq!(
            fixture.on_disk().len(),
            usize::from(after.is_some()),
            "{partial:?}"
        );

        store(&storage, "/b", "whole").await;
        assert_eq!(
            content(&storage, "/b").await.as_deref(),
            Some("whole"),
            "{partial:?}"
        );
    }
}

#[tokio::test]
async fn an_upload_whose_file_was_taken_away_is_no_success() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    let mut first = open(storage, "/a", StoreMode::Replace).await;
    send(&mut first, "first").await;
    let mut second = open(storage, "/a", StoreMode::Replace).await;
    send(&mut second, "second").await;
    second.commit().await.unwrap();
    assert_eq!(refused(first.commit().await), Some(StorageErrorKind::Busy));
    assert_eq!(content(storage, "/a").await.as_deref(), Some("second"));

    let mut upload = open(storage, "/b", StoreMode::Replace).await;
    send(&mut upload, "bytes").await;
    storage.remove_file(&at("/b")).await.unwrap();
    assert_eq!(refused(upload.commit().await), Some(StorageErrorKind::Busy));
    assert_eq!(fixture.on_disk(), ["a"]);
}

#[tokio::test]
async fn bytes_written_straight_to_the_file_are_the_upload() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    for (before, mode, after) in [
        (None, StoreMode::Replace, "new"),
        (Some("old"), StoreMode::Replace, "new"),
        (Some("old"), StoreMode::Append, "oldnew"),
        (Some("old"), StoreMode::Resume(1), "onew"),
        (None, StoreMode::Append, "new"),
    ] {
        if let Some(before) = before {
            store(storage, "/a", before).await;
        }
        let mut upload = open(storage, "/a", mode).await;
        let target = upload.file().await.unwrap().unwrap();
        target.file.write_all_at(b"new", target.at).unwrap();
        upload.commit().await.unwrap();
        assert_eq!(
            content(storage, "/a").await.as_deref(),
            Some(after),
            "{mode:?}"
        );
        storage.remove_file(&at("/a")).await.unwrap();
    }
}

#[tokio::test]
async fn a_replaced_file_passes_on_its_permissions_but_not_its_identity() {
    let fixture = Fixture::new();
    for (before, after) in [
        (0o600, 0o600),
        (0o666, 0o666),
        (0o751, 0o751),
        (0o4755, 0o755),
    ] {
        let path = fixture.native("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
        store(&fixture.storage, "/a", "new").await;
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, after, "{before:o}");
    }
}

#[tokio::test]
async fn what_may_not_be_written_is_refused_before_the_upload_starts() {
    let fixture = Fixture::new();
    for dir in ["closed", "open"] {
        fs::create_dir(fixture.native(dir)).unwrap();
        fs::write(fixture.native(dir).join("old"), "old").unwrap();
    }
    let permissions = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(fixture.native("open/old"), permissions(0o444)).unwrap();
    fs::set_permissions(fixture.native("closed"), permissions(0o555)).unwrap();
    if fs::write(fixture.native("closed/probe"), "").is_ok() {
        eprintln!("skipped: nothing is forbidden to this user");
        return;
    }
    for path in ["/closed/new", "/closed/old", "/open/old"] {
        let opened = fixture.storage.write(&at(path), &replace()).await;
        assert_eq!(
            refused(opened),
            Some(StorageErrorKind::PermissionDenied),
            "{path}"
        );
    }
    put(&fixture.storage, "/closed/old", StoreMode::Append, "er").await;
    assert_eq!(
        content(&fixture.storage, "/closed/old").await.as_deref(),
        Some("older")
    );
    fs::set_permissions(fixture.native("closed"), permissions(0o755)).unwrap();
}

#[tokio::test]
async fn an_upload_goes_on_when_its_directory_is_renamed() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    storage.create_dir(&at("/d")).await.unwrap();
    store(storage, "/d/a", "old").await;
    let mut upload = open(storage, "/d/a", StoreMode::Replace).await;
    send(&mut upload, "new").await;
    storage.rename(&at("/d"), &at("/e")).await.unwrap();
    upload.commit().await.unwrap();
    assert_eq!(content(storage, "/e/a").await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_cut_off_upload_does_not_remove_a_file_that_took_its_name() {
    let fixture = Fixture::new();
    let storage = fixture.storage.clone().with_partial(Partial::Discard);
    let mut upload = open(&storage, "/a", StoreMode::Replace).await;
    send(&mut upload, "half").await;
    storage.rename(&at("/a"), &at("/b")).await.unwrap();
    store(&storage, "/a", "another").await;
    drop(upload);
    assert_eq!(content(&storage, "/a").await.as_deref(), Some("another"));
}

#[test]
fn a_call_that_is_dropped_abandons_the_upload() {
    let fixture = Fixture::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        store(&fixture.storage, "/a", "old").await;
        let mut upload = open(&fixture.storage, "/a", StoreMode::Replace).await;
        let (release, held) = std::sync::mpsc::channel::<()>();
        let holder = tokio::task::spawn_blocking(move || held.recv());
        let written = upload.write(Bytes::from_static(b"new")).now_or_never();
        assert!(written.is_none(), "the only blocking thread is held");
        drop(release);
        holder.await.unwrap().unwrap_err();
        assert!(upload.commit().await.is_err());
        assert_eq!(
            content(&fixture.storage, "/a").await.as_deref(),
            Some("old")
        );
    });
    drop(runtime);
    assert_eq!(fixture.on_disk(), ["a"]);
}

#[tokio::test]
async fn nothing_outside_is_reached_through_links() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    for (target, link) in [
        ("/etc", "absolute"),
        ("..", "up"),
        ("../outside", "beside"),
        ("d/../../outside", "roundabout"),
        ("/proc/self/root", "magic"),
        ("/proc/self/cwd", "cwd"),
    ] {
        symlink(target, fixture.native(link)).unwrap();
    }
    symlink(fixture.base.path().join("outside"), fixture.native("full")).unwrap();
    symlink(fixture.native(""), fixture.native("self")).unwrap();
    fs::create_dir(fixture.native("d")).unwrap();
    fs::write(fixture.native("f"), "inside").unwrap();
    let time = Timestamp::UNIX_EPOCH;
    for link in [
        "absolute",
        "up",
        "beside",
        "roundabout",
        "magic",
        "cwd",
        "full",
        "self",
    ] {
        for below in [
            "",
            "/secret",
            "/passwd",
            "/outside/secret",
            "/etc/passwd",
            "/f",
        ] {
            let path = at(&format!("/{link}{below}"));
            let source = storage.read(&path, &ReadOptions::default()).await;
            assert!(source.is_err(), "read {path}");
            for mode in [StoreMode::Replace, StoreMode::Append, StoreMode::Resume(1)] {
                let upload = storage.write(&path, &WriteOptions::new(mode)).await;
                assert!(upload.is_err(), "{mode:?} {path}");
            }
            assert!(
                storage.list(&path, &ListOptions::NAMES).await.is_err(),
                "list {path}"
            );
            assert!(
                storage.set_modified(&path, time).await.is_err(),
                "times of {path}"
            );
            assert!(storage.create_dir(&path).await.is_err(), "make {path}");
            assert!(
                storage.remove_dir(&path).await.is_err(),
                "remove dir {path}"
            );
            if !below.is_empty() {
                assert!(storage.metadata(&path).await.is_err(), "metadata of {path}");
                assert!(storage.remove_file(&path).await.is_err(), "remove {path}");
                assert!(
                    storage.rename(&path, &at("/stolen")).await.is_err(),
                    "from {path}"
                );
                assert!(storage.rename(&at("/f"), &path).await.is_err(), "to {path}");
            }
        }
        let new = at(&format!("/{link}/new"));
        for mode in [StoreMode::Replace, StoreMode::Unique] {
            let upload = storage.write(&new, &WriteOptions::new(mode)).await;
            assert!(upload.is_err(), "{mode:?} {new}");
        }
    }
    fixture.assert_outside_is_untouched("after all of it");
    assert_eq!(content(storage, "/f").await.as_deref(), Some("inside"));
}

#[tokio::test]
async fn links_that_lead_nowhere_are_listed_removed_and_renamed() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    for (target, link) in [
        ("gone", "dangling"),
        ("loop", "loop"),
        ("../outside", "out"),
    ] {
        symlink(target, fixture.native(link)).unwrap();
    }
    symlink("/etc/passwd", fixture.native("zabsolute")).unwrap();
    let listed = entries(storage, "/", &ListOptions::default()).await;
    let shown: Vec<_> = listed
        .iter()
        .map(|entry| {
            let target = entry.target.as_ref().map(ToString::to_string);
            (entry.name.to_string(), entry.kind, target)
        })
        .collect();
    let link = |name: &str, target: Option<&str>| {
        (name.to_owned(), EntryKind::Link, target.map(str::to_owned))
    };
    assert_eq!(
        shown,
        [
            link("dangling", Some("gone")),
            link("loop", Some("loop")),
            link("out", Some("../outside")),
            link("zabsolute", None),
        ]
    );
    for name in ["/dangling", "/loop", "/out", "/zabsolute"] {
        let entry = storage.metadata(&at(name)).await.unwrap();
        assert_eq!(entry.kind, EntryKind::Link, "{name}");
        storage.rename(&at(name), &at("/renamed")).await.unwrap();
        storage.remove_file(&at("/renamed")).await.unwrap();
    }
    fixture.assert_outside_is_untouched("after removing links to it");
}

#[tokio::test]
async fn links_to_the_inside_are_followed() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    fs::create_dir(fixture.native("d")).unwrap();
    fs::write(fixture.native("d/f"), "old").unwrap();
    symlink("d", fixture.native("dir")).unwrap();
    symlink("d/f", fixture.native("file")).unwrap();
    symlink("../d/../file", fixture.native("d/chain")).unwrap();
    assert_eq!(content(storage, "/dir/f").await.as_deref(), Some("old"));
    assert_eq!(content(storage, "/dir/chain").await.as_deref(), Some("old"));
    assert_eq!(names(storage, "/dir").await, ["chain", "f"]);
    for (path, kind) in [("/dir", EntryKind::Directory), ("/file", EntryKind::File)] {
        assert_eq!(
            storage.metadata(&at(path)).await.unwrap().kind,
            kind,
            "{path}"
        );
    }
    store(storage, "/dir/chain", "new").await;
    put(storage, "/file", StoreMode::Append, "er").await;
    assert_eq!(fs::read_to_string(fixture.native("d/f")).unwrap(), "newer");
    let chain = fs::symlink_metadata(fixture.native("d/chain")).unwrap();
    assert!(chain.is_symlink(), "an upload goes through a link");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_turns_into_a_link_and_back_never_leads_out() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.native("real")).unwrap();
    fs::write(fixture.native("real/secret"), "inside").unwrap();
    symlink("../outside", fixture.native("trap")).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let (stop, root) = (Arc::clone(&stop), fixture.native(""));
        move || {
            while !stop.load(Ordering::Relaxed) {
                for name in ["real", "trap"] {
                    fs::rename(root.join(name), root.join("d")).unwrap();
                    fs::rename(root.join("d"), root.join(name)).unwrap();
                }
            }
        }
    });
    for round in 0..2000 {
        let path = at("/d/secret");
        if let Ok(Source::File { file, .. }) =
            fixture.storage.read(&path, &ReadOptions::default()).await
        {
            let mut read = [0; 6];
            file.read_exact_at(&mut read, 0).unwrap();
            assert_eq!(&read, b"inside", "round {round}");
        }
        if let Ok(upload) = fixture.storage.write(&at("/d/new"), &replace()).await {
            let _ = upload.commit().await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    swapper.join().unwrap();
    fixture.assert_outside_is_untouched("after the race");
}

#[tokio::test]
async fn what_is_no_file_stops_nobody() {
    let fixture = Fixture::new();
    let storage = &fixture.storage;
    let fifo = fixture.native("fifo");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _listening = std::os::unix::net::UnixListener::bind(fixture.native("socket")).unwrap();
    for path in ["/fifo", "/socket"] {
        let path = at(path);
        assert_eq!(
            storage.metadata(&path).await.unwrap().kind,
            EntryKind::Other,
            "{path}"
        );
        let read = storage.read(&path, &ReadOptions::default()).await;
        assert_eq!(
            refused(read),
            Some(StorageErrorKind::NotAFile),
            "read {path}"
        );
        for mode in [StoreMode::Replace, StoreMode::Append, StoreMode::Resume(0)] {
            let write = storage.write(&path, &WriteOptions::new(mode)).await;
            assert_eq!(
                refused(write),
                Some(StorageErrorKind::NotAFile),
                "{mode:?} {path}"
            );
        }
        let list = storage.list(&path, &ListOptions::NAMES).await;
        assert_eq!(
            refused(list),
            Some(StorageErrorKind::NotADirectory),
            "list {path}"
        );
        let set = storage.set_modified(&path, Timestamp::UNIX_EPOCH).await;
        assert_eq!(
            refused(set),
            Some(StorageErrorKind::NotAFile),
            "times of {path}"
        );
        storage.remove_file(&path).await.unwrap();
    }
}

/// Most file systems begin in 1901 and end in 2446, and cut off what lies beyond without a word.
#[tokio::test]
async fn a_time_is_kept_as_it_was_set_or_refused() {
    let fixture = Fixture::new();
    fs::write(fixture.native("file"), "").unwrap();
    let good = Timestamp::parse(b"20200102030405").unwrap();
    fixture
        .storage
        .set_modified(&at("/file"), good)
        .await
        .unwrap();
    for text in ["99991231235959", "00010101000000"] {
        let time = Timestamp::parse(text.as_bytes()).unwrap();
        let kept = match fixture.storage.set_modified(&at("/file"), time).await {
            Ok(()) => time,
            Err(error) => {
                assert_eq!(error.kind(), StorageErrorKind::BadTime, "{text}");
                good
            }
        };
        let metadata = fixture.storage.metadata(&at("/file")).await.unwrap();
        assert_eq!(metadata.modified, Some(ListedTime::Utc(kept)), "{text}");
    }
}

#[tokio::test]
async fn names_with_line_ends_are_not_listed() {
    let fixture = Fixture::new();
    for name in [&b"a\r\n230 hacked"[..], b"a\nb", b"a\rb", b"fine"] {
        fs::write(fixture.native("").join(OsStr::from_bytes(name)), "").unwrap();
    }
    assert_eq!(names(&fixture.storage, "/").await, ["fine"]);
}

#[tokio::test]
async fn entries_tell_what_the_file_system_knows() {
    let fixture = Fixture::new();
    let path = fixture.native("a");
    fs::write(&path, "12345").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    fs::hard_link(&path, fixture.native("b")).unwrap();
    fs::write(fixture.native("c"), "").unwrap();
    let listed = entries(&fixture.storage, "/", &ListOptions::default()).await;
    let [a, b, c] = listed.as_slice() else {
        panic!("{listed:?}");
    };
    assert_eq!((a.size, a.mode, a.links), (Some(5), Some(0o640), Some(2)));
    assert!(a.owner.is_some() && a.group.is_some());
    assert!(a.unique.is_some());
    assert_eq!(a.unique, b.unique, "two names of one file");
    assert_ne!(a.unique, c.unique);
}

#[test]
fn a_root_must_be_a_directory() {
    let base = TempDir::new().unwrap();
    fs::write(base.path().join("file"), "").unwrap();
    for (name, kind) in [
        ("no", StorageErrorKind::NotFound),
        ("file", StorageErrorKind::NotADirectory),
    ] {
        let opened = LocalStorage::new(base.path().join(name));
        assert_eq!(refused(opened), Some(kind), "{name}");
    }
}
