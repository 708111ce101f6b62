//! The verbs, one row each: who may send them, when, and what stands about them in the documents.
//!
//! The gate of the server, FEAT, HELP and the permission check all read this one table, [`VERBS`].

use core::fmt;

/// What the table knows of one verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerbSpec {
    /// The verb.
    pub verb: Verb,
    /// Whether the server of this crate serves it. Others are refused: with 502, or as their RFC
    /// says (504 for HOST and LANG, 533 for CCC).
    pub served: bool,
    /// Whether it needs a login.
    pub needs_login: bool,
    /// Whether it takes an argument.
    pub argument: ArgumentKind,
    /// The right that a login needs for it.
    pub right: Option<Right>,
    /// Whether it opens a data connection.
    pub uses_data: bool,
    /// Whether it is executed at once while a transfer runs; others wait for its end.
    pub during_transfer: bool,
    /// Its line in the reply to FEAT. For `MLST` the facts follow.
    pub feat: Option<&'static str>,
    /// Its syntax, for HELP.
    pub help: &'static str,
    /// Where it is defined.
    pub rfc: &'static str,
}

/// Whether a verb takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "an argument is there, or isn't, or either"
)]
pub enum ArgumentKind {
    /// It takes none.
    None,
    /// It may have one.
    Optional,
    /// It must have one.
    Required,
}

impl Verb {
    /// Its row in [`VERBS`].
    #[expect(
        clippy::indexing_slicing,
        reason = "one macro writes the variants and the rows, in the same order"
    )]
    pub const fn spec(self) -> &'static VerbSpec {
        &VERBS[self as usize]
    }

    /// Finds a verb by its name, in any case; also by the old names of RFC 1123 §4.1.3.1.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        VERBS
            .iter()
            .map(|row| (row.verb.name(), row.verb))
            .chain(OLD_NAMES)
            .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
            .map(|(_, verb)| verb)
    }
}

/// Lines of FEAT that belong to no verb: path names follow RFC 3659 §6, and are UTF-8 (RFC 2640).
pub const FEATURES_WITHOUT_VERB: &[&str] = &["TVFS", "UTF8"];

/// The names that directory commands had before RFC 959; they are read, never written.
const OLD_NAMES: [(&str, Verb); 5] = [
    ("XCWD", Verb::Cwd),
    ("XCUP", Verb::Cdup),
    ("XPWD", Verb::Pwd),
    ("XMKD", Verb::Mkd),
    ("XRMD", Verb::Rmd),
];

