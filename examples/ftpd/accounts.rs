//! The accounts of the settings as an authenticator.

use ftp_server::auth::{Anonymous, Chain, Login, Rights, Users};

use crate::account::{Account, Secret};
use crate::password;
use crate::settings::Settings;

/// Lets in whom the settings name. Hashing is slow on purpose, so those who have a plain password
/// don't wait for it.
pub(crate) fn authenticator(settings: &Settings) -> Chain {
    let plain = table(Users::new(), &settings.user, |secret| match secret {
        Secret::Plain(password) => Some(password),
        Secret::Hashed(_) => None,
    });
    let hashed = |account: &Account| matches!(account.secret, Secret::Hashed(_));
    let mut chain = Chain::new(plain);
    if settings.user.iter().any(hashed) {
        let users = Users::with_verifier(password::verify);
        chain = chain.or(table(users, &settings.user, |secret| match secret {
            Secret::Plain(_) => None,
            Secret::Hashed(hash) => Some(hash),
        }));
    }
    if settings.anonymous_write {
        chain.or(Anonymous::new(Login::new("anonymous", Rights::READ_WRITE)))
    } else if settings.lets_anonymous_in() {
        chain.or(Anonymous::read_only())
    } else {
        chain
    }
}

/// Adds the accounts that have a secret of one kind.
fn table(users: Users, accounts: &[Account], kind: impl Fn(&Secret) -> Option<&String>) -> Users {
    accounts
        .iter()
        .filter_map(|account| Some((account, kind(&account.secret)?)))
        .fold(users, |users, (account, secret)| {
            users.with(&account.name, secret.as_str(), Rights::READ_WRITE)
        })
}
