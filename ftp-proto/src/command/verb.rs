//! The verbs, one row each: who may send them, when, and what stands about them in the documents.
//!
//! The gate of the server, FEAT, HELP and the permission check all read this one table.

use core::fmt;

macro_rules! verbs {
    ($($variant:ident $name:literal),+ $(,)?) => {
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

            /// Finds a verb by its name, in any case.
            pub fn from_name(name: &[u8]) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name.as_bytes()) { return Some(Self::$variant); })+
                None
            }
        }
    };
}

verbs! {
    User "USER", Pass "PASS", Acct "ACCT", Cwd "CWD", Cdup "CDUP", Smnt "SMNT", Rein "REIN",
    Quit "QUIT", Port "PORT", Pasv "PASV", Type "TYPE", Stru "STRU", Mode "MODE", Retr "RETR",
    Stor "STOR", Stou "STOU", Appe "APPE", Allo "ALLO", Rest "REST", Rnfr "RNFR", Rnto "RNTO",
    Abor "ABOR", Dele "DELE", Rmd "RMD", Mkd "MKD", Pwd "PWD", List "LIST", Nlst "NLST",
    Site "SITE", Syst "SYST", Stat "STAT", Help "HELP", Noop "NOOP", Auth "AUTH", Adat "ADAT",
    Pbsz "PBSZ", Prot "PROT", Ccc "CCC", Mic "MIC", Conf "CONF", Enc "ENC", Feat "FEAT",
    Opts "OPTS", Eprt "EPRT", Epsv "EPSV", Lang "LANG", Mdtm "MDTM", Size "SIZE", Mlst "MLST",
    Mlsd "MLSD", Host "HOST", Mfmt "MFMT", Clnt "CLNT",
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A right that a login may have; [`VerbSpec::right`] tells which verb needs which.
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
