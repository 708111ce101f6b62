//! What the fuzz targets share: bytes that arrive in portions, and the harnesses of the sessions.

pub mod client;
pub mod data;
pub mod server;

use arbitrary::Arbitrary;

/// Bytes, and how they are portioned.
#[derive(Arbitrary, Clone, Debug)]
pub struct Portioned {
    pub bytes: Vec<u8>,
    cuts: Vec<u8>,
}

impl Portioned {
    /// The bytes in portions, one of each given length in turn.
    pub fn portions(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes.as_slice();
        let mut cuts = self.cuts.iter().cycle();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let length = cuts
                .next()
                .map_or(rest.len(), |cut| usize::from(*cut).max(1));
            let (portion, others) = rest.split_at(length.min(rest.len()));
            rest = others;
            Some(portion)
        })
    }
}
