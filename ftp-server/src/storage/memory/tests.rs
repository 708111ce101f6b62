use ftp_proto::server::StoreMode;

use crate::storage::conformance::{at, conformance, content, open, refused, send, store};

use super::*;

conformance!((MemoryStorage::new(), ()));

#[tokio::test]
async fn what_exceeds_the_limit_is_over_quota_and_removing_makes_room() {
    let storage = MemoryStorage::with_limit(1000);
    store(&storage, "/a", "old").await;
    let mut upload = open(&storage, "/a", StoreMode::Replace).await;
    let written = upload.write(Bytes::from(vec![0; 1000])).await;
    assert_eq!(refused(written), Some(StorageErrorKind::OverQuota));
    drop(upload);
    assert_eq!(content(&storage, "/a").await.as_deref(), Some("old"));
    storage.remove_file(&at("/a")).await.unwrap();

    for round in 0..3 {
        let mut upload = open(&storage, "/a", StoreMode::Replace).await;
        let written = upload.write(Bytes::from(vec![0; 700])).await;
        assert_eq!(refused(written), None, "round {round}");
        upload.commit().await.unwrap();
        storage.remove_file(&at("/a")).await.unwrap();
    }
}

#[tokio::test]
async fn empty_files_and_directories_count_as_well() {
    let storage = MemoryStorage::with_limit(10_000);
    let full = async {
        for number in 0.. {
            storage.create_dir(&at(&format!("/{number}"))).await?;
        }
        Ok(())
    };
    assert_eq!(refused(full.await), Some(StorageErrorKind::OverQuota));
}

#[tokio::test]
async fn a_very_deep_tree_is_dropped_without_recursion() {
    let storage = MemoryStorage::new();
    let mut path = VirtualPath::root();
    for _ in 0..3000 {
        path = path.join(&ftp_proto::PathName::new("d").unwrap());
        storage.create_dir(&path).await.unwrap();
    }
    drop(storage);
}

#[tokio::test]
async fn a_download_sends_what_was_there_when_it_was_opened() {
    let storage = MemoryStorage::new();
    store(&storage, "/a", "before").await;
    let source = storage.read(&at("/a"), &ReadOptions::default()).await;
    let mut upload = open(&storage, "/a", StoreMode::Append).await;
    send(&mut upload, " after").await;
    upload.commit().await.unwrap();
    assert_eq!(source.unwrap().size(), Some(6));
    assert_eq!(
        content(&storage, "/a").await.as_deref(),
        Some("before after")
    );
}
