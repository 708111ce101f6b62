//! Whatever reads as an address is written and read back as the same.
#![no_main]

use ftp_proto::addr::{
    format_extended, format_host_port, parse_extended, parse_host_port, scan_extended_port,
    scan_host_port,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for address in [parse_host_port(text), scan_host_port(text)]
        .into_iter()
        .flatten()
    {
        let written = format_host_port(address);
        assert_eq!(parse_host_port(written.as_bytes()), Some(address));
        assert_eq!(scan_host_port(written.as_bytes()), Some(address));
    }
    if let Ok(address) = parse_extended(text) {
        let written = format_extended(address);
        assert_eq!(parse_extended(written.as_bytes()).ok(), Some(address));
    }
    assert_ne!(scan_extended_port(text), Some(0));
});
