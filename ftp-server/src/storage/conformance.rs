//! The rules that every storage keeps, as tests that each back end runs.

use std::io::Read as _;

use bytes::Bytes;
use futures::StreamExt as _;

use ftp_proto::listing::{Entry, EntryKind, ListedTime};
use ftp_proto::server::{Discard, StoreMode};
use ftp_proto::{PathName, Timestamp, VirtualPath};

use super::StorageErrorKind as Kind;
use super::{Incoming, ListOptions, ReadOptions, Source, Storage, StorageError, WriteOptions};

/// Makes a test of each rule; `$make` yields an empty storage and something that is kept as long.
macro_rules! conformance {
    ($make:expr) => {
        $crate::storage::conformance::conformance! { $make =>
            an_empty_tree_is_a_directory_without_entries
            an_upload_is_there_with_its_size_once_it_is_committed
            an_upload_that_was_only_promised_changes_nothing
            an_upload_without_bytes_is_an_empty_file
            a_new_upload_that_is_cut_off_keeps_what_arrived
            a_new_upload_that_is_cut_off_before_its_first_byte_leaves_nothing
            a_replaced_file_stays_until_the_commit
            a_replaced_file_survives_an_upload_that_is_cut_off
            appending_adds_to_the_end_even_when_it_is_cut_off
            two_that_append_to_a_new_name_lose_nothing
            two_that_store_one_new_name_leave_one_of_both_whole
            resuming_overwrites_from_the_offset_and_keeps_what_lies_behind
            resuming_at_the_start_replaces
            a_unique_upload_leaves_alone_what_is_there
            an_upload_that_can_not_be_is_refused_before_it_starts
            an_upload_into_a_directory_that_is_removed_fails
            a_download_starts_at_its_offset
            a_download_that_can_not_be_is_refused
            a_download_outlives_the_name_of_its_file
            listings_have_every_entry_once
            listings_of_what_is_no_directory_are_refused
            names_are_bytes
            the_longest_name_has_255_bytes
            directories_are_made_and_removed
            files_are_removed
            renaming_moves_files_and_directories
            renaming_that_can_not_be_is_refused
            times_are_set
        }
    };
    ($make:expr => $($rule:ident)+) => {
        $(
            #[tokio::test]
            async fn $rule() {
                let (storage, _kept) = $make;
                $crate::storage::conformance::$rule(&storage).await;
            }
        )+
    };
}

pub(super) use conformance;

type Dyn<'a> = &'a dyn Storage;

pub(super) fn at(path: &str) -> VirtualPath {
    at_bytes(path.as_bytes())
}

fn at_bytes(path: &[u8]) -> VirtualPath {
    VirtualPath::from(&PathName::new(path).unwrap())
}

pub(super) async fn open(storage: Dyn<'_>, path: &str, mode: StoreMode) -> Box<dyn Incoming> {
    let opened = storage.write(&at(path), &WriteOptions::new(mode)).await;
    opened.unwrap_or_else(|error| panic!("{path} {mode:?}: {error}"))
}

pub(super) async fn send(upload: &mut Box<dyn Incoming>, data: &'static str) {
    upload
        .write(Bytes::from_static(data.as_bytes()))
        .await
        .unwrap();
}

pub(super) async fn put(storage: Dyn<'_>, path: &str, mode: StoreMode, data: &'static str) {
    let mut upload = open(storage, path, mode).await;
    send(&mut upload, data).await;
    upload.commit().await.unwrap();
}

pub(super) async fn store(storage: Dyn<'_>, path: &str, data: &'static str) {
    put(storage, path, StoreMode::Replace, data).await;
}

pub(super) async fn content(storage: Dyn<'_>, path: &str) -> Option<String> {
    match storage.read(&at(path), &ReadOptions::default()).await {
        Ok(source) => Some(drain(source).await),
        Err(error) if error.kind() == Kind::NotFound => None,
        Err(error) => panic!("{path}: {error}"),
    }
}

