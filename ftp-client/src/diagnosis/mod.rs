//! Why data connections work or don't: from what was seen to its cause and cure.
//!
//! Trying things out is up to the caller, since it takes connections and time; what comes of it is
//! told as [`Attempt`]s, one for each mode and family, and [`diagnose`] is pure. The command-line
//! `ftp doctor` is made of it.
//!
//! ```
//! use ftp_client::DataMode;
//! use ftp_client::diagnosis::{Attempt, diagnose};
//!
//! let mut attempt = Attempt::new(DataMode::Pasv);
//! attempt.server = Some([203, 0, 113, 1].into());
//! attempt.told = Some(([192, 168, 1, 100], 40000).into());
//! let findings = diagnose(&[attempt]);
//! assert_eq!(
//!     findings[0].to_string(),
//!     "227 told the private address 192.168.1.100: \
//!      the server is behind NAT and should advertise its public address"
//! );
//! ```

mod causes;
#[cfg(test)]
mod tests;

use core::fmt;
use core::net::{IpAddr, SocketAddr};

use ftp_proto::client::DataMode;
use ftp_proto::session::Family;

use crate::error::Error;

/// What one attempt to transfer something in one mode, and no other, showed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The mode.
    pub mode: DataMode,
    /// The server's host on the control connection.
    pub server: Option<IpAddr>,
    /// The address that was told: by the server in its 227 or 229, or to the server by PORT or
    /// EPRT; `None` if it didn't come to that.
    pub told: Option<SocketAddr>,
    /// What went wrong; `None` if it worked.
    pub error: Option<Error>,
}

impl Attempt {
    /// An attempt that worked, and of which nothing else is known.
    pub const fn new(mode: DataMode) -> Self {
        Self {
            mode,
            server: None,
            told: None,
            error: None,
        }
    }

    /// Whether it worked.
    pub const fn works(&self) -> bool {
        self.error.is_none()
    }

    /// The family of the control connection.
    pub fn family(&self) -> Family {
        self.server.map_or(Family::Ipv4, Family::of)
    }
}

/// Something that is wrong, or will be for other clients, and what cures it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The mode in which it showed.
    pub mode: DataMode,
    /// The family in which it showed.
    pub family: Family,
    /// What is wrong.
    pub cause: String,
    /// What cures it.
    pub cure: String,
}

/// `cause: cure`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.cure)
    }
}

/// Names the causes of what was seen, and what cures them, in the order of the attempts. Pure: the
/// same attempts always lead to the same findings.
pub fn diagnose(attempts: &[Attempt]) -> Vec<Finding> {
    let of = |attempt: &Attempt, (cause, cure)| Finding {
        mode: attempt.mode,
        family: attempt.family(),
        cause,
        cure,
    };
    attempts
        .iter()
        .flat_map(|attempt| {
            let advertised = causes::of_address(attempt);
            let failure = causes::of_failure(attempt, attempts);
            advertised
                .into_iter()
                .chain(failure)
                .map(move |causes| of(attempt, causes))
        })
        .collect()
}
