//! The settings of `ftpd`: one struct that the command line and the TOML file both fill.
//!
//! Every option of the command line is a key of the file with the same name, without the dashes in
//! front. What the command line says wins.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::num::NonZeroUsize;
use core::ops::RangeInclusive;
use core::str::FromStr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ftp_server::IpNet;
use serde::Deserialize;

use crate::account::{self, Account};
use crate::public_address::Public;

/// What `ftpd` shall do; `None` and empty mean that nothing was said.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// The directory to serve [default: the current one]
    pub(crate) root: Option<PathBuf>,

    /// Listen here; repeatable, port 0 picks one [default: 127.0.0.1:2121]
    #[arg(long, value_name = "ADDR:PORT", value_parser = socket_address)]
    pub(crate) listen: Vec<SocketAddr>,

    /// An account with read-write access; repeatable
    #[arg(long, value_name = "NAME:PASSWORD")]
    #[serde(deserialize_with = "account::accounts")]
    pub(crate) user: Vec<Account>,

    /// Let anonymous in, read-only [default: if there is no --user]
    #[arg(long)]
    pub(crate) anonymous: bool,

    /// Let anonymous in, with write access
    #[arg(long)]
    pub(crate) anonymous_write: bool,

    /// The ports of passive data connections [default: any]
    #[arg(long, value_name = "LOW-HIGH")]
    pub(crate) passive_ports: Option<Ports>,

    /// Let many sessions wait at one passive port, told apart by client address: for few ports
    #[arg(long)]
    pub(crate) share_passive_ports: bool,

    /// The address that 227 tells, behind a NAT; names and what a web server answers to an http://
    /// URL are looked up every 5 minutes [default: that of the control connection]
    #[arg(long, value_name = "IP|NAME|URL")]
    pub(crate) public_address: Option<Public>,

    /// Refuse PORT and EPRT
    #[arg(long)]
    pub(crate) no_active: bool,

    /// Refuse PASV and EPSV
    #[arg(long)]
    pub(crate) no_passive: bool,

    /// The source port of active data connections, such as 20 [default: any]
    #[arg(long, value_name = "PORT")]
    pub(crate) active_port: Option<u16>,

    /// Let data connections go to and come from other hosts than the client
    #[arg(long)]
    pub(crate) allow_foreign_data: bool,

    /// Seconds between two commands; 0 for no limit [default: 300]
    #[arg(long, value_name = "S")]
    pub(crate) idle_timeout: Option<u64>,

    /// Seconds from the connection to the login; 0 for no limit [default: 60]
    #[arg(long, value_name = "S")]
    pub(crate) login_timeout: Option<u64>,

    /// Seconds that a data connection may take to come, or stand still; 0 for no limit
    /// [default: 30 to come, 120 standing still]
    #[arg(long, value_name = "S")]
    pub(crate) data_timeout: Option<u64>,

    /// Sessions at once [default: 4096]
    #[arg(long, value_name = "N")]
    pub(crate) max_sessions: Option<NonZeroUsize>,

    /// Sessions at once from one address [default: as many as in all]
    #[arg(long, value_name = "N")]
    pub(crate) max_sessions_per_ip: Option<NonZeroUsize>,

    /// Failed logins until a session is closed [default: 3]
    #[arg(long, value_name = "N")]
    pub(crate) max_login_attempts: Option<u32>,

    /// Expect a PROXY protocol header (v1 or v2) in front of each control connection
    #[arg(long)]
    pub(crate) proxy_protocol: bool,

    /// Expect one in front of each passive data connection
    #[arg(long)]
    pub(crate) proxy_data: bool,

    /// Take such headers from here alone; repeatable, 0.0.0.0/0 and ::/0 for everywhere [default:
    /// from this machine and private networks]
    #[arg(long, value_name = "NETWORK")]
    pub(crate) proxy_trusted: Vec<Network>,

    /// Where files live [default: fs]
    #[arg(long, value_enum)]
    pub(crate) backend: Option<Backend>,
}

impl Settings {
    /// Reads the settings of a TOML file.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        toml::from_str(&text).map_err(|error| {
            // Without the line itself, as the error would show it: there may be a password in it.
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count().saturating_add(1));
            format!("{}:{line}: {}", file.display(), error.message())
        })
    }

    /// These settings, and those of `file` where nothing is said here.
    pub(crate) fn over(self, file: Self) -> Self {
        fn first<T>(here: Vec<T>, there: Vec<T>) -> Vec<T> {
            if here.is_empty() { there } else { here }
        }
        Self {
            root: self.root.or(file.root),
            listen: first(self.listen, file.listen),
            user: first(self.user, file.user),
            anonymous: self.anonymous || file.anonymous,
            anonymous_write: self.anonymous_write || file.anonymous_write,
            passive_ports: self.passive_ports.or(file.passive_ports),
            share_passive_ports: self.share_passive_ports || file.share_passive_ports,
            public_address: self.public_address.or(file.public_address),
            no_active: self.no_active || file.no_active,
            no_passive: self.no_passive || file.no_passive,
            active_port: self.active_port.or(file.active_port),
            allow_foreign_data: self.allow_foreign_data || file.allow_foreign_data,
            idle_timeout: self.idle_timeout.or(file.idle_timeout),
            login_timeout: self.login_timeout.or(file.login_timeout),
            data_timeout: self.data_timeout.or(file.data_timeout),
            max_sessions: self.max_sessions.or(file.max_sessions),
            max_sessions_per_ip: self.max_sessions_per_ip.or(file.max_sessions_per_ip),
            max_login_attempts: self.max_login_attempts.or(file.max_login_attempts),
            proxy_protocol: self.proxy_protocol || file.proxy_protocol,
            proxy_data: self.proxy_data || file.proxy_data,
            proxy_trusted: first(self.proxy_trusted, file.proxy_trusted),
            backend: self.backend.or(file.backend),
        }
    }

    /// Where to listen.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        if self.listen.is_empty() {
            vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 2121))]
        } else {
            self.listen.clone()
        }
    }

    /// Whether anonymous may log in.
    pub(crate) fn lets_anonymous_in(&self) -> bool {
        self.anonymous || self.anonymous_write || self.user.is_empty()
    }
}

