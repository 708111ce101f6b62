//! What some replies tell beyond their code: addresses, paths, sizes, times, features.
//!
//! Each reading is `None` if the code is another one or the text can't be read. Numbers that don't
//! fit are no numbers; nothing wraps.

use core::net::SocketAddrV4;

use super::{FeatureSet, Reply, ReplyCode};
use crate::addr;
use crate::ascii;
use crate::path::{self, PathName};
use crate::timestamp::Timestamp;

impl Reply {
    /// The address of a 227 reply ([`scan_host_port`](addr::scan_host_port)).
    ///
    /// It is what the server says, not where to connect to: see
    /// [`AddressPolicy`](addr::AddressPolicy).
    pub fn passive(&self) -> Option<SocketAddrV4> {
        self.read(&[ReplyCode::PASSIVE], addr::scan_host_port)
    }

    /// The port of a 229 reply ([`scan_extended_port`](addr::scan_extended_port)).
    pub fn extended_passive(&self) -> Option<u16> {
        self.read(&[ReplyCode::EXTENDED_PASSIVE], addr::scan_extended_port)
    }

    /// The quoted path of a 257 reply to PWD or MKD ([`unquote`](path::unquote)).
    ///
    /// A path with a control byte is refused: it is more likely a trap for whoever prints it or
    /// sends it back than a name.
    pub fn path(&self) -> Option<PathName> {
        self.read(&[ReplyCode::PATH_CREATED], |text| {
            let path = path::unquote(text)?;
            let clean = !path.iter().any(u8::is_ascii_control);
            PathName::new(path).ok().filter(|_| clean)
        })
    }

    /// The bytes of a 213 reply to SIZE ([RFC 3659 §4]).
    ///
    /// [RFC 3659 §4]: https://www.rfc-editor.org/rfc/rfc3659#section-4
    pub fn size(&self) -> Option<u64> {
        self.read(&[ReplyCode::FILE_STATUS], |text| {
            ascii::number(text.trim_ascii())
        })
    }

    /// The time of a 213 reply to MDTM or MFMT, in UTC ([RFC 3659 §3]).
    ///
    /// [RFC 3659 §3]: https://www.rfc-editor.org/rfc/rfc3659#section-3
    pub fn modified(&self) -> Option<Timestamp> {
        self.read(&[ReplyCode::FILE_STATUS], |text| {
            Timestamp::parse(modification_time(text.trim_ascii()))
        })
    }

    /// The bytes that a 150 or 125 reply announces, as `(1024 bytes)`.
    ///
    /// Only a hint: no RFC defines it, and in TYPE A it may be the size of the file instead of that
    /// of the transfer.
    pub fn size_hint(&self) -> Option<u64> {
        self.read(
            &[ReplyCode::OPENING_DATA, ReplyCode::DATA_ALREADY_OPEN],
            announced_size,
        )
    }

    /// The operating system of a 215 reply to SYST, its first word, such as `UNIX`.
    pub fn system(&self) -> Option<&[u8]> {
        self.read(&[ReplyCode::SYSTEM_TYPE], |text| {
            let words = text.split(u8::is_ascii_whitespace);
            words.into_iter().find(|word| !word.is_empty())
        })
    }

    /// The features of a 211 reply to FEAT; none of any other reply.
    pub fn features(&self) -> FeatureSet {
        if self.code() == ReplyCode::SYSTEM_STATUS {
            FeatureSet::from_lines(self.lines())
        } else {
            FeatureSet::default()
        }
    }

    /// The first reading that succeeds, the last line first, since servers put there what counts.
    fn read<'a, T>(
        &'a self,
        codes: &[ReplyCode],
        reading: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Option<T> {
        if !codes.contains(&self.code()) {
            return None;
        }
        self.lines().iter().rev().find_map(|line| reading(line))
    }
}

/// The time in a reply to MFMT, `Modify=time; path`, or the whole text of one to MDTM.
fn modification_time(text: &[u8]) -> &[u8] {
    match text.split_first_chunk::<7>() {
        Some((name, fact)) if name.eq_ignore_ascii_case(b"modify=") => {
            ascii::split_once(fact, b';').map_or(fact, |(time, _)| time)
        }
        _ => text,
    }
}

