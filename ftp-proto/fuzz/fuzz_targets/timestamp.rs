//! A time that reads in one notation is written and read back in both.
#![no_main]

use ftp_proto::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for time in [Timestamp::parse(text), Timestamp::parse_rfc3339(text)]
        .into_iter()
        .flatten()
    {
        assert_eq!(Timestamp::parse(time.to_string().as_bytes()), Some(time));
        let rfc3339 = time.rfc3339().to_string();
        assert_eq!(Timestamp::parse_rfc3339(rfc3339.as_bytes()), Some(time));
    }
});
