//! FTP URLs: `ftp://user:password@host:port/path;type=a` (RFC 1738 §3.2).
//!
//! The path is relative to the directory in which the login lands; one that begins with `%2F` (or
//! with a second slash) is absolute. Percent signs stand for bytes, not for characters.

use core::fmt;
use core::str::FromStr;

use ftp_client::{Argument, PathName};
use percent_encoding::percent_decode_str;

/// A place on an FTP server.
#[derive(Clone)]
pub(crate) struct Url {
    /// The host as a name or address, IPv6 without its brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// The user, if one is named.
    pub(crate) user: Option<Argument>,
    /// The password, if one is given.
    pub(crate) password: Option<Argument>,
    /// The path; `None` for the directory in which the login lands.
    pub(crate) path: Option<PathName>,
    /// Whether the URL asks for text by `;type=a`.
    pub(crate) ascii: bool,
}

impl Url {
    /// The path, empty for the directory in which the login lands.
    pub(crate) fn path_bytes(&self) -> &[u8] {
        self.path.as_ref().map_or(b"", PathName::as_bytes)
    }

    /// Whether the path is that of a directory by its look: there is none, or it ends in a slash.
    pub(crate) fn is_directory(&self) -> bool {
        self.path
            .as_ref()
            .is_none_or(|path| path.as_bytes().ends_with(b"/"))
    }
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or("expected ftp://HOST/PATH")?;
        if !scheme.eq_ignore_ascii_case("ftp") {
            return Err(format!("{scheme}:// is not supported, only ftp://"));
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, authority),
        };
        let (host, port) = split_port(address)?;
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, "")))
        {
            Some((user, password)) => {
                let given = login.is_some_and(|login| login.contains(':'));
                (
                    Some(argument(user)?),
                    given.then(|| argument(password)).transpose()?,
                )
            }
            None => (None, None),
        };
        let (path, ascii) = split_type(path)?;
        let path = match percent_decode_str(path).collect::<Vec<u8>>() {
            path if path.is_empty() => None,
            path => Some(PathName::new(path).map_err(|error| format!("bad path: {error}"))?),
        };
        Ok(Self {
            host,
            port,
            user,
            password,
            path,
            ascii,
        })
    }
}

/// Without the password.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Url({}:{} {:?} {:?})",
            self.host, self.port, self.user, self.path
        )
    }
}

fn argument(text: &str) -> Result<Argument, String> {
    Argument::new(percent_decode_str(text).collect::<Vec<u8>>())
        .map_err(|error| format!("bad user or password: {error}"))
}

fn split_port(address: &str) -> Result<(String, u16), String> {
    let (host, port) = match address
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or("bad host")?)),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    if host.is_empty() {
        return Err("the host is missing".into());
    }
    let port = match port {
        None | Some("") => 21,
        Some(port) => port.parse().map_err(|_| format!("bad port {port:?}"))?,
    };
    Ok((host.into(), port))
}

fn split_type(path: &str) -> Result<(&str, bool), String> {
    let Some((path, code)) = path.rsplit_once(";type=") else {
        return Ok((path, false));
    };
    match code {
        "a" | "A" => Ok((path, true)),
        "i" | "I" | "d" | "D" => Ok((path, false)),
        _ => Err(format!("unknown ;type={code}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_part_is_read() {
        let url = url("ftp://al%40ice:se%3Acret@example.org:2121/a%20b/c;type=a");
        assert_eq!((url.host.as_str(), url.port), ("example.org", 2121));
        assert_eq!(url.user.unwrap().as_bytes(), b"al@ice");
        assert_eq!(url.password.unwrap().as_bytes(), b"se:cret");
        assert_eq!(url.path.unwrap().as_bytes(), b"a b/c");
        assert!(url.ascii);
    }

    #[test]
    fn paths_are_relative_unless_they_say_otherwise() {
        for (text, path) in [
            ("ftp://h", None),
            ("ftp://h/", None),
            ("ftp://h/a", Some("a")),
            ("ftp://h/%2Fetc/motd", Some("/etc/motd")),
            ("ftp://h//etc/motd", Some("/etc/motd")),
            ("ftp://h/a/", Some("a/")),
            ("ftp://h/a;b", Some("a;b")),
        ] {
            let parsed = url(text).path.map(|path| path.to_string());
            assert_eq!(parsed.as_deref(), path, "{text}");
        }
    }

    #[test]
    fn addresses_of_both_families_are_hosts() {
        for (text, host, port) in [
            ("ftp://[::1]:2121/x", "::1", 2121),
            ("ftp://[::1]", "::1", 21),
            ("ftp://127.0.0.1/x", "127.0.0.1", 21),
            ("FTP://h:/x", "h", 21),
        ] {
            let parsed = url(text);
            assert_eq!((parsed.host.as_str(), parsed.port), (host, port), "{text}");
        }
    }

    #[test]
    fn a_user_may_come_without_a_password() {
        assert!(url("ftp://bob@h/").password.is_none());
        assert!(url("ftp://bob:@h/").password.unwrap().is_empty());
    }

    #[test]
    fn what_is_no_ftp_url_is_refused() {
        for bad in [
            "h/x",
            "http://h/x",
            "ftp://",
            "ftp:///x",
            "ftp://h:x/",
            "ftp://h:99999/",
            "ftp://h/a%0d%0aDELE%20b",
            "ftp://a%0ab@h/",
            "ftp://h/a;type=q",
            "ftp://[::1/x",
        ] {
            assert!(bad.parse::<Url>().is_err(), "{bad}");
        }
    }
}
