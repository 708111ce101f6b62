//! A server whose files live in memory, for tests and scratch space.
//!
//! `cargo run --example memory_server`, then `curl -T FILE ftp://test:secret@127.0.0.1:2121/`

use core::error::Error;
use std::sync::Arc;

use ftp_server::Server;
use ftp_server::auth::{Rights, Users};
use ftp_server::storage::MemoryStorage;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder()
        .storage(Arc::new(MemoryStorage::default()))
        .authenticator(Users::new().with("test", "secret", Rights::READ_WRITE))
        .build()?;
    let listening = server.bind("127.0.0.1:2121").await?;
    println!("listening on {}", listening.local_addr());
    listening.serve().await;
    Ok(())
}