async fn drain(source: Source) -> String {
    let size = source.size().unwrap();
    let mut bytes = Vec::new();
    match source {
        Source::File { file, range } => {
            use std::io::Seek as _;
            let mut file = &*file;
            file.seek(std::io::SeekFrom::Start(range.start)).unwrap();
            file.take(range.end - range.start)
                .read_to_end(&mut bytes)
                .unwrap();
        }
        Source::Chunks { mut stream, .. } => {
            while let Some(chunk) = stream.next().await {
                bytes.extend_from_slice(&chunk.unwrap());
            }
        }
    }
    assert_eq!(bytes.len() as u64, size, "the size that was told");
    String::from_utf8(bytes).unwrap()
}

pub(super) async fn entries(storage: Dyn<'_>, path: &str, options: &ListOptions) -> Vec<Entry> {
    let mut pages = storage.list(&at(path), options).await.unwrap();
    let mut entries = Vec::new();
    while let Some(page) = pages.next().await {
        entries.extend(page.unwrap());
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

pub(super) async fn names(storage: Dyn<'_>, path: &str) -> Vec<String> {
    let entries = entries(storage, path, &ListOptions::NAMES).await;
    entries.iter().map(|entry| entry.name.to_string()).collect()
}

pub(super) fn refused<T>(result: Result<T, StorageError>) -> Option<Kind> {
    result.err().map(|error| error.kind())
}

pub(super) async fn an_empty_tree_is_a_directory_without_entries(storage: Dyn<'_>) {
    let root = storage.metadata(&VirtualPath::root()).await.unwrap();
    assert_eq!(root.name.as_bytes(), b"/");
    assert_eq!(root.kind, EntryKind::Directory);
    assert_eq!(names(storage, "/").await, Vec::<String>::new());
}

pub(super) async fn an_upload_is_there_with_its_size_once_it_is_committed(storage: Dyn<'_>) {
    let mut upload = open(storage, "/a", StoreMode::Replace).await;
    send(&mut upload, "hello ").await;
    send(&mut upload, "world").await;
    assert_eq!(upload.name(), None);
    upload.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("hello world"));
    let entry = storage.metadata(&at("/a")).await.unwrap();
    assert_eq!(entry.name.as_bytes(), b"a");
    assert_eq!((entry.kind, entry.size), (EntryKind::File, Some(11)));
    assert!(matches!(entry.modified, Some(ListedTime::Utc(_))));
}

pub(super) async fn an_upload_that_was_only_promised_changes_nothing(storage: Dyn<'_>) {
    store(storage, "/old", "old").await;
    for mode in [
        StoreMode::Replace,
        StoreMode::Append,
        StoreMode::Resume(0),
        StoreMode::Unique,
    ] {
        for path in ["/new", "/old"] {
            let upload = open(storage, path, mode).await;
            upload.discard(Discard::Unused).await.unwrap();
            drop(open(storage, path, mode).await);
            assert_eq!(names(storage, "/").await, ["old"], "{mode:?} {path}");
            assert_eq!(content(storage, "/old").await.as_deref(), Some("old"));
        }
    }
    let upload = open(storage, "/new", StoreMode::Replace).await;
    assert_eq!(names(storage, "/").await, ["old"], "while it is promised");
    drop(upload);
}

pub(super) async fn an_upload_without_bytes_is_an_empty_file(storage: Dyn<'_>) {
    store(storage, "/old", "old").await;
    for path in ["/new", "/old"] {
        open(storage, path, StoreMode::Replace)
            .await
            .commit()
            .await
            .unwrap();
        assert_eq!(content(storage, path).await.as_deref(), Some(""), "{path}");
    }
}

pub(super) async fn a_new_upload_that_is_cut_off_keeps_what_arrived(storage: Dyn<'_>) {
    for (path, mode) in [("/a", StoreMode::Replace), ("/b", StoreMode::Append)] {
        let mut upload = open(storage, path, mode).await;
        send(&mut upload, "half").await;
        assert_eq!(
            content(storage, path).await.as_deref(),
            Some("half"),
            "{path}"
        );
        upload.discard(Discard::Broken).await.unwrap();
        assert_eq!(
            content(storage, path).await.as_deref(),
            Some("half"),
            "{path}"
        );
    }
    let mut upload = open(storage, "/c", StoreMode::Replace).await;
    send(&mut upload, "half").await;
    drop(upload);
    put(storage, "/c", StoreMode::Resume(4), " more").await;
    assert_eq!(content(storage, "/c").await.as_deref(), Some("half more"));
}

pub(super) async fn a_new_upload_that_is_cut_off_before_its_first_byte_leaves_nothing(
    storage: Dyn<'_>,
) {
    for mode in [StoreMode::Replace, StoreMode::Unique] {
        let mut upload = open(storage, "/a", mode).await;
        send(&mut upload, "").await;
        let _ = upload.file().await.unwrap();
        upload.discard(Discard::Broken).await.unwrap();
        assert_eq!(names(storage, "/").await, Vec::<String>::new(), "{mode:?}");
    }
}

pub(super) async fn a_replaced_file_stays_until_the_commit(storage: Dyn<'_>) {
    store(storage, "/a", "old and long").await;
    let mut upload = open(storage, "/a", StoreMode::Replace).await;
    send(&mut upload, "new").await;
    assert_eq!(
        content(storage, "/a").await.as_deref(),
        Some("old and long")
    );
    assert_eq!(names(storage, "/").await, ["a"], "staging isn't seen");
    upload.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("new"));
    assert_eq!(names(storage, "/").await, ["a"]);
}

