//! Arranging data connections: EPSV, PASV, EPRT, PORT, and from one to the next.

use alloc::format;
use core::net::SocketAddr;

use super::script::{OPEN, play_open, play_with};
use crate::addr::AddressPolicy;
use crate::client::ClientConfig;

fn with_peer(peer: &str) -> ClientConfig {
    ClientConfig {
        peer: Some(peer.parse::<SocketAddr>().unwrap()),
        ..ClientConfig::default()
    }
}

#[test]
fn a_refused_epsv_is_followed_by_pasv_and_not_tried_again() {
    for code in ["500", "501", "502", "504", "522"] {
        play_open(&format!(
            "
            U: get f
            C: EPSV
            S: {code} What?
            E: fell back 2 EPSV to PASV, {code}
            C: PASV
            S: 227 (192,0,2,1,156,64)
            A: dial host:40000
            D: connected
            C: RETR f
            S: 550 No
            A: close Reset
            E: rejected 2 550
            U: get f
            C: PASV
        "
        ));
    }
}

#[test]
fn what_was_refused_for_now_is_tried_again() {
    play_open(
        "
        U: get f EPSV PASV
        C: EPSV
        S: 425 Not now
        E: fell back 2 EPSV to PASV, 425
        C: PASV
        S: 425 Not now
        E: rejected 2 425
        U: get f
        C: EPSV
    ",
    );
}

#[test]
fn who_is_not_logged_in_is_not_helped_by_another_way() {
    play_open(
        "
        U: get f
        C: EPSV
        S: 530 Log in first
        E: rejected 2 530
        U: get f
        C: EPSV
    ",
    );
}

#[test]
fn a_connection_that_fails_is_followed_by_the_next_way() {
    play_open(
        "
        U: get f EPSV PASV EPRT
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: failed can't connect
        E: fell back 2 EPSV to PASV, no reply
        C: PASV
        S: 227 (192,0,2,1,156,65)
        A: dial host:40001
        T: 20
        A: close Reset
        E: fell back 2 PASV to EPRT, no reply
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 150 Here I come
        E: begun 2 150
        D: connected
        A: run Receive I
    ",
    );
}

#[test]
fn when_no_way_is_left_the_last_trouble_is_told() {
    play_open(
        "
        U: get f
        C: EPSV
        S: 500 What?
        E: fell back 2 EPSV to PASV, 500
        C: PASV
        S: 502 What?
        E: rejected 2 502
    ",
    );
    play_open(
        "
        U: get f EPSV
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: failed can't connect
        E: failed 2 0 can't connect, no reply
    ",
    );
    play_open(
        "
        U: get f nowhere
        E: failed 2 0 can't connect, no reply
    ",
    );
}

#[test]
fn when_all_ways_are_known_to_fail_they_are_tried_again() {
    play_open(
        "
        U: get f
        C: EPSV
        S: 500 What?
        E: fell back 2 EPSV to PASV, 500
        C: PASV
        S: 502 What?
        E: rejected 2 502
        U: get f
        C: EPSV
    ",
    );
}

#[test]
fn an_address_that_cannot_be_read_is_as_good_as_none() {
    for text in ["229 Entering", "229 (|||0|)", "229 (|||65536|)", "200 Fine"] {
        play_open(&format!(
            "
            U: get f
            C: EPSV
            S: {text}
            E: fell back 2 EPSV to PASV, {code}
            C: PASV
            S: 227 (1,2,3)
            E: failed 2 0 can't connect, 227
        ",
            code = &text[..3]
        ));
    }
}

#[test]
fn a_227_answers_epsv_too() {
    play_open(
        "
        U: get f
        C: EPSV
        S: 227 (192,0,2,1,156,64)
        A: dial host:40000
    ",
    );
}

#[test]
fn the_address_of_a_227_counts_only_by_policy() {
    let with_policy = |passive_address| ClientConfig {
        passive_address,
        ..with_peer("192.0.2.1:21")
    };
    let advertised = with_policy(AddressPolicy::Advertised);
    let smart = with_policy(AddressPolicy::Smart);
    let fixed = with_policy(AddressPolicy::function(|_, _| {
        "[2001:db8::7]:5".parse().ok()
    }));
    for (config, octets, target) in [
        (with_peer("192.0.2.1:21"), "198,51,100,7", "host:40000"),
        (advertised.clone(), "198,51,100,7", "198.51.100.7:40000"),
        (advertised, "169,254,169,254", "host:40000"),
        (smart.clone(), "198,51,100,7", "198.51.100.7:40000"),
        (smart, "192,168,1,100", "host:40000"),
        (fixed, "192,0,2,1", "[2001:db8::7]:5"),
    ] {
        play_with(
            config,
            &format!(
                "
            {OPEN}
            U: get f PASV
            C: PASV
            S: 227 ({octets},156,64)
            A: dial {target}
        "
            ),
        );
    }
}

#[test]
fn an_ipv6_peer_is_never_asked_for_ipv4() {
    play_with(
        with_peer("[2001:db8::1]:21"),
        &format!(
            "
        {OPEN}
        U: get f EPSV PASV PORT EPRT
        C: EPSV
        S: 500 What?
        E: fell back 2 EPSV to EPRT, 500
        A: listen Ipv6
        D: listening [2001:db8::9]:5000
        A: accept 2001:db8::1
        C: EPRT |2|2001:db8::9|5000|
    "
        ),
    );
}

