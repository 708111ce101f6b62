//! Guests.

use async_trait::async_trait;

use ftp_proto::server::Rights;

use super::{Attempt, AuthError, Authenticator, Login};

/// Lets in the users `anonymous` and `ftp`, in any case, with any password ([RFC 1635]).
///
/// [RFC 1635]: https://www.rfc-editor.org/rfc/rfc1635
#[derive(Clone, Debug)]
pub struct Anonymous {
    login: Login,
}

impl Anonymous {
    /// Every guest gets this login.
    pub const fn new(login: Login) -> Self {
        Self { login }
    }

    /// Guests list and retrieve.
    pub fn read_only() -> Self {
        Self::new(Login::new("anonymous", Rights::READ_ONLY))
    }
}

#[async_trait]
impl Authenticator for Anonymous {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        let user = attempt.user.as_bytes();
        let is_guest = [&b"anonymous"[..], b"ftp"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(user));
        if is_guest {
            Ok(self.login.clone())
        } else {
            Err(AuthError::Denied)
        }
    }
}
