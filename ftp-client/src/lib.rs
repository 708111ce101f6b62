#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod ascii;
mod builder;
mod client;
mod commands;
pub mod connect;
mod control;
pub mod data;
pub mod diagnosis;
mod error;
mod files;
mod trace;
mod transfer;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Channel, Error, ErrorKind, Phase};
pub use files::{DownloadFileOptions, FileReport, Progress, UploadFileOptions, UploadMode};
pub use ftp_proto::addr::{AddressFn, AddressPolicy};
pub use ftp_proto::client::{Credentials, DataMode, ProtocolError, Timer};
pub use ftp_proto::command::TypeCode;
pub use ftp_proto::listing::{Entry, EntryKind, Line, ListedTime, Precision};
pub use ftp_proto::reply::{FeatureSet, ReplySyntax};
pub use ftp_proto::session::DataFailure;
pub use ftp_proto::{
    Argument, BadArgument, Command, PathName, Reply, ReplyCode, Timestamp, ToPathName,
};
pub use trace::TARGET as TRACE_TARGET;
pub use transfer::{
    Borrowed, Completed, Copied, Download, DownloadOptions, FxpError, Listing, NotStarted, Side,
    SizeCheck, Upload, UploadOptions, fxp,
};