macro_rules! verbs {
    ($($variant:ident $name:literal = $row:expr;)+) => {
        /// The verb of a command this crate knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Verb {
            $(#[doc = concat!("`", $name, "`")] $variant),+
        }

        impl Verb {
            /// The verb as it stands on the wire, in capitals.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        /// All verbs, in the order of the RFCs.
        pub static VERBS: &[VerbSpec] = &[$(VerbSpec { verb: Verb::$variant, ..$row }),+];
    };
}

verbs! {
    // RFC 959 §4.1.1: access control
    User "USER" = required("USER <name>", "RFC 959 §4.1.1").before_login();
    Pass "PASS" = optional("PASS [<password>]", "RFC 959 §4.1.1").before_login();
    Acct "ACCT" = required("ACCT <account>", "RFC 959 §4.1.1");
    Cwd "CWD" = required("CWD <path>", "RFC 959 §4.1.1");
    Cdup "CDUP" = none("CDUP", "RFC 959 §4.1.1");
    Smnt "SMNT" = required("SMNT <path>", "RFC 959 §4.1.1").not_served();
    Rein "REIN" = none("REIN", "RFC 959 §4.1.1");
    Quit "QUIT" = none("QUIT", "RFC 959 §4.1.1").before_login().during_transfer();

    // RFC 959 §4.1.2: transfer parameters
    Port "PORT" = required("PORT <h1,h2,h3,h4,p1,p2>", "RFC 959 §4.1.2");
    Pasv "PASV" = none("PASV", "RFC 959 §4.1.2");
    Type "TYPE" = required("TYPE A|I|L 8", "RFC 959 §4.1.2");
    Stru "STRU" = required("STRU F", "RFC 959 §4.1.2");
    Mode "MODE" = required("MODE S", "RFC 959 §4.1.2");

    // RFC 959 §4.1.3: services
    Retr "RETR" = required("RETR <path>", "RFC 959 §4.1.3").right(Right::Retrieve).uses_data();
    Stor "STOR" = required("STOR <path>", "RFC 959 §4.1.3").right(Right::Store).uses_data();
    Stou "STOU" = optional("STOU [<path>]", "RFC 959 §4.1.3").right(Right::Store).uses_data();
    Appe "APPE" = required("APPE <path>", "RFC 959 §4.1.3").right(Right::Append).uses_data();
    Allo "ALLO" = required("ALLO <bytes> [R <bytes>]", "RFC 959 §4.1.3");
    Rest "REST" = required("REST <bytes>", "RFC 3659 §5").feat("REST STREAM");
    Rnfr "RNFR" = required("RNFR <path>", "RFC 959 §4.1.3").right(Right::Rename);
    Rnto "RNTO" = required("RNTO <path>", "RFC 959 §4.1.3").right(Right::Rename);
    Abor "ABOR" = none("ABOR", "RFC 959 §4.1.3").during_transfer();
    Dele "DELE" = required("DELE <path>", "RFC 959 §4.1.3").right(Right::Remove);
    Rmd "RMD" = required("RMD <path>", "RFC 959 §4.1.3").right(Right::RemoveDirectory);
    Mkd "MKD" = required("MKD <path>", "RFC 959 §4.1.3").right(Right::MakeDirectory);
    Pwd "PWD" = none("PWD", "RFC 959 §4.1.3");
    List "LIST" = optional("LIST [-la] [<path>]", "RFC 959 §4.1.3").right(Right::List).uses_data();
    Nlst "NLST" = optional("NLST [-a] [<path>]", "RFC 959 §4.1.3").right(Right::List).uses_data();
    Site "SITE" = required("SITE <command>", "RFC 959 §4.1.3").right(Right::Site);
    Syst "SYST" = none("SYST", "RFC 959 §4.1.3").before_login();
    Stat "STAT" = optional("STAT [<path>]", "RFC 959 §4.1.3").during_transfer();
    Help "HELP" = optional("HELP [<verb>]", "RFC 959 §4.1.3").before_login();
    Noop "NOOP" = none("NOOP", "RFC 959 §4.1.3").before_login().during_transfer();

    // RFC 2228 and 4217: security
    Auth "AUTH" = required("AUTH <mechanism>", "RFC 4217 §4").before_login().not_served();
    Adat "ADAT" = required("ADAT <data>", "RFC 2228 §3").before_login().not_served();
    Pbsz "PBSZ" = required("PBSZ 0", "RFC 4217 §8").before_login().not_served();
    Prot "PROT" = required("PROT C|P", "RFC 4217 §9").before_login().not_served();
    Ccc "CCC" = none("CCC", "RFC 2228 §3").before_login().not_served();
    Mic "MIC" = required("MIC <data>", "RFC 2228 §3").before_login().not_served();
    Conf "CONF" = required("CONF <data>", "RFC 2228 §3").before_login().not_served();
    Enc "ENC" = required("ENC <data>", "RFC 2228 §3").before_login().not_served();

    // RFC 2389: features
    Feat "FEAT" = none("FEAT", "RFC 2389 §3").before_login();
    Opts "OPTS" = required("OPTS <verb> [<options>]", "RFC 2389 §4").before_login();

    // RFC 2428: IPv6 and NAT
    Eprt "EPRT" = required("EPRT |<family>|<address>|<port>|", "RFC 2428 §2").feat("EPRT");
    Epsv "EPSV" = optional("EPSV [1|2|ALL]", "RFC 2428 §3").feat("EPSV");

    // RFC 2640: internationalisation
    Lang "LANG" = optional("LANG [<language>]", "RFC 2640 §4").before_login().not_served();

    // RFC 3659: extensions
    Mdtm "MDTM" = required("MDTM <path>", "RFC 3659 §3").right(Right::List).feat("MDTM");
    Size "SIZE" = required("SIZE <path>", "RFC 3659 §4").right(Right::List).feat("SIZE");
    Mlst "MLST" = optional("MLST [<path>]", "RFC 3659 §7").right(Right::List).feat("MLST");
    Mlsd "MLSD" = optional("MLSD [<path>]", "RFC 3659 §7").right(Right::List).uses_data();

    // RFC 7151: virtual hosts
    Host "HOST" = required("HOST <name>", "RFC 7151 §3").before_login().not_served();

    // draft-somers-ftp-mfxx and other extensions in wide use
    Mfmt "MFMT" = required("MFMT <YYYYMMDDHHMMSS> <path>", "draft-somers-ftp-mfxx §3.1")
        .right(Right::SetModified).feat("MFMT");
    Clnt "CLNT" = required("CLNT <name>", "no RFC").before_login();
}

/// A row for a verb without argument: served, after the login, and none of the rest.
const fn none(help: &'static str, rfc: &'static str) -> VerbSpec {
    VerbSpec {
        verb: Verb::Noop, // the macro puts the right one in
        served: true,
        needs_login: true,
        argument: ArgumentKind::None,
        right: None,
        uses_data: false,
        during_transfer: false,
        feat: None,
        help,
        rfc,
    }
}

const fn optional(help: &'static str, rfc: &'static str) -> VerbSpec {
    VerbSpec {
        argument: ArgumentKind::Optional,
        ..none(help, rfc)
    }
}

const fn required(help: &'static str, rfc: &'static str) -> VerbSpec {
    VerbSpec {
        argument: ArgumentKind::Required,
        ..none(help, rfc)
    }
}

/// What a row says beyond that.
impl VerbSpec {
    const fn before_login(self) -> Self {
        Self {
            needs_login: false,
            ..self
        }
    }

    const fn not_served(self) -> Self {
        Self {
            served: false,
            ..self
        }
    }

    const fn right(self, right: Right) -> Self {
        Self {
            right: Some(right),
            ..self
        }
    }

    const fn uses_data(self) -> Self {
        Self {
            uses_data: true,
            ..self
        }
    }

    const fn during_transfer(self) -> Self {
        Self {
            during_transfer: true,
            ..self
        }
    }

    const fn feat(self, line: &'static str) -> Self {
        Self {
            feat: Some(line),
            ..self
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A right that a login may have; [`VerbSpec::right`](field@VerbSpec::right) tells which verb needs which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Right {
    /// Sees directories and facts of files.
    List,
    /// Downloads.
    Retrieve,
    /// Uploads, replacing files.
    Store,
    /// Appends to and resumes files.
    Append,
    /// Removes files.
    Remove,
    /// Makes directories.
    MakeDirectory,
    /// Removes directories.
    RemoveDirectory,
    /// Renames.
    Rename,
    /// Sets times.
    SetModified,
    /// Uses `SITE` and unknown verbs.
    Site,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_finds_its_row_and_its_name() {
        for (index, row) in VERBS.iter().enumerate() {
            assert_eq!(row.verb as usize, index, "{}", row.verb);
            assert_eq!(row.verb.spec(), row);
            assert_eq!(Verb::from_name(row.verb.name().as_bytes()), Some(row.verb));
            assert!(row.help.starts_with(row.verb.name()), "{}", row.verb);
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_by_their_old_forms() {
        assert_eq!(Verb::from_name(b"rEtR"), Some(Verb::Retr));
        assert_eq!(Verb::from_name(b"xpwd"), Some(Verb::Pwd));
        assert_eq!(Verb::from_name(b"XCUP"), Some(Verb::Cdup));
        assert_eq!(Verb::from_name(b"RETRX"), None);
        assert_eq!(Verb::from_name(b""), None);
    }

    #[test]
    fn a_verb_without_login_needs_no_right() {
        for row in VERBS {
            assert!(row.needs_login || row.right.is_none(), "{}", row.verb);
        }
    }
}
