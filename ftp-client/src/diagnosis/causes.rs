//! The rules: which symptom has which cause, and which cure.

use core::net::{IpAddr, Ipv4Addr};
use std::io;

use ftp_proto::client::{DataMode, Timer};
use ftp_proto::session::DataFailure;

use super::Attempt;
use crate::error::ErrorKind;

/// A cause and its cure.
type Cause = (String, String);

/// How an attempt failed, as far as that tells something about data connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symptom {
    /// The server said no to the mode.
    Refused,
    /// The server had no port to listen on.
    NoPort,
    /// The server agreed, but not where.
    Unreadable,
    /// Somebody answered that nobody listens there.
    Closed,
    /// No connection came about.
    Silence,
    /// This side couldn't listen.
    CantListen,
    /// The control connection broke.
    Lost,
    /// It wasn't the data connection.
    Other,
}

/// What is wrong with the address of a 227, even if this client didn't use it.
pub(super) fn of_address(attempt: &Attempt) -> Option<Cause> {
    let (DataMode::Pasv, Some(told)) = (attempt.mode, attempt.told) else {
        return None;
    };
    let (told, server) = (told.ip(), attempt.server?.to_canonical());
    if told == server {
        return None;
    }
    Some(match inner(told) {
        Some(kind) => (
            format!("227 told the {kind} address {told}"),
            "the server is behind NAT and should advertise its public address".into(),
        ),
        None => (
            format!("227 told the address {told}, but the server is reached at {server}"),
            "the server should advertise the address that clients reach it at".into(),
        ),
    })
}

/// Why an attempt failed, if it did, given how the others went.
pub(super) fn of_failure(attempt: &Attempt, all: &[Attempt]) -> Option<Cause> {
    let mode = attempt.mode;
    let works = |mode| {
        all.iter()
            .any(|other| other.mode == mode && other.works() && other.family() == attempt.family())
    };
    let (sibling, other_way) = relatives(mode);
    let instead = if other_way.into_iter().any(works) {
        "works"
    } else {
        "may work"
    };
    let way = if mode.is_active() {
        "passive"
    } else {
        "active"
    };
    let port = attempt.told.map_or(0, |told| told.port());
    let (cause, cure) = match symptom(attempt)? {
        Symptom::Refused if works(sibling) => (
            format!("{mode} is refused; {sibling} works"),
            format!("nothing needs to be done, clients fall back to {sibling}"),
        ),
        Symptom::Refused => match attempt.told.and_then(|told| inner(told.ip())) {
            Some(kind)
                if mode.is_active() && attempt.server.is_some_and(|it| inner(it).is_none()) =>
            {
                (
                    format!("the server refuses this client's {kind} address, told by {mode}"),
                    "this client is behind NAT; use passive mode, or forward ports to it and \
                 advertise the public address"
                        .into(),
                )
            }
            _ => (
                format!("{mode} is refused"),
                format!("the server has it turned off; {way} mode {instead}"),
            ),
        },
        Symptom::NoPort => (
            format!("the server has no port to listen on for {mode}"),
            "the server should widen its range of passive ports".into(),
        ),
        Symptom::Unreadable => (
            format!("the server agrees to {mode}, but doesn't say where it listens"),
            "the server, or a router that rewrites its replies, is broken".into(),
        ),
        Symptom::Closed | Symptom::Silence if mode.is_active() => (
            format!("the server could not reach this client at port {port}"),
            "a firewall or NAT on this side; use passive mode".into(),
        ),
        Symptom::Closed | Symptom::Silence if works(sibling) => (
            format!("{mode} leads to no data connection; {sibling} works"),
            format!("a firewall on the way knows {sibling} and not {mode}; use {sibling}"),
        ),
        Symptom::Closed => (
            format!("nobody listens at the server's port {port}, which {mode} told"),
            format!(
                "the server's router should forward its passive ports to it, and its firewall let \
                 them in; active mode {instead}"
            ),
        ),
        Symptom::Silence => (
            format!("no data connection to the server's port {port} came about, which {mode} told"),
            format!(
                "a firewall drops it: the server's side should let its passive ports in, and this \
                 side let them out; active mode {instead}"
            ),
        ),
        Symptom::CantListen => (
            format!("this client could not listen for {mode}"),
            format!("no port is free in the range; widen it, or use {way} mode"),
        ),
        Symptom::Lost => (
            format!("the control connection broke during {mode}"),
            format!("the server, or a router on the way, doesn't bear {mode}; use another mode"),
        ),
        Symptom::Other => (
            format!("{mode} could not be tried: {}", attempt.error.as_ref()?),
            "this is not about the data connection; see what the server says".into(),
        ),
    };
    Some((cause, cure))
}

/// The mode of the same direction, and those of the other one.
const fn relatives(mode: DataMode) -> (DataMode, [DataMode; 2]) {
    const PASSIVE: [DataMode; 2] = [DataMode::Epsv, DataMode::Pasv];
    const ACTIVE: [DataMode; 2] = [DataMode::Eprt, DataMode::Port];
    match mode {
        DataMode::Pasv => (DataMode::Epsv, ACTIVE),
        DataMode::Eprt => (DataMode::Port, PASSIVE),
        DataMode::Port => (DataMode::Eprt, PASSIVE),
        _ => (DataMode::Pasv, ACTIVE),
    }
}

/// `None` if it worked.
fn symptom(attempt: &Attempt) -> Option<Symptom> {
    let error = attempt.error.as_ref()?;
    let code = error.code().map_or(0, |code| code.value());
    let asked = attempt.mode.is_active() || attempt.told.is_none();
    Some(match error.kind() {
        ErrorKind::Rejected => match code {
            425 if !attempt.mode.is_active() && attempt.told.is_none() => Symptom::NoPort,
            425 | 426 => Symptom::Silence,
            // The login, and the file.
            530..=539 | 450 | 550 => Symptom::Other,
            _ if asked => Symptom::Refused,
            _ => Symptom::Other,
        },
        ErrorKind::BadReply => Symptom::Unreadable,
        ErrorKind::Data(DataFailure::CantListen) => Symptom::CantListen,
        ErrorKind::Data(DataFailure::CantConnect) | ErrorKind::TimedOut(Timer::DataOpen) => {
            match error.io_error().map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => Symptom::Closed,
                _ => Symptom::Silence,
            }
        }
        ErrorKind::Closed => Symptom::Lost,
        _ => Symptom::Other,
    })
}

/// What an address is called that can't be reached from everywhere.
fn inner(ip: IpAddr) -> Option<&'static str> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => inner_v4(ip),
        IpAddr::V6(ip) if ip.is_loopback() => Some("loopback"),
        IpAddr::V6(ip) if ip.is_unspecified() => Some("unspecified"),
        IpAddr::V6(ip) if ip.is_unicast_link_local() => Some("link-local"),
        IpAddr::V6(ip) if ip.is_unique_local() => Some("private"),
        IpAddr::V6(_) => None,
    }
}

const fn inner_v4(ip: Ipv4Addr) -> Option<&'static str> {
    Some(match ip.octets() {
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => "private",
        [127, ..] => "loopback",
        [169, 254, ..] => "link-local",
        [0, ..] => "unspecified",
        [224..=239, ..] => "multicast",
        _ => return None,
    })
}