pub(super) async fn a_replaced_file_survives_an_upload_that_is_cut_off(storage: Dyn<'_>) {
    store(storage, "/a", "old").await;
    for why in [
        Discard::Unused,
        Discard::Aborted,
        Discard::Broken,
        Discard::Disconnected,
        Discard::Failed,
    ] {
        let mut upload = open(storage, "/a", StoreMode::Replace).await;
        send(&mut upload, "new but half").await;
        upload.discard(why).await.unwrap();
        assert_eq!(
            content(storage, "/a").await.as_deref(),
            Some("old"),
            "{why:?}"
        );
    }
    let mut upload = open(storage, "/a", StoreMode::Replace).await;
    send(&mut upload, "new but half").await;
    drop(upload);
    assert_eq!(content(storage, "/a").await.as_deref(), Some("old"));
    assert_eq!(names(storage, "/").await, ["a"]);
}

pub(super) async fn appending_adds_to_the_end_even_when_it_is_cut_off(storage: Dyn<'_>) {
    for part in ["1", "2", "3"] {
        put(storage, "/a", StoreMode::Append, part).await;
    }
    assert_eq!(content(storage, "/a").await.as_deref(), Some("123"));
    let mut upload = open(storage, "/a", StoreMode::Append).await;
    send(&mut upload, "4").await;
    upload.discard(Discard::Aborted).await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("1234"));
}

pub(super) async fn two_that_append_to_a_new_name_lose_nothing(storage: Dyn<'_>) {
    let mut first = open(storage, "/a", StoreMode::Append).await;
    let mut second = open(storage, "/a", StoreMode::Append).await;
    send(&mut first, "one").await;
    send(&mut second, "two").await;
    second.commit().await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("onetwo"));
}

pub(super) async fn two_that_store_one_new_name_leave_one_of_both_whole(storage: Dyn<'_>) {
    let mut first = open(storage, "/a", StoreMode::Replace).await;
    let mut second = open(storage, "/a", StoreMode::Replace).await;
    send(&mut first, "fir").await;
    send(&mut second, "seco").await;
    send(&mut first, "st").await;
    first.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("first"));
    send(&mut second, "nd").await;
    second.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("second"));
    assert_eq!(names(storage, "/").await, ["a"]);
}

pub(super) async fn resuming_overwrites_from_the_offset_and_keeps_what_lies_behind(
    storage: Dyn<'_>,
) {
    for (offset, data, after) in [
        (3, "DEF", "abcDEF"),
        (1, "BC", "aBCdef"),
        (6, "ghi", "abcdefghi"),
        (5, "Fgh", "abcdeFgh"),
    ] {
        store(storage, "/a", "abcdef").await;
        put(storage, "/a", StoreMode::Resume(offset), data).await;
        assert_eq!(
            content(storage, "/a").await.as_deref(),
            Some(after),
            "at {offset}"
        );
    }
    store(storage, "/a", "abcdef").await;
    let mut upload = open(storage, "/a", StoreMode::Resume(2)).await;
    send(&mut upload, "C").await;
    upload.discard(Discard::Broken).await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("abCdef"));
}

