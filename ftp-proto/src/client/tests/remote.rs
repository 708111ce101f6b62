//! Transfers between two servers: introducing them, and waiting for their word.

use alloc::format;

use super::script::{OPEN, play_open, play_with};
use crate::client::ClientConfig;

fn config(peer: &str, foreign_data: bool) -> ClientConfig {
    ClientConfig {
        peer: peer.parse().ok(),
        foreign_data,
        ..ClientConfig::default()
    }
}

#[test]
fn only_the_servers_own_address_is_offered() {
    const EPSV: &str = "C: EPSV\nS: 500 What?\nC: PASV";
    let own = "S: 227 (192,0,2,1,156,64)\nE: offered 2 192.0.2.1:40000";
    let other = "S: 227 (198,51,100,7,156,64)";
    let failed = "E: failed 2 0 the address is not the server's own, 227";
    let told = "E: offered 2 198.51.100.7:40000";
    for (peer, foreign, dialogue) in [
        (
            "192.0.2.1:21",
            false,
            "C: EPSV\nS: 229 (|||40000|)\nE: offered 2 192.0.2.1:40000".into(),
        ),
        (
            "[::ffff:192.0.2.1]:21",
            false,
            "C: EPSV\nS: 229 (|||40000|)\nE: offered 2 192.0.2.1:40000".into(),
        ),
        (
            "[2001:db8::1]:21",
            false,
            "C: EPSV\nS: 229 (|||40000|)\nE: offered 2 [2001:db8::1]:40000".into(),
        ),
        (
            "[2001:db8::1]:21",
            false,
            "C: EPSV\nS: 500 What?\nE: rejected 2 500".into(),
        ),
        ("192.0.2.1:21", false, format!("{EPSV}\n{own}")),
        ("192.0.2.1:21", false, format!("{EPSV}\n{other}\n{failed}")),
        ("192.0.2.1:21", true, format!("C: PASV\n{other}\n{told}")),
        // A port of another service, on whichever host.
        (
            "192.0.2.1:21",
            false,
            format!("{EPSV}\nS: 227 (192,0,2,1,0,25)\n{failed}"),
        ),
        (
            "192.0.2.1:21",
            true,
            format!("C: PASV\nS: 227 (198,51,100,7,0,25)\n{failed}"),
        ),
        (
            "192.0.2.1:21",
            false,
            format!("{EPSV}\nS: 227 Somewhere\nE: failed 2 0 can't connect, 227"),
        ),
        (
            "192.0.2.1:21",
            false,
            "C: EPSV\nS: 530 Log in\nE: rejected 2 530".into(),
        ),
        // Who isn't known has no address of their own.
        (
            "",
            false,
            format!("C: EPSV\nS: 229 (|||40000|)\nC: PASV\n{other}\n{failed}"),
        ),
        ("", true, format!("C: PASV\n{other}\n{told}")),
    ] {
        play_with(
            config(peer, foreign),
            &format!("{OPEN}\nU: offer\n{dialogue}"),
        );
    }
}

#[test]
fn a_server_is_aimed_at_another_one() {
    play_open(
        "
        U: aim 192.0.2.1:40000
        C: PORT 192,0,2,1,156,64
        S: 200 Done
        E: answered 2 200
        U: aim 192.0.2.1:40000
        C: PORT 192,0,2,1,156,64
        S: 502 What?
        C: EPRT |1|192.0.2.1|40000|
        S: 200 Done
        E: answered 3 200
        U: aim [2001:db8::1]:40000
        C: EPRT |2|2001:db8::1|40000|
        S: 504 Only to you
        E: rejected 4 504
    ",
    );
}

#[test]
fn a_remote_transfer_ends_with_its_reply() {
    play_open(
        "
        U: get f remote
        C: RETR f
        T: 3600
        E: broken 2: timed out: reply
        A: close control
        E: closed, no reply
    ",
    );
    play_open(
        "
        U: get f remote
        C: RETR f
        S: 150 Here it goes
        E: begun 2 150
        T: 3600
        S: 226 Done
        E: transferred 2 0 226
        U: put f remote
        C: STOR f
        S: 425 Nobody there
        E: rejected 3 425
        U: put f remote
        C: STOR f
        S: 150 Here it comes
        E: begun 4 150
        U: abandon
        C: ABOR
        S: 426 Cut
        S: 226 Stopped
        E: aborted 4 0
    ",
    );
}
