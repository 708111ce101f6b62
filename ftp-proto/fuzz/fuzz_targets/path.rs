//! No name leads out of the tree, and quoting a path can be undone.
#![no_main]

use ftp_proto::path::{quote, unquote};
use ftp_proto::{PathName, VirtualPath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|names: Vec<&[u8]>| {
    let mut path = VirtualPath::root();
    for name in names {
        let _ = unquote(name);
        let Ok(name) = PathName::new(name) else {
            continue;
        };
        path = path.join(&name);
        assert!(path.as_bytes().starts_with(b"/"));
        assert!(
            path.components()
                .all(|part| !matches!(part, b"" | b"." | b".."))
        );
        assert!(path.starts_with(&path.parent()) && path.starts_with(&VirtualPath::root()));
        let quoted = quote(path.as_bytes());
        assert_eq!(unquote(&quoted).as_deref(), Some(path.as_bytes()));
    }
});
