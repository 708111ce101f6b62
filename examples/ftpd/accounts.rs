//! The accounts of the settings as an authenticator.

use ftp_server::auth::{Anonymous, Chain, Login, Rights, Users};

use crate::password;
use crate::settings::{Account, Settings};

/// Lets in whom the settings name. Hashing is slow on purpose, so those who have a plain password
/// don't wait for it.
pub(crate) fn authenticator(settings: &Settings) -> Chain {
    let plain = |account: &Account| account.password.clone();
    let mut chain = Chain::new(table(Users::new(), &settings.user, plain));
    let hash = |account: &Account| account.password_hash.clone();
    if settings
        .user
        .iter()
        .any(|account| account.password_hash.is_some())
    {
        chain = chain.or(table(
            Users::with_verifier(password::verify),
            &settings.user,
            hash,
        ));
    }
    if settings.anonymous_write {
        chain.or(Anonymous::new(Login::new("anonymous", Rights::READ_WRITE)))
    } else if settings.lets_anonymous_in() {
        chain.or(Anonymous::read_only())
    } else {
        chain
    }
}

/// Adds the accounts that have a secret of that kind.
fn table(users: Users, accounts: &[Account], secret: impl Fn(&Account) -> Option<String>) -> Users {
    accounts
        .iter()
        .filter_map(|account| Some((account.name.as_str(), secret(account)?)))
        .fold(users, |users, (name, secret)| {
            users.with(name, secret, Rights::READ_WRITE)
        })
}
