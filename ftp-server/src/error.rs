//! What can be wrong with a server before it serves; trouble of sessions goes to the trace.

use crate::storage::StorageError;

/// Why a server can't be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No storage was given.
    #[error("a server needs a storage")]
    NoStorage,
    /// The root directory can't be opened.
    #[error("can't open the root directory")]
    Root(#[source] StorageError),
}
