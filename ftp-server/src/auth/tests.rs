use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::io;

use super::*;

async fn attempt(by: &dyn Authenticator, user: &[u8], password: &[u8]) -> Result<String, String> {
    let user = Argument::new(user).unwrap();
    let password = Secret::new(Argument::new(password).unwrap());
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40000));
    let answer = by.authenticate(&Attempt::new(&user, &password, peer)).await;
    answer
        .map(|login| login.name)
        .map_err(|error| error.to_string())
}

fn denied() -> Result<String, String> {
    Err(AuthError::Denied.to_string())
}

/// Accounts that can't be asked.
struct Broken;

#[async_trait]
impl Authenticator for Broken {
    async fn authenticate(&self, _: &Attempt<'_>) -> Result<Login, AuthError> {
        Err(AuthError::Unavailable(Box::new(io::Error::from(
            io::ErrorKind::NotConnected,
        ))))
    }
}

#[tokio::test]
async fn users_log_in_with_their_own_password_alone() {
    let users = Users::new()
        .with("alice", "wonderland", Rights::READ_WRITE)
        .with("bob", "", Rights::READ_ONLY)
        .with("carol", &b"caf\xe9"[..], Rights::NONE);
    for (user, password, welcome) in [
        (&b"alice"[..], &b"wonderland"[..], true),
        (b"alice", b"wonderlan", false),
        (b"alice", b"wonderlandx", false),
        (b"alice", b"Wonderland", false),
        (b"alice", b"", false),
        (b"Alice", b"wonderland", false),
        (b"mallory", b"wonderland", false),
        (b"", b"", false),
        (b"bob", b"", true),
        (b"bob", b"x", false),
        (b"bob", b"wonderland", false),
        (b"carol", b"caf\xe9", true),
        (b"carol", "café".as_bytes(), false),
    ] {
        let answer = attempt(&users, user, password).await;
        assert_eq!(
            answer.is_ok(),
            welcome,
            "{} {}",
            user.escape_ascii(),
            password.escape_ascii()
        );
    }
}

#[tokio::test]
async fn trailing_zeros_are_not_ignored() {
    assert!(!users::equal(b"abc", b"abc\0"));
    assert!(!users::equal(b"abc\0", b"abc"));
}

#[tokio::test]
async fn a_table_without_users_lets_nobody_in() {
    assert_eq!(attempt(&Users::new(), b"", b"").await, denied());
}

#[tokio::test]
async fn a_verifier_is_asked_once_for_known_and_unknown_users_alike() {
    let asked = Arc::new(AtomicUsize::new(0));
    let users = Users::with_verifier({
        let asked = Arc::clone(&asked);
        move |stored, given| {
            asked.fetch_add(1, Ordering::Relaxed);
            stored.strip_prefix(b"hash of ") == Some(given)
        }
    })
    .with("alice", "hash of wonderland", Rights::READ_WRITE);
    for (user, password, answer) in [
        ("alice", "wonderland", Ok("alice".to_owned())),
        ("alice", "hash of wonderland", denied()),
        ("mallory", "wonderland", denied()),
    ] {
        let before = asked.load(Ordering::Relaxed);
        let got = attempt(&users, user.as_bytes(), password.as_bytes()).await;
        assert_eq!(got, answer, "{user} {password}");
        assert_eq!(
            asked.load(Ordering::Relaxed),
            before + 1,
            "{user} {password}"
        );
    }
}

#[tokio::test]
async fn a_verifier_that_panics_is_unavailable() {
    let users = Users::with_verifier(|_, _| panic!("no")).with("a", "", Rights::NONE);
    let answer = attempt(&users, b"a", b"").await;
    assert_ne!(answer, denied());
    assert!(answer.is_err());
}

#[tokio::test]
async fn guests_have_two_names_and_any_password() {
    let guests = Anonymous::read_only();
    for (user, welcome) in [
        ("anonymous", true),
        ("Anonymous", true),
        ("FTP", true),
        ("ftpx", false),
        ("", false),
    ] {
        let answer = attempt(&guests, user.as_bytes(), b"me@example.org").await;
        assert_eq!(answer.is_ok(), welcome, "{user}");
    }
}

#[tokio::test]
async fn the_first_link_of_a_chain_that_agrees_decides() {
    let alice = || Users::new().with("alice", "a", Rights::READ_ONLY);
    let unavailable = attempt(&Broken, b"", b"").await;
    for (what, chain, user, answer) in [
        (
            "first",
            Chain::new(alice()).or(Broken),
            "alice",
            Ok("alice".to_owned()),
        ),
        (
            "second",
            Chain::new(Broken).or(alice()),
            "alice",
            Ok("alice".to_owned()),
        ),
        (
            "none",
            Chain::new(alice()).or(Anonymous::read_only()),
            "bob",
            denied(),
        ),
        (
            "unknown",
            Chain::new(Broken).or(alice()),
            "bob",
            unavailable.clone(),
        ),
        (
            "unknown",
            Chain::new(alice()).or(Broken),
            "bob",
            unavailable,
        ),
    ] {
        assert_eq!(
            attempt(&chain, user.as_bytes(), b"a").await,
            answer,
            "{what}"
        );
    }
}

#[test]
fn debug_output_tells_no_password() {
    let users = Users::new().with("alice", "wonderland", Rights::READ_WRITE);
    let output = format!("{users:?} {users:#?}");
    assert!(output.contains("alice"), "{output}");
    assert!(!output.contains("wonderland"), "{output}");
    assert!(!output.contains("119"), "as numbers: {output}");
}
