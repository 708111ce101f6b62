//! Transfers: both connections raced, nothing out of step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod data_connections;
mod download;
mod listing;
mod upload;

use core::time::Duration;

use ftp_client::data::{Active, Passive};
use ftp_client::{Channel, Client, DownloadOptions, ErrorKind, Line, SizeCheck, UploadOptions};
use support::{alone, both, pair, pair_with, read_all};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

fn unsized_download() -> DownloadOptions {
    DownloadOptions::new().with_size(SizeCheck::Off)
}

/// Closes a data connection as a crash does.
fn reset(data: TcpStream) {
    data.set_zero_linger().unwrap();
    drop(data);
}
