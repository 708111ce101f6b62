//! A storage of one's own: a tree of numbers, where `/6/7` is a file that holds their product.
//!
//! A read-only storage refuses what it doesn't do with `Unsupported`; the protocol, the listing
//! formats and the data connections are the server's business.
//!
//! `cargo run --example custom_storage`, then `curl ftp://127.0.0.1:2121/6/7`

use core::error::Error;
use std::sync::Arc;

use ftp_server::storage::{
    Bytes, Capabilities, Entry, EntryKind, Incoming, ListOptions, Pages, ReadOptions, Source,
    Storage, StorageError, StorageErrorKind, WriteOptions,
};
use ftp_server::{PathName, Server, Timestamp, VirtualPath, async_trait};
use futures::{FutureExt as _, StreamExt as _, future, stream};

struct Products;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().storage(Arc::new(Products)).build()?;
    server.bind("127.0.0.1:2121").await?.serve().await;
    Ok(())
}

/// The numbers of a path, from the root down.
fn numbers(path: &VirtualPath) -> Result<Vec<u64>, StorageError> {
    let numbers: Option<Vec<u64>> = path
        .components()
        .map(|part| {
            str::from_utf8(part)
                .ok()?
                .parse()
                .ok()
                .filter(|number| *number < 10)
        })
        .collect();
    numbers
        .filter(|numbers| numbers.len() <= 2)
        .ok_or_else(|| StorageErrorKind::NotFound.into())
}

/// What a path of two numbers holds; `None` for a directory.
fn content(path: &VirtualPath) -> Result<Option<Bytes>, StorageError> {
    Ok(match numbers(path)?.as_slice() {
        [a, b] => Some(format!("{}\n", a * b).into()),
        _ => None,
    })
}

fn entry(path: &VirtualPath) -> Result<Entry, StorageError> {
    let content = content(path)?;
    let kind = if content.is_some() {
        EntryKind::File
    } else {
        EntryKind::Directory
    };
    let name = PathName::new(path.file_name().unwrap_or(b"/"))
        .map_err(|error| StorageError::new(StorageErrorKind::BadName, error))?;
    let mut entry = Entry::new(name, kind);
    entry.size = content.map(|bytes| bytes.len() as u64);
    Ok(entry)
}

#[async_trait]
impl Storage for Products {
    fn capabilities(&self, _: &VirtualPath) -> Capabilities {
        Capabilities::default()
    }

    async fn metadata(&self, path: &VirtualPath) -> Result<Entry, StorageError> {
        entry(path)
    }

    async fn list(&self, dir: &VirtualPath, _: &ListOptions) -> Result<Pages, StorageError> {
        if content(dir)?.is_some() {
            return Err(StorageErrorKind::NotADirectory.into());
        }
        let page = (0..10)
            .filter_map(|number| PathName::new(number.to_string()).ok())
            .map(|name| entry(&dir.join(&name)))
            .collect();
        Ok(future::ready(page).into_stream().boxed())
    }

    async fn read(&self, path: &VirtualPath, how: &ReadOptions) -> Result<Source, StorageError> {
        let content = content(path)?.ok_or(StorageErrorKind::IsADirectory)?;
        let offset = usize::try_from(how.offset).unwrap_or(usize::MAX);
        if offset > content.len() {
            return Err(StorageErrorKind::BadOffset.into());
        }
        let rest = content.slice(offset..);
        Ok(Source::Chunks {
            size: Some(rest.len() as u64),
            stream: stream::iter([Ok(rest)]).boxed(),
        })
    }

    async fn write(
        &self,
        _: &VirtualPath,
        _: &WriteOptions,
    ) -> Result<Box<dyn Incoming>, StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }

    async fn create_dir(&self, _: &VirtualPath) -> Result<(), StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }

    async fn remove_dir(&self, _: &VirtualPath) -> Result<(), StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }

    async fn remove_file(&self, _: &VirtualPath) -> Result<(), StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }

    async fn rename(&self, _: &VirtualPath, _: &VirtualPath) -> Result<(), StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }

    async fn set_modified(&self, _: &VirtualPath, _: Timestamp) -> Result<(), StorageError> {
        Err(StorageErrorKind::Unsupported.into())
    }
}
