//! Several authenticators as one.

use core::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Attempt, AuthError, Authenticator, Login};

/// Asks one authenticator after the other; the first that lets somebody in decides.
///
/// If nobody does and one of them was unavailable, the answer is unavailable: it might have let
/// them in.
///
/// ```
/// use ftp_server::auth::{Anonymous, Chain, Rights, Users};
///
/// let users = Users::new().with("alice", "wonderland", Rights::READ_WRITE);
/// let both = Chain::new(users).or(Anonymous::read_only());
/// # let _ = both;
/// ```
#[derive(Clone)]
pub struct Chain {
    links: Vec<Arc<dyn Authenticator>>,
}

impl Chain {
    /// A chain of one.
    pub fn new(first: impl Authenticator) -> Self {
        Self {
            links: vec![Arc::new(first)],
        }
    }

    /// The same with one more at the end.
    #[must_use]
    pub fn or(mut self, next: impl Authenticator) -> Self {
        self.links.push(Arc::new(next));
        self
    }
}

#[async_trait]
impl Authenticator for Chain {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        let mut failure = AuthError::Denied;
        for link in &self.links {
            match link.authenticate(attempt).await {
                Err(AuthError::Denied) => {}
                Err(unavailable) => failure = unavailable,
                login => return login,
            }
        }
        Err(failure)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chain = f.debug_struct("Chain");
        chain.field("links", &self.links.len()).finish()
    }
}
