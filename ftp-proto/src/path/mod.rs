//! Names: what stands in a command, where it leads in a tree, and how a reply quotes it.

mod name;
mod quote;
mod virtual_path;

pub use name::{Argument, BadArgument, PathName, ToPathName};
pub use quote::{quote, unquote};
pub use virtual_path::VirtualPath;
