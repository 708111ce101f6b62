//! Who may log in, what they may do, and which storage they see.
//!
//! An [`Authenticator`] is asked once for each `PASS`. It never learns what the session does
//! afterwards; what it answers, a [`Login`], holds until the session ends or logs in anew.

mod anonymous;
mod chain;
mod login;
mod users;

use core::error::Error;
use core::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;

use ftp_proto::{Argument, Secret};

pub use anonymous::Anonymous;
pub use chain::Chain;
pub use login::Login;
pub use users::Users;

#[doc(no_inline)]
pub use ftp_proto::command::Right;
#[doc(no_inline)]
pub use ftp_proto::server::Rights;

/// Decides who may log in.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// Decides about one attempt.
    ///
    /// An unknown user and a wrong password must neither differ in the answer nor in the time that
    /// it takes. Delays and limits of attempts are the server's business.
    ///
    /// # Errors
    ///
    /// [`AuthError::Denied`] if the attempt is bad; [`AuthError::Unavailable`] if nobody can tell.
    ///
    /// # Cancel safety
    ///
    /// The server drops the future when the session ends. That must not count as a login.
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError>;
}

#[async_trait]
impl<A: Authenticator + ?Sized> Authenticator for Arc<A> {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        (**self).authenticate(attempt).await
    }
}

/// Somebody who wants to log in.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The name, as it came.
    pub user: &'a Argument,
    /// The password, as it came; empty if none was sent.
    pub password: &'a Secret<Argument>,
    /// Where the control connection comes from.
    pub peer: SocketAddr,
}

impl<'a> Attempt<'a> {
    /// An attempt.
    pub const fn new(user: &'a Argument, password: &'a Secret<Argument>, peer: SocketAddr) -> Self {
        Self {
            user,
            password,
            peer,
        }
    }
}

/// Why there is no login.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The user is unknown, the password wrong, or the login not allowed from there. The client is
    /// told 530, and nothing more.
    #[error("login denied")]
    Denied,
    /// The accounts can't be asked. The client is told 530 as well; the cause is for the log.
    #[error("accounts unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

#[cfg(test)]
mod tests;
