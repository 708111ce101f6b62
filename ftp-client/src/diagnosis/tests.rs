//! What is seen, and what it is taken for.

use std::io;
use std::sync::Arc;

use ftp_proto::client::DataMode;
use ftp_proto::reply::{Reply, ReplyCode};
use ftp_proto::session::DataFailure;

use super::*;
use crate::error::{ErrorKind, Phase};

/// `MODE [SERVER [-> TOLD]]: outcome`
fn attempt(text: &str) -> Attempt {
    let (head, outcome) = text.split_once(": ").unwrap();
    let words: Vec<_> = head.split(' ').collect();
    let mode = match words[0] {
        "EPSV" => DataMode::Epsv,
        "PASV" => DataMode::Pasv,
        "EPRT" => DataMode::Eprt,
        _ => DataMode::Port,
    };
    let error = |kind| Error::new(kind, Phase::Transfer);
    let data = |failure| error(ErrorKind::Data(failure));
    Attempt {
        mode,
        server: words.get(1).map(|ip| ip.parse().unwrap()),
        told: words.get(3).map(|address| address.parse().unwrap()),
        error: match outcome {
            "works" => None,
            "timed out" => Some(data(DataFailure::CantConnect)),
            "nobody there" => Some(
                data(DataFailure::CantConnect)
                    .with_io(Some(Arc::new(io::ErrorKind::ConnectionRefused.into()))),
            ),
            "can't listen" => Some(data(DataFailure::CantListen)),
            "closed" => Some(error(ErrorKind::Closed)),
            "nonsense" => Some(error(ErrorKind::BadReply)),
            code => {
                let code = ReplyCode::new(code.parse().unwrap()).unwrap();
                Some(Error::rejected(Reply::new(code, "No"), Phase::Transfer))
            }
        },
    }
}

/// Attempts in one line, and the findings.
const TABLE: &[(&str, &[&str])] = &[
    (
        "EPSV 192.0.2.1 -> 192.0.2.1:5000: works, PASV 192.0.2.1 -> 192.0.2.1:5001: works",
        &[],
    ),
    // What 227 tells.
    (
        "PASV 203.0.113.1 -> 192.168.1.100:5000: works",
        &[
            "227 told the private address 192.168.1.100: the server is behind NAT and should advertise its public address",
        ],
    ),
    (
        "PASV 203.0.113.1 -> 127.0.0.1:5000: works",
        &[
            "227 told the loopback address 127.0.0.1: the server is behind NAT and should advertise its public address",
        ],
    ),
    (
        "PASV 203.0.113.1 -> 198.51.100.7:5000: works",
        &[
            "227 told the address 198.51.100.7, but the server is reached at 203.0.113.1: the server should advertise the address that clients reach it at",
        ],
    ),
    ("PASV 192.168.1.100 -> 192.168.1.100:5000: works", &[]),
    ("PASV ::ffff:192.0.2.1 -> 192.0.2.1:5000: works", &[]),
    (
        "PASV 203.0.113.1 -> 10.0.0.5:5000: timed out, PORT 203.0.113.1 -> 192.0.2.9:6000: works",
        &[
            "227 told the private address 10.0.0.5: the server is behind NAT and should advertise its public address",
            "no data connection to the server's port 5000 came about, which PASV told: a firewall drops it: the server's side should let its passive ports in, and this side let them out; active mode works",
        ],
    ),
    // Passive mode.
    (
        "EPSV 192.0.2.1: 500, PASV 192.0.2.1 -> 192.0.2.1:5000: works",
        &["EPSV is refused; PASV works: nothing needs to be done, clients fall back to PASV"],
    ),
    (
        "EPSV 192.0.2.1: 502, PASV 192.0.2.1: 502, EPRT 192.0.2.1 -> 192.0.2.9:6000: works",
        &[
            "EPSV is refused: the server has it turned off; active mode works",
            "PASV is refused: the server has it turned off; active mode works",
        ],
    ),
    (
        // What works over the other family is no help in this one.
        "EPSV 2001:db8::1: 522, PASV 192.0.2.1 -> 192.0.2.1:5000: works",
        &["EPSV is refused: the server has it turned off; active mode may work"],
    ),
    (
        "EPSV 192.0.2.1: 425",
        &[
            "the server has no port to listen on for EPSV: the server should widen its range of passive ports",
        ],
    ),
    (
        "EPSV 192.0.2.1: nonsense",
        &[
            "the server agrees to EPSV, but doesn't say where it listens: the server, or a router that rewrites its replies, is broken",
        ],
    ),
    (
        "EPSV 192.0.2.1 -> 192.0.2.1:5000: nobody there",
        &[
            "nobody listens at the server's port 5000, which EPSV told: the server's router should forward its passive ports to it, and its firewall let them in; active mode may work",
        ],
    ),
    (
        "EPSV 192.0.2.1 -> 192.0.2.1:5000: 425",
        &[
            "no data connection to the server's port 5000 came about, which EPSV told: a firewall drops it: the server's side should let its passive ports in, and this side let them out; active mode may work",
        ],
    ),
    (
        "EPSV 192.0.2.1 -> 192.0.2.1:5000: timed out, PASV 192.0.2.1 -> 192.0.2.1:5001: works",
        &[
            "EPSV leads to no data connection; PASV works: a firewall on the way knows PASV and not EPSV; use PASV",
        ],
    ),
    // Active mode.
    (
        "PORT 192.0.2.1 -> 192.0.2.9:6000: timed out",
        &[
            "the server could not reach this client at port 6000: a firewall or NAT on this side; use passive mode",
        ],
    ),
    (
        "EPRT 192.0.2.1 -> 192.0.2.9:6000: 425",
        &[
            "the server could not reach this client at port 6000: a firewall or NAT on this side; use passive mode",
        ],
    ),
    (
        "PORT 203.0.113.1 -> 192.168.1.9:6000: 501",
        &[
            "the server refuses this client's private address, told by PORT: this client is behind NAT; use passive mode, or forward ports to it and advertise the public address",
        ],
    ),
    (
        "PORT 192.168.1.1 -> 192.168.1.9:6000: 502, EPSV 192.168.1.1 -> 192.168.1.1:5000: works",
        &["PORT is refused: the server has it turned off; passive mode works"],
    ),
    (
        "EPRT 192.0.2.1 -> 192.0.2.9:6000: 500, PORT 192.0.2.1 -> 192.0.2.9:6001: works",
        &["EPRT is refused; PORT works: nothing needs to be done, clients fall back to PORT"],
    ),
    (
        "PORT 192.0.2.1: can't listen",
        &[
            "this client could not listen for PORT: no port is free in the range; widen it, or use passive mode",
        ],
    ),
    // What has nothing to do with it, or ends everything.
    (
        "EPSV 192.0.2.1: closed",
        &[
            "the control connection broke during EPSV: the server, or a router on the way, doesn't bear EPSV; use another mode",
        ],
    ),
    (
        "EPSV 192.0.2.1 -> 192.0.2.1:5000: 550",
        &[
            "EPSV could not be tried: transfer: refused: 550 No: this is not about the data connection; see what the server says",
        ],
    ),
];

#[test]
fn every_symptom_has_its_cause_and_cure() {
    for (seen, expected) in TABLE {
        let attempts: Vec<_> = seen.split(", ").map(attempt).collect();
        let findings: Vec<_> = diagnose(&attempts).iter().map(Finding::to_string).collect();
        assert_eq!(findings, *expected, "{seen}");
    }
}
