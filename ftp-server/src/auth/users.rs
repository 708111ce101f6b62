//! A fixed table of users.

use core::fmt;
use core::hint::black_box;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use async_trait::async_trait;
use tokio::sync::Semaphore;

use ftp_proto::Secret;
use ftp_proto::server::Rights;

use super::{Attempt, AuthError, Authenticator, Login};

/// A fixed table of users and their passwords.
///
/// The answer to an unknown user takes as long as that to a wrong password. Names and passwords are
/// bytes; names are compared exactly.
///
/// ```
/// use ftp_server::auth::{Rights, Users};
///
/// let users = Users::new()
///     .with("alice", "wonderland", Rights::READ_WRITE)
///     .with("bob", "builder", Rights::READ_ONLY);
/// # let _ = users;
/// ```
#[derive(Clone)]
pub struct Users {
    accounts: BTreeMap<Vec<u8>, Account>,
    check: Check,
}

#[derive(Clone)]
struct Account {
    stored: Secret<Vec<u8>>,
    login: Login,
}

/// How a password is compared with what is stored of it.
#[derive(Clone)]
enum Check {
    /// It is the same.
    Plain,
    /// The application knows, and takes its time.
    Slow {
        verify: Arc<Verify>,
        /// As many at a time as there are processors: hashes are made to cost time and memory, and
        /// anybody can ask for them.
        turns: Arc<Semaphore>,
    },
}

type Verify = dyn Fn(&[u8], &[u8]) -> bool + Send + Sync;

impl Users {
    /// An empty table, whose passwords are stored as they are. They are compared in constant time.
    pub fn new() -> Self {
        Self {
            accounts: BTreeMap::new(),
            check: Check::Plain,
        }
    }

    /// An empty table, whose passwords are stored in a form that `verify` knows: given the stored
    /// form and a password, it tells whether they belong together.
    ///
    /// It runs on the blocking threads of tokio, and so may be as slow as a password hash should
    /// be; at most one call for each processor runs at a time. For an unknown user it is called
    /// with the stored form of another, and what it says is ignored.
    pub fn with_verifier(verify: impl Fn(&[u8], &[u8]) -> bool + Send + Sync + 'static) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self {
            accounts: BTreeMap::new(),
            check: Check::Slow {
                verify: Arc::new(verify),
                turns: Arc::new(Semaphore::new(processors)),
            },
        }
    }

    /// The same with one more user, who sees the server's storage. A user of that name is replaced.
    #[must_use]
    pub fn with(
        self,
        name: impl Into<String>,
        password: impl Into<Vec<u8>>,
        rights: Rights,
    ) -> Self {
        self.with_login(Login::new(name, rights), password)
    }

    /// The same with one more login, whose name is that of the user.
    #[must_use]
    pub fn with_login(mut self, login: Login, password: impl Into<Vec<u8>>) -> Self {
        let stored = Secret::new(password.into());
        let name = login.name.clone().into_bytes();
        self.accounts.insert(name, Account { stored, login });
        self
    }
}

impl Default for Users {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Authenticator for Users {
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Login, AuthError> {
        let known = self.accounts.get(attempt.user.as_bytes());
        // Somebody else's password is checked in vain for who isn't known.
        let checked = known
            .or_else(|| self.accounts.values().next())
            .ok_or(AuthError::Denied)?;
        let given = attempt.password.expose().as_bytes();
        let matches = self.check.matches(checked.stored.expose(), given).await?;
        match known {
            Some(account) if matches => Ok(account.login.clone()),
            _ => Err(AuthError::Denied),
        }
    }
}

impl Check {
    async fn matches(&self, stored: &[u8], given: &[u8]) -> Result<bool, AuthError> {
        let (verify, turns) = match self {
            Self::Plain => return Ok(equal(stored, given)),
            Self::Slow { verify, turns } => (Arc::clone(verify), Arc::clone(turns)),
        };
        let (stored, given) = (stored.to_vec(), given.to_vec());
        let turn = turns.acquire_owned().await.map_err(unavailable)?;
        let work = move || {
            let matches = verify(&stored, &given);
            drop(turn);
            matches
        };
        tokio::task::spawn_blocking(work).await.map_err(unavailable)
    }
}

/// Whether both are the same, in a time that depends on the length of `given` alone.
pub(super) fn equal(stored: &[u8], given: &[u8]) -> bool {
    let padded = stored.iter().chain(core::iter::repeat(&0));
    let difference = given
        .iter()
        .zip(padded)
        .fold(0, |found, (a, b)| black_box(found | (a ^ b)));
    difference == 0 && stored.len() == given.len()
}

fn unavailable(error: impl core::error::Error + Send + Sync + 'static) -> AuthError {
    AuthError::Unavailable(Box::new(error))
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let logins = self.accounts.values().map(|account| &account.login);
        f.debug_list().entries(logins).finish()
    }
}
