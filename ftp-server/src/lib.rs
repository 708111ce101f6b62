#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod accept;
pub mod auth;
mod builder;
pub mod data;
mod error;
mod limits;
mod observe;
mod proxy;
mod server;
mod session;
pub mod storage;

pub use builder::ServerBuilder;
pub use error::BuildError;
pub use proxy::ProxyProtocol;
pub use server::{Listening, Server};
pub use session::SessionInfo;

#[doc(no_inline)]
pub use async_trait::async_trait;
#[doc(no_inline)]
pub use ipnet::IpNet;

#[doc(no_inline)]
pub use ftp_proto::server::ServerConfig;
#[doc(no_inline)]
pub use ftp_proto::{Argument, BadArgument, PathName, Secret, Timestamp, VirtualPath};
