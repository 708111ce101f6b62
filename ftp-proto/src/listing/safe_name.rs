//! Which names of a listing may become names of local files.

use super::Entry;

impl Entry {
    /// The name, if it can be the name of one file in one directory on every system; `None` for a
    /// name that leads elsewhere or means something else.
    ///
    /// A server chooses the names that it lists. Joined to a local directory as they are, `../x`,
    /// `/etc/x`, `C:x` or `NUL` reach other files or devices. Refused are:
    ///
    /// * names with `/`, `\` or a control byte, and names of nothing but dots and spaces, which
    ///   Windows takes for `.` and `..`;
    /// * names that begin with a drive, such as `C:`;
    /// * names of Windows devices, with any extension: `NUL`, `com1.txt`, `CONIN$`.
    ///
    /// The bytes may be no UTF-8, and the name may be too long for a local file system.
    pub fn safe_name(&self) -> Option<&[u8]> {
        let name = self.name.as_bytes();
        let safe = !has_forbidden_byte(name)
            && !name.iter().all(|byte| b". ".contains(byte))
            && !has_drive(name)
            && !is_device(name);
        safe.then_some(name)
    }
}

fn has_forbidden_byte(name: &[u8]) -> bool {
    name.iter()
        .any(|&byte| matches!(byte, b'/' | b'\\') || byte.is_ascii_control())
}

fn has_drive(name: &[u8]) -> bool {
    matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Whether Windows takes the name for a device: it ignores what follows a dot or colon, and spaces
/// before that.
fn is_device(name: &[u8]) -> bool {
    let stem = name
        .split(|byte| b".:".contains(byte))
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let named = |device: &&[u8]| stem.eq_ignore_ascii_case(device);
    let numbered = |device: &&[u8]| {
        stem.split_at_checked(device.len())
            .is_some_and(|(start, number)| {
                start.eq_ignore_ascii_case(device) && DEVICE_NUMBERS.contains(&number)
            })
    };
    DEVICES.iter().any(named) || NUMBERED_DEVICES.iter().any(numbered)
}

const DEVICES: [&[u8]; 6] = [b"CON", b"PRN", b"AUX", b"NUL", b"CONIN$", b"CONOUT$"];
const NUMBERED_DEVICES: [&[u8]; 2] = [b"COM", b"LPT"];
/// Windows takes superscript digits for digits; here they are in UTF-8 and in Latin-1.
const DEVICE_NUMBERS: [&[u8]; 16] = [
    b"0",
    b"1",
    b"2",
    b"3",
    b"4",
    b"5",
    b"6",
    b"7",
    b"8",
    b"9",
    b"\xc2\xb9",
    b"\xc2\xb2",
    b"\xc2\xb3",
    b"\xb9",
    b"\xb2",
    b"\xb3",
];

#[cfg(test)]
mod tests {
    use crate::listing::EntryKind;
    use crate::path::PathName;

    use super::*;

    fn safe(name: &[u8]) -> bool {
        let entry = Entry::new(PathName::new(name).unwrap(), EntryKind::File);
        entry.safe_name() == Some(name)
    }

    #[test]
    fn names_of_one_file_are_safe() {
        for name in [
            &b"a"[..],
            b".hidden",
            b"..x",
            b"x..",
            b" x ",
            b"caf\xe9",
            b"12:30 report",
            b"pci@1c,600000:devctl",
            b"~",
            b"-rf",
            b"console",
            b"com",
            b"com10",
            b"lptx",
            b"nul_",
            b"aux-file.c",
            "名前".as_bytes(),
        ] {
            assert!(safe(name), "{}", name.escape_ascii());
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_safe() {
        for name in [
            &b"."[..],
            b"..",
            b"...",
            b".. ",
            b" ",
            b"/etc/passwd",
            b"../x",
            b"a/../../x",
            b"a/",
            b"..\\x",
            b"\\\\host\\share",
            b"C:",
            b"c:x",
            b"a\x1b[2J",
            b"a\x7f",
            b"a\tb",
            b"NUL",
            b"nul.txt",
            b"Con .log",
            b"aux:",
            b"com1",
            b"COM9.tar.gz",
            b"lpt0",
            b"LPT\xc2\xb2",
            b"com\xb9.x",
            b"conin$",
        ] {
            assert!(!safe(name), "{}", name.escape_ascii());
        }
    }
}
