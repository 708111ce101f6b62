//! `ftp doctor` names the causes of what doesn't work, and their cures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::process::{Command, Output};

use serde_json::Value;
use support::ftpd::Ftpd;

fn doctor(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ftp"))
        .args(["--timeout", "2", "doctor"])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn each_cause_is_named_with_its_cure() {
    for (options, more, finding) in [
        (
            &["--public-address", "192.168.1.100"][..],
            &[][..],
            "227 told the private address 192.168.1.100: the server is behind NAT and should \
             advertise its public address",
        ),
        (
            &["--no-passive"],
            &[],
            "EPSV is refused: the server has it turned off; active mode works",
        ),
        (
            &["--no-active"],
            &[],
            "PORT is refused: the server has it turned off; passive mode works",
        ),
        // This side listens where the server can't reach it.
        (
            &["--allow-foreign-data", "--data-timeout", "2"],
            &[
                "--active-ports",
                "40123-40123",
                "--active-address",
                "127.0.0.9",
            ],
            "the server could not reach this client at port 40123: a firewall or NAT on this \
             side; use passive mode",
        ),
    ] {
        let ftpd = Ftpd::start(options);
        let url = ftpd.place.url_with_account("");
        let shown = doctor(&[&[url.as_str()], more].concat());
        let text = String::from_utf8(shown.stdout).unwrap();
        assert!(shown.status.success(), "{options:?}: {text}");
        assert!(
            text.contains(&format!("finding   {finding}\n")),
            "{options:?}: {text}"
        );

        let shown = doctor(&[&[url.as_str(), "--json"], more].concat());
        let report: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let named = findings.iter().any(|it| {
            let part = |name: &str| it[name].as_str().unwrap().to_owned();
            format!("{}: {}", part("cause"), part("cure")) == finding
        });
        assert!(named, "{options:?}: {report}");
        for mode in report["modes"].as_array().unwrap() {
            assert!(
                mode["works"] == true || mode["advice"].is_string(),
                "{mode}"
            );
            assert_eq!(mode["works"] == true, mode["error"].is_null(), "{mode}");
        }
    }
}

#[test]
fn nothing_is_found_where_all_is_well() {
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let program = Command::new(support::ftpd::PROGRAM);
        let ftpd = Ftpd::start_by(program, listen, &[]);
        let host = listen.trim_end_matches(":0");
        let url = ftpd.place.url_with_account("").replace("127.0.0.1", host);
        let shown = doctor(&[&url, "--json"]);
        let report: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(report["findings"], Value::Array(Vec::new()), "{report}");
        let modes = report["modes"].as_array().unwrap();
        let family = if host.starts_with('[') {
            "IPv6"
        } else {
            "IPv4"
        };
        assert!(
            modes
                .iter()
                .all(|it| it["works"] == true && it["family"] == family),
            "{report}"
        );
        assert_eq!(
            modes.len(),
            if family == "IPv6" { 2 } else { 4 },
            "{report}"
        );
    }
}