pub(super) async fn resuming_at_the_start_replaces(storage: Dyn<'_>) {
    store(storage, "/a", "old and long").await;
    let mut upload = open(storage, "/a", StoreMode::Resume(0)).await;
    send(&mut upload, "new").await;
    assert_eq!(
        content(storage, "/a").await.as_deref(),
        Some("old and long")
    );
    upload.commit().await.unwrap();
    assert_eq!(content(storage, "/a").await.as_deref(), Some("new"));
}

pub(super) async fn a_unique_upload_leaves_alone_what_is_there(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    let mut taken = Vec::new();
    for data in ["1", "2", "3"] {
        let mut upload = open(storage, "/d/a", StoreMode::Unique).await;
        send(&mut upload, data).await;
        let name = upload.name().cloned().unwrap();
        upload.commit().await.unwrap();
        taken.push((name.to_string_lossy().into_owned(), data));
    }
    assert_eq!(taken[0].0, "/d/a", "a free name is taken as it is");
    for (name, data) in taken {
        assert!(name.starts_with("/d/a"), "{name}");
        assert_eq!(
            content(storage, &name).await.as_deref(),
            Some(data),
            "{name}"
        );
    }
    assert_eq!(names(storage, "/d").await.len(), 3);
}

pub(super) async fn an_upload_that_can_not_be_is_refused_before_it_starts(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    store(storage, "/f", "12345").await;
    for (path, mode, kind) in [
        ("/", StoreMode::Replace, Kind::IsADirectory),
        ("/", StoreMode::Unique, Kind::IsADirectory),
        ("/d", StoreMode::Replace, Kind::IsADirectory),
        ("/d", StoreMode::Append, Kind::IsADirectory),
        ("/no/a", StoreMode::Replace, Kind::NotFound),
        ("/no/a", StoreMode::Unique, Kind::NotFound),
        ("/f/a", StoreMode::Replace, Kind::NotADirectory),
        ("/f", StoreMode::Resume(6), Kind::BadOffset),
        ("/f", StoreMode::Resume(u64::MAX), Kind::BadOffset),
        ("/a", StoreMode::Resume(1), Kind::BadOffset),
    ] {
        let opened = storage.write(&at(path), &WriteOptions::new(mode)).await;
        assert_eq!(refused(opened), Some(kind), "{path} {mode:?}");
    }
    assert_eq!(names(storage, "/").await, ["d", "f"]);
}

pub(super) async fn an_upload_into_a_directory_that_is_removed_fails(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    let mut upload = open(storage, "/d/a", StoreMode::Replace).await;
    storage.remove_dir(&at("/d")).await.unwrap();
    let written = upload.write(Bytes::from_static(b"x")).await;
    assert_eq!(refused(written), Some(Kind::NotFound));
}

pub(super) async fn a_download_starts_at_its_offset(storage: Dyn<'_>) {
    store(storage, "/a", "0123456789").await;
    for (offset, rest) in [(0, "0123456789"), (4, "456789"), (9, "9"), (10, "")] {
        let source = storage.read(&at("/a"), &ReadOptions::at(offset)).await;
        assert_eq!(drain(source.unwrap()).await, rest, "from {offset}");
    }
}

pub(super) async fn a_download_that_can_not_be_is_refused(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    store(storage, "/f", "12345").await;
    for (path, offset, kind) in [
        ("/no", 0, Kind::NotFound),
        ("/no/a", 0, Kind::NotFound),
        ("/f/a", 0, Kind::NotADirectory),
        ("/d", 0, Kind::IsADirectory),
        ("/", 0, Kind::IsADirectory),
        ("/f", 6, Kind::BadOffset),
        ("/f", u64::MAX, Kind::BadOffset),
    ] {
        let opened = storage.read(&at(path), &ReadOptions::at(offset)).await;
        assert_eq!(refused(opened), Some(kind), "{path} from {offset}");
    }
}

pub(super) async fn a_download_outlives_the_name_of_its_file(storage: Dyn<'_>) {
    store(storage, "/a", "first").await;
    let removed = storage
        .read(&at("/a"), &ReadOptions::default())
        .await
        .unwrap();
    storage.remove_file(&at("/a")).await.unwrap();
    store(storage, "/a", "second").await;
    let replaced = storage
        .read(&at("/a"), &ReadOptions::default())
        .await
        .unwrap();
    store(storage, "/a", "third").await;
    assert_eq!(drain(removed).await, "first");
    assert_eq!(drain(replaced).await, "second");
}

