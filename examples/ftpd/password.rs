//! Password hashes: argon2id in the PHC string format, so that a configuration tells no password.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

/// Hashes a password with the recommended parameters and a random salt.
pub(crate) fn hash(password: &[u8]) -> Result<String, String> {
    let hash = Argon2::default()
        .hash_password(password)
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Takes tens of milliseconds, on purpose.
pub(crate) fn verify(hash: &[u8], password: &[u8]) -> bool {
    let Ok(hash) = str::from_utf8(hash) else {
        return false;
    };
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok())
}

/// Whether this is a hash at all.
pub(crate) fn check_hash(hash: &str) -> Result<(), String> {
    PasswordHash::new(hash)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hashed_password_is_accepted() {
        let hash = hash(b"secret").unwrap();
        assert!(check_hash(&hash).is_ok());
        assert!(verify(hash.as_bytes(), b"secret"));
        assert!(!verify(hash.as_bytes(), b"Secret"));
        assert!(!verify(b"not a hash", b"secret"));
        assert!(check_hash("not a hash").is_err());
    }
}