fn socket_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "expected an address and a port, such as 0.0.0.0:2121 or [::]:2121")
}

/// A range of ports, both ends included.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Ports(pub(crate) RangeInclusive<u16>);

impl FromStr for Ports {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (low, high) = text.split_once('-').ok_or("expected LOW-HIGH")?;
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|&port| port > 0);
        match (port(low), port(high)) {
            (Some(low), Some(high)) if low <= high => Ok(Self(low..=high)),
            _ => Err("expected two ports from 1 to 65535, the lower one first"),
        }
    }
}

impl TryFrom<String> for Ports {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A network such as 10.0.0.0/8, or one address.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct Network(pub(crate) IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = text
            .parse()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network
            .map(Self)
            .map_err(|_| "expected a network such as 10.0.0.0/8, or an address")
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Where files live.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Backend {
    /// In the directory ROOT
    Fs,
    /// In memory, gone at the end
    Memory,
}

/// What the help says of the file.
pub(crate) const FILE_HELP: &str = r#"A TOML file has the same names, and lists for what is repeatable:

root = "/srv/ftp"
listen = ["0.0.0.0:21", "[::]:21"]
passive-ports = "50000-50999"
idle-timeout = 600
no-active = true

[[user]]
name = "alice"
password = "secret"

[[user]]
name = "bob"
password-hash = "HASH"  # what `ftpd hash-password` prints"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file: Settings = toml::from_str(
            r#"
            root = "/srv/ftp"
            listen = ["[::1]:21"]
            passive-ports = "3000-3009"
            idle-timeout = 5
            no-active = true
            proxy-trusted = ["10.0.0.0/8", "::1"]
            [[user]]
            name = "alice"
            password = "secret"
            "#,
        )
        .unwrap();
        let line = Settings {
            idle_timeout: Some(7),
            ..Settings::default()
        };
        let both = line.over(file);
        assert_eq!(both.idle_timeout, Some(7));
        assert_eq!(both.root, Some("/srv/ftp".into()));
        assert_eq!(both.addresses(), ["[::1]:21".parse().unwrap()]);
        assert_eq!(both.passive_ports.as_ref().unwrap().0, 3000..=3009);
        assert!(both.no_active);
        let trusted: Vec<_> = both
            .proxy_trusted
            .iter()
            .map(|it| it.0.to_string())
            .collect();
        assert_eq!(trusted, ["10.0.0.0/8", "::1/128"]);
        assert!(!both.lets_anonymous_in());
    }

    #[test]
    fn the_file_in_the_help_can_be_read() {
        let (_, file) = FILE_HELP.split_once("\n\n").unwrap();
        let hash = crate::password::hash(b"secret").unwrap();
        let settings: Settings = toml::from_str(&file.replace("HASH", &hash)).unwrap();
        assert_eq!(settings.addresses().len(), 2);
        assert_eq!(settings.user.len(), 2);
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_no_password() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listen = []\nuser = \"alice-hunter2\"\n").unwrap();
        let refusal = Settings::read(file.path()).unwrap_err();
        assert!(refusal.contains(":2: "), "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
        for bad in [
            "user = [7, \"alice:hunter2\"]",
            "user = [\"alice:hunter2\"",
            "[[user]]\nname = \"alice\"\npassword = \"hunter2",
        ] {
            std::fs::write(file.path(), bad).unwrap();
            let refusal = Settings::read(file.path()).unwrap_err();
            assert!(!refusal.contains("hunter2"), "{bad}: {refusal}");
        }
    }

    #[test]
    fn nothing_said_is_anonymous_on_the_local_host() {
        let nothing = Settings::default();
        assert!(nothing.lets_anonymous_in());
        assert_eq!(nothing.addresses(), ["127.0.0.1:2121".parse().unwrap()]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "unknown = 1",
            "passive-ports = \"9-3\"",
            "passive-ports = \"0-3\"",
            "idle-timeout = -1",
            "max-sessions = 0",
            "backend = \"tape\"",
            "proxy-trusted = [\"10.0.0.0/33\"]",
            "public-address = \"https://ip.example.org\"",
        ] {
            assert!(toml::from_str::<Settings>(bad).is_err(), "{bad}");
        }
    }
}