pub(super) async fn listings_have_every_entry_once(storage: Dyn<'_>) {
    storage.create_dir(&at("/many")).await.unwrap();
    storage.create_dir(&at("/many/dir")).await.unwrap();
    let mut wanted = vec!["dir".to_owned()];
    for number in 0..600 {
        let name = format!("file {number:03}");
        store(storage, &format!("/many/{name}"), "abc").await;
        wanted.push(name);
    }
    assert_eq!(names(storage, "/many").await, wanted);
    for entry in entries(storage, "/many", &ListOptions::default()).await {
        let (kind, size) = match entry.name.as_bytes() {
            b"dir" => (EntryKind::Directory, None),
            _ => (EntryKind::File, Some(3)),
        };
        assert_eq!((entry.kind, entry.size), (kind, size), "{}", entry.name);
        assert!(
            matches!(entry.modified, Some(ListedTime::Utc(_))),
            "{}",
            entry.name
        );
    }
    let mut pages = storage
        .list(&at("/many"), &ListOptions::NAMES)
        .await
        .unwrap();
    let first = pages.next().await.unwrap().unwrap();
    assert!(
        first.len() < wanted.len(),
        "a long listing has several pages"
    );
}

pub(super) async fn listings_of_what_is_no_directory_are_refused(storage: Dyn<'_>) {
    store(storage, "/f", "").await;
    for (path, kind) in [
        ("/f", Kind::NotADirectory),
        ("/f/a", Kind::NotADirectory),
        ("/no", Kind::NotFound),
    ] {
        let listed = storage.list(&at(path), &ListOptions::default()).await;
        assert_eq!(refused(listed), Some(kind), "{path}");
    }
}

pub(super) async fn names_are_bytes(storage: Dyn<'_>) {
    for name in [
        &b"caf\xe9"[..],
        b" leading and trailing ",
        b"-la",
        b"a\\b",
        b"a;b=c",
        b"*?[x]",
        b"\x01\x7f\xff",
        "日本語".as_bytes(),
        b"...",
    ] {
        let path = at_bytes(name);
        let options = WriteOptions::new(StoreMode::Replace);
        storage
            .write(&path, &options)
            .await
            .unwrap()
            .commit()
            .await
            .unwrap();
        let entries = entries(storage, "/", &ListOptions::default()).await;
        let found: Vec<_> = entries.iter().map(|entry| entry.name.as_bytes()).collect();
        assert_eq!(found, [name], "{}", name.escape_ascii());
        let entry = storage.metadata(&path).await.unwrap();
        assert_eq!(entry.name.as_bytes(), name);
        storage.remove_file(&path).await.unwrap();
    }
}

pub(super) async fn the_longest_name_has_255_bytes(storage: Dyn<'_>) {
    let longest = format!("/{}", "x".repeat(255));
    store(storage, &longest, "old").await;
    store(storage, &longest, "new").await;
    assert_eq!(content(storage, &longest).await.as_deref(), Some("new"));
    put(storage, &longest, StoreMode::Unique, "other").await;
    assert_eq!(names(storage, "/").await.len(), 2);

    let longer = at(&format!("/{}", "x".repeat(256)));
    let options = WriteOptions::new(StoreMode::Replace);
    assert_eq!(
        refused(storage.write(&longer, &options).await),
        Some(Kind::BadName)
    );
    assert_eq!(
        refused(storage.create_dir(&longer).await),
        Some(Kind::BadName)
    );
    assert_eq!(
        refused(storage.rename(&at(&longest), &longer).await),
        Some(Kind::BadName)
    );
}