#[test]
fn active_transfers_admit_the_server_alone() {
    play_with(
        with_peer("192.0.2.1:21"),
        &format!(
            "
        {OPEN}
        U: get f active
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept 192.0.2.1
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 150 Here I come
        E: begun 2 150
        D: connected 198.51.100.7:20
        A: close Reset
        S: 425 Nobody there
        E: rejected 2 425
    "
        ),
    );
    let open = ClientConfig {
        foreign_data: true,
        ..with_peer("192.0.2.1:21")
    };
    play_with(
        open,
        &format!(
            "
        {OPEN}
        U: get f active
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 150 Here I come
        E: begun 2 150
        D: connected 198.51.100.7:20
        A: run Receive I
    "
        ),
    );
}

#[test]
fn a_refused_eprt_is_followed_by_port() {
    play_open(
        "
        U: put f active
        A: listen Ipv4
        D: listening [::ffff:192.0.2.9]:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 500 What?
        A: close Reset
        E: fell back 2 EPRT to PORT, 500
        A: listen Ipv4
        D: listening 192.0.2.9:5001
        A: accept anyone
        C: PORT 192,0,2,9,19,137
        S: 200 Done
        C: STOR f
        D: connected
        S: 125 Go on
        E: begun 2 125
        A: run Send I
    ",
    );
}

#[test]
fn a_listener_that_cannot_be_had_is_the_next_ways_turn() {
    play_open(
        "
        U: get f EPRT EPSV
        A: listen Ipv4
        D: failed can't listen
        E: fell back 2 EPRT to EPSV, no reply
        C: EPSV
    ",
    );
    play_open(
        "
        U: get f EPRT EPSV
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        D: failed can't listen
        S: 200 Done
        E: fell back 2 EPRT to EPSV, no reply
        C: EPSV
    ",
    );
    // PORT can't carry an IPv6 address.
    play_open(
        "
        U: get f PORT
        A: listen Ipv4
        D: listening [2001:db8::9]:5000
        A: close Reset
        E: failed 2 0 can't listen, no reply
    ",
    );
}

#[test]
fn the_server_may_connect_before_it_answers() {
    play_open(
        "
        U: get f active
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        D: connected
        S: 200 Done
        C: RETR f
        S: 125 Here it comes
        E: begun 2 125
        A: run Receive I
    ",
    );
}

#[test]
fn a_server_that_does_not_connect_is_waited_for_by_its_reply() {
    play_open(
        "
        U: get f active
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 150 Here I come
        E: begun 2 150
        T: 20
        A: close Reset
        S: 425 Nobody there
        E: rejected 2 425
        U: get f EPRT EPSV
        C: EPSV
    ",
    );
    play_open(
        "
        U: get f active
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 226 Done
        T: 20
        A: close Reset
        E: failed 2 0 can't connect, 226
    ",
    );
}

#[test]
fn a_server_that_cannot_connect_is_asked_in_another_way_next_time() {
    play_open(
        "
        U: get f EPRT EPSV
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        S: 200 Done
        C: RETR f
        S: 425 Nobody there
        A: close Reset
        E: rejected 2 425
        U: get f EPRT EPSV
        C: EPSV
    ",
    );
}

#[test]
fn a_listener_needs_no_connection_before_the_server_was_told() {
    play_open(
        "
        U: get f active
        A: listen Ipv4
        T: 19
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
        T: 29
        S: 200 Done
        C: RETR f
        S: 150 Here I come
        E: begun 2 150
        T: 19
        D: connected
        A: run Receive I
    ",
    );
}

#[test]
fn a_connection_that_ends_elsewhere_than_it_was_dialled_to_is_given_up() {
    for (peer, then) in [
        ("192.0.2.1:40000", "C: RETR f"),
        ("192.0.2.1:9", "C: RETR f"),
        (
            "198.51.100.7:40000",
            "A: close Reset
            E: failed 2 0 can't connect, no reply",
        ),
    ] {
        play_with(
            with_peer("192.0.2.1:21"),
            &format!(
                "
            {OPEN}
            U: get f EPSV
            C: EPSV
            S: 229 (|||40000|)
            A: dial host:40000
            D: connected {peer}
            {then}
        "
            ),
        );
    }
}

#[test]
fn a_server_that_lists_pret_is_told_of_the_transfer_before_it_listens() {
    const FEAT: &str = "
        U: command FEAT
        C: FEAT
        S| 211-Features⏎ PRET⏎211 End⏎
        E: answered 2 211
    ";
    play_open(&format!(
        "
        {FEAT}
        U: get f
        C: PRET RETR f
        S: 200 Fine
        C: EPSV
        S: 500 What?
        E: fell back 3 EPSV to PASV, 500
        C: PRET RETR f
        S: 200 Fine
        C: PASV
        S: 227 (192,0,2,1,156,64)
        A: dial host:40000
        D: connected
        C: RETR f
        S: 550 No
        A: close Reset
        E: rejected 3 550
        U: list EPRT
        A: listen Ipv4
        D: listening 192.0.2.9:5000
        A: accept anyone
        C: EPRT |1|192.0.2.9|5000|
    "
    ));
    // What PRET refuses is the transfer.
    play_open(&format!(
        "
        {FEAT}
        U: get f
        C: PRET RETR f
        S: 550 No such file
        E: rejected 3 550
        U: list
        C: PRET LIST
    "
    ));
    // One that doesn't know it after all.
    play_open(&format!(
        "
        {FEAT}
        U: get f
        C: PRET RETR f
        S: 502 What?
        C: EPSV
        S: 229 (|||40000|)
        A: dial host:40000
        D: failed can't connect
        E: fell back 3 EPSV to PASV, no reply
        C: PASV
    "
    ));
}
