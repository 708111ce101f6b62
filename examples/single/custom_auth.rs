//! An authenticator of one's own: each user of a team has a tree apart from the others', and the
//! password is the name backwards.
//!
//! `cargo run --example custom_auth`, then `curl ftp://alice:ecila@127.0.0.1:2121/`

use core::error::Error;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ftp_server::auth::{Attempt, AuthError, Authenticator, Login, Rights};
use ftp_server::storage::MemoryStorage;
use ftp_server::{Server, async_trait};

#[derive(Default)]
struct Team {
    trees: Mutex<BTreeMap<Vec<u8>, Arc<MemoryStorage>>>,
}

#[async_trait]
impl Authenticator for Team {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        let user = attempt.user.as_bytes();
        let backwards = user.iter().rev();
        if user.is_empty() || !backwards.eq(attempt.password.expose().as_bytes()) {
            return Err(AuthError::Denied);
        }
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        let tree = Arc::clone(trees.entry(user.to_vec()).or_default());
        Ok(Login::new(attempt.user.to_string_lossy(), Rights::READ_WRITE).with_storage(tree))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder()
        .authenticator(Team::default())
        .storage(Arc::new(MemoryStorage::new()))
        .build()?;
    server.bind("127.0.0.1:2121").await?.serve().await;
    Ok(())
}
