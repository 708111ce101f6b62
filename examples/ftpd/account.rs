//! An account of the settings: `NAME:PASSWORD`, or a table of the TOML file.
//!
//! No error tells a value, since it may be a password.

use core::fmt;
use core::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use toml::Value;

use crate::password::check_hash;

/// A user with a password, or with the hash of one.
#[derive(Clone)]
pub(crate) struct Account {
    /// The name.
    pub(crate) name: String,
    /// The password, or the hash of it.
    pub(crate) secret: Secret,
}

/// What a password is compared with.
#[derive(Clone)]
pub(crate) enum Secret {
    /// The password.
    Plain(String),
    /// What `ftpd hash-password` printed for it.
    Hashed(String),
}

/// Reads the accounts of a file: a list, or a single one.
pub(crate) fn accounts<'de, D: Deserializer<'de>>(file: D) -> Result<Vec<Account>, D::Error> {
    let accounts = match Value::deserialize(file)? {
        Value::Array(items) => items.into_iter().map(Account::try_from).collect(),
        item => Account::try_from(item).map(|account| vec![account]),
    };
    accounts.map_err(D::Error::custom)
}

impl FromStr for Account {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, password) = text.split_once(':').ok_or("expected NAME:PASSWORD")?;
        if name.is_empty() {
            return Err("the name is empty");
        }
        Ok(Self {
            name: name.into(),
            secret: Secret::Plain(password.into()),
        })
    }
}

impl TryFrom<Value> for Account {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let table = match value {
            Value::Table(table) => table,
            Value::String(text) => return Ok(text.parse::<Self>()?),
            _ => return Err("a user is a table or NAME:PASSWORD".into()),
        };
        let (mut name, mut password, mut hash) = (None, None, None);
        for (key, value) in table {
            let field = match key.as_str() {
                "name" => &mut name,
                "password" => &mut password,
                "password-hash" => &mut hash,
                _ => {
                    return Err(format!(
                        "a user has name, password and password-hash, but no {key}"
                    ));
                }
            };
            let Value::String(text) = value else {
                return Err(format!("the {key} of a user is text in quotes"));
            };
            *field = Some(text);
        }
        let name = name
            .filter(|name| !name.is_empty())
            .ok_or("a user needs a name")?;
        let secret = match (password, hash) {
            (Some(password), None) => Secret::Plain(password),
            (None, Some(hash)) => {
                check_hash(&hash)
                    .map_err(|error| format!("user {name}: bad password-hash: {error}"))?;
                Secret::Hashed(hash)
            }
            _ => {
                return Err(format!(
                    "user {name}: give either password or password-hash"
                ));
            }
        };
        Ok(Self { name, secret })
    }
}

/// Without the password.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_told_on_the_command_line_or_in_a_table() {
        for text in [
            r#"name = "alice", password = "hunter2""#,
            r#"password = "hunter2", name = "alice""#,
        ] {
            let table: Value = toml::from_str(&text.replace(", ", "\n")).unwrap();
            let account = Account::try_from(table).unwrap();
            assert_eq!(account.name, "alice", "{text}");
            assert!(matches!(account.secret, Secret::Plain(password) if password == "hunter2"));
        }
        let account = Account::try_from(Value::from("alice:hunter2")).unwrap();
        assert_eq!(account.name, "alice");
    }

    #[test]
    fn what_is_no_account_is_refused_without_telling_the_password() {
        for bad in [
            r#"x = "hunter2""#,
            r#"x = ":hunter2""#,
            "x = 7",
            r#"x = { name = "alice" }"#,
            r#"x = { password = "hunter2" }"#,
            r#"x = { name = "", password = "hunter2" }"#,
            r#"x = { name = "alice", password = ["hunter2"] }"#,
            r#"x = { name = "alice", hash = "hunter2" }"#,
            r#"x = { name = "alice", password-hash = "hunter2" }"#,
            r#"x = { name = "alice", password = "hunter2", password-hash = "hunter2" }"#,
        ] {
            let mut table: toml::Table = toml::from_str(bad).unwrap();
            let refusal = Account::try_from(table.remove("x").unwrap()).unwrap_err();
            assert!(!refusal.contains("hunter2"), "{bad}: {refusal}");
        }
        assert!("alice".parse::<Account>().is_err());
        assert!(":x".parse::<Account>().is_err());
    }
}
