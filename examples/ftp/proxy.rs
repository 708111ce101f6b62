//! The proxy of the command line: `socks5://user:password@host:port` or `http://...`.

use core::str::FromStr;
use std::sync::Arc;

use ftp_client::connect::{Connector, Endpoint, HttpConnect, Socks5};
use percent_encoding::percent_decode_str;

/// A proxy, as it is named on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Proxy(pub(crate) Arc<dyn Connector>);

/// What a proxy is called in a URL, its default port, and how it is made.
const KINDS: [(&str, u16, Make); 3] = [
    ("socks5", 1080, socks5),
    ("socks5h", 1080, socks5),
    ("http", 8080, http),
];

/// How a connector is made.
type Make = fn(Endpoint, Option<Login>) -> Arc<dyn Connector>;

/// A user and a password.
type Login = (String, String);

fn socks5(proxy: Endpoint, login: Option<Login>) -> Arc<dyn Connector> {
    let proxy = Socks5::new(proxy);
    Arc::new(match login {
        Some((user, password)) => proxy.with_login(user, password),
        None => proxy,
    })
}

fn http(proxy: Endpoint, login: Option<Login>) -> Arc<dyn Connector> {
    let proxy = HttpConnect::new(proxy);
    Arc::new(match login {
        Some((user, password)) => proxy.with_login(user, password),
        None => proxy,
    })
}

impl FromStr for Proxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected socks5://HOST:PORT or http://HOST:PORT".to_owned();
        let (scheme, rest) = text.split_once("://").ok_or_else(expected)?;
        let (_, port, make) = KINDS
            .into_iter()
            .find(|(name, ..)| name.eq_ignore_ascii_case(scheme))
            .ok_or_else(expected)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(login_of(login)?), address),
            None => (None, authority),
        };
        // The port of FTP is the default of endpoints, but not that of proxies.
        let named = address
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let proxy: Endpoint = address.parse().map_err(|_| expected())?;
        Ok(Self(make(
            if named { proxy } else { proxy.with_port(port) },
            login,
        )))
    }
}

fn login_of(text: &str) -> Result<Login, String> {
    let decode = |text| {
        percent_decode_str(text)
            .decode_utf8()
            .map(String::from)
            .map_err(|_| "the login of the proxy is no UTF-8".to_owned())
    };
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    Ok((decode(user)?, decode(password)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, shown) in [
            (
                "socks5://proxy",
                "Socks5 { proxy: proxy:1080, user: None, .. }",
            ),
            (
                "socks5://proxy:99/",
                "Socks5 { proxy: proxy:99, user: None, .. }",
            ),
            (
                "socks5h://[::1]:99",
                "Socks5 { proxy: [::1]:99, user: None, .. }",
            ),
            (
                "socks5://[::1]",
                "Socks5 { proxy: [::1]:1080, user: None, .. }",
            ),
            (
                "SOCKS5://b%40b:s%3Ae@192.0.2.1:99",
                "Socks5 { proxy: 192.0.2.1:99, user: Some(\"b@b\"), .. }",
            ),
            ("http://u:p@proxy", "HttpConnect { proxy: proxy:8080, .. }"),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            assert_eq!(format!("{:?}", proxy.0), shown, "{text}");
        }
        for bad in [
            "",
            "proxy:1",
            "https://proxy",
            "socks5://",
            "socks5://a b",
            "http://u:%ff@a",
        ] {
            assert!(bad.parse::<Proxy>().is_err(), "{bad}");
        }
    }
}