/// The last `(N bytes)` of a text; file names, which may have such a thing in them, stand before.
fn announced_size(text: &[u8]) -> Option<u64> {
    text.rsplit(|&byte| byte == b'(').find_map(|inner| {
        let (digits, unit) = ascii::split_digits(inner);
        let unit = unit.trim_ascii_start().to_ascii_lowercase();
        unit.starts_with(b"byte")
            .then(|| ascii::number(digits))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, text: &str) -> Reply {
        Reply::new(ReplyCode::new(code).unwrap(), text)
    }

    #[test]
    fn a_reading_looks_at_the_code() {
        let address = "Entering Passive Mode (192,0,2,1,4,3)";
        assert_eq!(
            reply(227, address).passive(),
            Some("192.0.2.1:1027".parse().unwrap())
        );
        assert_eq!(reply(200, address).passive(), None);
        assert_eq!(reply(229, "ok (|||6446|)").extended_passive(), Some(6446));
        assert_eq!(reply(227, "ok (|||6446|)").extended_passive(), None);
        assert_eq!(reply(250, r#""/a""#).path(), None);
        assert_eq!(reply(550, "12").size(), None);
    }

    #[test]
    fn the_last_line_counts_first() {
        let lines = [r#""/old""#, r#""/new""#];
        let reply = Reply::with_lines(ReplyCode::PATH_CREATED, lines);
        assert_eq!(reply.path(), Some(PathName::new("/new").unwrap()));
        let lines = [r#""/a" is the directory"#, "That was it"];
        let reply = Reply::with_lines(ReplyCode::PATH_CREATED, lines);
        assert_eq!(reply.path(), Some(PathName::new("/a").unwrap()));
    }

    #[test]
    fn paths_are_unquoted_and_have_no_control_bytes() {
        for (text, path) in [
            (r#""/a ""b"" c" created"#, Some(r#"/a "b" c"#)),
            (r#"here: "/ x " "y""#, Some("/ x ")),
            (r#""/a"#, None),
            ("/a", None),
            (r#""""#, None),
            ("\"/a\x1b[2J\"", None),
            ("\"/a\x03\"", None),
        ] {
            let path = path.map(|path| PathName::new(path).unwrap());
            assert_eq!(reply(257, text).path(), path, "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers_that_fit() {
        for (text, size) in [
            ("1234", Some(1234)),
            (" 000123 ", Some(123)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("12 34", None),
        ] {
            assert_eq!(reply(213, text).size(), size, "{text}");
        }
    }

    #[test]
    fn times_are_read_from_mdtm_and_mfmt() {
        let time = Timestamp::parse(b"20240229120000").unwrap();
        for text in [
            "20240229120000",
            " 20240229120000 ",
            "Modify=20240229120000; /a/b",
            "modify=20240229120000",
        ] {
            assert_eq!(reply(213, text).modified(), Some(time), "{text}");
        }
        for text in ["", "20240230120000", "Modify=", "2024", "Modify=x; y"] {
            assert_eq!(reply(213, text).modified(), None, "{text}");
        }
    }

    #[test]
    fn a_150_reply_may_announce_a_size() {
        for (text, size) in [
            (
                "Opening BINARY mode data connection for x (2241 bytes).",
                Some(2241),
            ),
            (
                "ASCII data connection for x (192.0.2.1,37445) (0 bytes).",
                Some(0),
            ),
            ("Opening for (7 bytes).txt (12 Bytes)", Some(12)),
            ("Opening (1 byte).  (ok, here it comes)", Some(1)),
            ("Opening for x (192.0.2.1,37445)", None),
            ("Opening for x ( bytes)", None),
            ("Opening for x (18446744073709551616 bytes)", None),
            ("Opening for x", None),
        ] {
            assert_eq!(reply(150, text).size_hint(), size, "{text}");
        }
        assert_eq!(reply(226, "done (12 bytes)").size_hint(), None);
    }

    #[test]
    fn the_system_is_one_word() {
        assert_eq!(reply(215, "UNIX Type: L8").system(), Some(&b"UNIX"[..]));
        assert_eq!(reply(215, "  OS/400 is it").system(), Some(&b"OS/400"[..]));
        assert_eq!(reply(215, " ").system(), None);
    }
}
