//! What the programs and examples share.