pub(super) async fn directories_are_made_and_removed(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    storage.create_dir(&at("/d/e")).await.unwrap();
    store(storage, "/f", "").await;
    for (path, kind) in [
        ("/d", Kind::AlreadyExists),
        ("/f", Kind::AlreadyExists),
        ("/", Kind::AlreadyExists),
        ("/no/d", Kind::NotFound),
        ("/f/d", Kind::NotADirectory),
    ] {
        assert_eq!(
            refused(storage.create_dir(&at(path)).await),
            Some(kind),
            "make {path}"
        );
    }
    for (path, kind) in [
        ("/d", Kind::NotEmpty),
        ("/f", Kind::NotADirectory),
        ("/no", Kind::NotFound),
        ("/", Kind::PermissionDenied),
    ] {
        assert_eq!(
            refused(storage.remove_dir(&at(path)).await),
            Some(kind),
            "remove {path}"
        );
    }
    storage.remove_dir(&at("/d/e")).await.unwrap();
    storage.remove_dir(&at("/d")).await.unwrap();
    assert_eq!(names(storage, "/").await, ["f"]);
}

pub(super) async fn files_are_removed(storage: Dyn<'_>) {
    storage.create_dir(&at("/d")).await.unwrap();
    store(storage, "/f", "").await;
    for (path, kind) in [
        ("/no", Kind::NotFound),
        ("/d", Kind::IsADirectory),
        ("/", Kind::IsADirectory),
        ("/f/a", Kind::NotADirectory),
    ] {
        assert_eq!(
            refused(storage.remove_file(&at(path)).await),
            Some(kind),
            "{path}"
        );
    }
    storage.remove_file(&at("/f")).await.unwrap();
    assert_eq!(names(storage, "/").await, ["d"]);
}

pub(super) async fn renaming_moves_files_and_directories(storage: Dyn<'_>) {
    store(storage, "/f", "f").await;
    store(storage, "/g", "g").await;
    for dir in ["/d", "/d/e", "/empty"] {
        storage.create_dir(&at(dir)).await.unwrap();
    }
    for (from, to) in [
        ("/f", "/d/e/f"),
        ("/d/e/f", "/g"),
        ("/g", "/g"),
        ("/g", "/d/e/g"),
        ("/d", "/empty"),
        ("/empty", "/elsewhere"),
    ] {
        let renamed = storage.rename(&at(from), &at(to)).await;
        assert_eq!(refused(renamed), None, "{from} to {to}");
    }
    assert_eq!(names(storage, "/").await, ["elsewhere"]);
    assert_eq!(
        content(storage, "/elsewhere/e/g").await.as_deref(),
        Some("f")
    );
}

pub(super) async fn renaming_that_can_not_be_is_refused(storage: Dyn<'_>) {
    for file in ["/f", "/g"] {
        store(storage, file, "").await;
    }
    for dir in ["/d", "/d/e", "/full", "/full/x"] {
        storage.create_dir(&at(dir)).await.unwrap();
    }
    for (from, to, kind) in [
        ("/no", "/a", Kind::NotFound),
        ("/no", "/no", Kind::NotFound),
        ("/f", "/no/a", Kind::NotFound),
        ("/f", "/g/a", Kind::NotADirectory),
        ("/f", "/d", Kind::IsADirectory),
        ("/d", "/f", Kind::NotADirectory),
        ("/d", "/full", Kind::NotEmpty),
        ("/d", "/d/e/d", Kind::BadName),
        ("/", "/a", Kind::PermissionDenied),
        ("/f", "/", Kind::PermissionDenied),
    ] {
        let renamed = storage.rename(&at(from), &at(to)).await;
        assert_eq!(refused(renamed), Some(kind), "{from} to {to}");
    }
    assert_eq!(names(storage, "/").await, ["d", "f", "full", "g"]);
}

pub(super) async fn times_are_set(storage: Dyn<'_>) {
    store(storage, "/f", "").await;
    storage.create_dir(&at("/d")).await.unwrap();
    for text in ["19991231235959", "20380119031408", "19691231235958"] {
        let time = Timestamp::parse(text.as_bytes()).unwrap();
        for path in ["/f", "/d"] {
            storage.set_modified(&at(path), time).await.unwrap();
            let entry = storage.metadata(&at(path)).await.unwrap();
            assert_eq!(entry.modified, Some(ListedTime::Utc(time)), "{path} {text}");
        }
    }
    let time = Timestamp::UNIX_EPOCH;
    assert_eq!(
        refused(storage.set_modified(&at("/no"), time).await),
        Some(Kind::NotFound)
    );
}
