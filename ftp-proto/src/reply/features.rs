//! What a server says it can do: the reply to FEAT ([RFC 2389 §3.2]).
//!
//! [RFC 2389 §3.2]: https://www.rfc-editor.org/rfc/rfc2389#section-3.2

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::ascii;

/// The extensions that a server names.
///
/// It is made by [`Reply::features`](super::Reply::features). Names are compared without regard to case; a name may stand
/// on several lines, as in `AUTH TLS` and `AUTH SSL`.
///
/// ```
/// use ftp_proto::{Reply, ReplyCode};
///
/// let lines = ["Features:", " REST STREAM", " MLST type*;size*;modify;", "End"];
/// let features = Reply::with_lines(ReplyCode::SYSTEM_STATUS, lines).features();
/// assert!(features.restart() && features.machine_listings() && !features.contains("UTF8"));
/// assert!(features.facts().eq([&b"type"[..], b"size", b"modify"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureSet(Vec<Feature>);

/// One line of a reply to FEAT.
#[derive(Clone, PartialEq, Eq)]
pub struct Feature {
    /// In capitals.
    name: Vec<u8>,
    parameters: Vec<u8>,
}

impl FeatureSet {
    /// Reads the lines between the first and the last, however a server indents them.
    pub(super) fn from_lines(lines: &[Vec<u8>]) -> Self {
        let inner = lines
            .split_first()
            .and_then(|(_, rest)| rest.split_last())
            .map_or(&[][..], |(_, inner)| inner);
        let lines = inner.iter().map(|line| line.trim_ascii());
        Self(lines.filter_map(Feature::from_line).collect())
    }

    /// Every line, in the order in which they came.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &Feature> {
        self.0.iter()
    }

    /// Whether there is none: the server has no extensions, or doesn't know FEAT.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a feature is named.
    pub fn contains(&self, name: &str) -> bool {
        self.parameters(name).next().is_some()
    }

    /// What follows a name, on each line that has it; empty if nothing does.
    pub fn parameters(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.lines()
            .filter(move |line| line.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(Feature::parameters)
    }

    /// Whether transfers can start at an offset in bytes: `REST STREAM` (RFC 3659 §5).
    pub fn restart(&self) -> bool {
        self.parameters("REST")
            .any(|parameters| parameters.eq_ignore_ascii_case(b"STREAM"))
    }

    /// Whether there are `MLSD` and `MLST`, which RFC 3659 §7.8 announces together under the latter.
    pub fn machine_listings(&self) -> bool {
        self.contains("MLST") || self.contains("MLSD")
    }

    /// The names of the facts that `MLST` offers, without the asterisk of those that are shown
    /// unasked.
    pub fn facts(&self) -> impl Iterator<Item = &[u8]> {
        self.parameters("MLST")
            .flat_map(|facts| facts.split(|&byte| byte == b';'))
            .map(|fact| fact.strip_suffix(b"*").unwrap_or(fact).trim_ascii())
            .filter(|fact| !fact.is_empty())
    }

    /// Whether path names are UTF-8 (RFC 2640).
    pub fn utf8(&self) -> bool {
        self.contains("UTF8")
    }
}

impl Feature {
    fn from_line(line: &[u8]) -> Option<Self> {
        let (name, parameters) = ascii::split_once(line, b' ').unwrap_or((line, &[]));
        (!name.is_empty()).then(|| Self {
            name: name.to_ascii_uppercase(),
            parameters: parameters.trim_ascii().into(),
        })
    }

    /// The name, in capitals.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// What follows the name; empty if nothing does.
    pub fn parameters(&self) -> &[u8] {
        &self.parameters
    }
}

/// As on the wire, with a replacement character for what isn't UTF-8.
/// As the line reads.
impl fmt::Debug for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feature({self})")
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.name))?;
        if self.parameters.is_empty() {
            return Ok(());
        }
        write!(f, " {}", String::from_utf8_lossy(&self.parameters))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::reply::{Reply, ReplyCode};

    fn features(lines: &[&str]) -> FeatureSet {
        Reply::with_lines(ReplyCode::SYSTEM_STATUS, lines).features()
    }

    fn shown(features: &FeatureSet) -> Vec<String> {
        features.lines().map(Feature::to_string).collect()
    }

    #[test]
    fn lines_are_read_however_they_are_indented() {
        for lines in [
            ["Features:", " SIZE", " REST STREAM", "End"],
            ["Features:", "SIZE", "REST STREAM", "End"],
            ["", "\tsize ", "   Rest  STREAM\t", ""],
        ] {
            assert_eq!(
                shown(&features(&lines)),
                ["SIZE", "REST STREAM"],
                "{lines:?}"
            );
        }
    }

    #[test]
    fn a_reply_without_inner_lines_names_nothing() {
        assert!(features(&["no-features"]).is_empty());
        assert!(features(&["Features:", "End"]).is_empty());
        assert!(features(&["Features:", "", " ", "End"]).is_empty());
        let refused = Reply::with_lines(ReplyCode::SYNTAX_ERROR, ["a", " SIZE", "b"]);
        assert!(refused.features().is_empty());
    }

    #[test]
    fn a_name_may_stand_on_several_lines() {
        let features = features(&["", " AUTH TLS", " PBSZ", " AUTH SSL", ""]);
        assert!(features.parameters("auth").eq([&b"TLS"[..], b"SSL"]));
        assert!(features.parameters("PBSZ").eq([&b""[..]]));
        assert!(!features.contains("PROT"));
    }

    #[test]
    fn machine_listings_are_announced_under_either_name() {
        assert!(features(&["", " MLSD", ""]).machine_listings());
        let mlst = features(&["", " MLST Type*;Size*;modify;UNIX.mode;;", ""]);
        assert!(mlst.machine_listings());
        assert!(
            mlst.facts()
                .eq([&b"Type"[..], b"Size", b"modify", b"UNIX.mode"])
        );
    }

    #[test]
    fn restart_needs_the_word_stream() {
        assert!(features(&["", " REST stream", ""]).restart());
        assert!(!features(&["", " REST", ""]).restart());
    }
}
