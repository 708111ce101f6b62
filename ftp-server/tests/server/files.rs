//! Everyday work: logging in, looking around, fetching, storing, tidying up.

use crate::client::Client;
use crate::site::Site;

#[tokio::test]
async fn a_good_login_is_welcome_and_a_bad_one_is_not() {
    let site = Site::new().await;
    let mut client = Client::connect(site.address).await;
    client.expect("PWD", 530).await;
    client.expect("USER alice", 331).await;
    client.expect("PASS wrong", 530).await;
    client.expect("USER nobody", 331).await;
    client.expect("PASS secret", 530).await;
    client.expect("USER alice", 331).await;
    client.expect("PASS secret", 230).await;
    let text = client.expect("PWD", 257).await;
    assert!(text.starts_with("257 \"/\""), "{text}");
    client.expect("QUIT", 221).await;
    client.expect_end().await;
}

#[tokio::test]
async fn files_are_fetched_whole_and_from_an_offset() {
    let site = Site::new().await;
    let bytes: Vec<u8> = (0..1_000_003_u32)
        .map(|index| (index % 253) as u8)
        .collect();
    site.write("big", &bytes);
    site.write("empty", b"");
    let mut client = Client::log_in(site.address).await;
    assert_eq!(client.fetch("RETR big").await, bytes);
    assert_eq!(client.fetch("RETR empty").await, b"");
    for offset in [0, 1, 999_999, bytes.len()] {
        client.expect(&format!("REST {offset}"), 350).await;
        let rest = client.fetch("RETR big").await;
        assert!(rest == bytes[offset..], "from {offset}: {}", rest.len());
    }
    let text = client.expect("SIZE big", 213).await;
    assert_eq!(text, "213 1000003\r\n");
}

#[tokio::test]
async fn files_are_stored_resumed_and_appended() {
    let site = Site::new().await;
    let bytes: Vec<u8> = (0..1_000_003_u32)
        .map(|index| (index % 251) as u8)
        .collect();
    let mut client = Client::log_in(site.address).await;
    client.store("STOR a", &bytes).await;
    assert!(site.read("a") == bytes);
    client.store("STOR a", b"short").await;
    assert_eq!(site.read("a"), b"short");
    client.expect("REST 3", 350).await;
    client.store("STOR a", b"XYZ").await;
    assert_eq!(site.read("a"), b"shoXYZ");
    client.store("APPE a", b"+more").await;
    assert_eq!(site.read("a"), b"shoXYZ+more");
    client.store("APPE new", b"first").await;
    assert_eq!(site.read("new"), b"first");
    client.store("STOR empty", b"").await;
    assert_eq!(site.read("empty"), b"");
}

#[tokio::test]
async fn a_unique_name_is_told_and_nothing_is_overwritten() {
    let site = Site::new().await;
    site.write("name", b"old");
    let mut client = Client::log_in(site.address).await;
    client.store("STOU name", b"new").await;
    assert_eq!(site.read("name"), b"old");
    let names: Vec<_> = std::fs::read_dir(site.root()).unwrap().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn text_has_crlf_on_the_wire_and_lf_in_the_file() {
    let site = Site::new().await;
    site.write("text", b"one\ntwo\r\nthree");
    let mut client = Client::log_in(site.address).await;
    client.expect("TYPE A", 200).await;
    assert_eq!(client.fetch("RETR text").await, b"one\r\ntwo\r\r\nthree");
    client.store("STOR back", b"one\r\ntwo\rthree\r\n").await;
    assert_eq!(site.read("back"), b"one\ntwo\rthree\n");
}

#[tokio::test]
async fn directories_are_listed_in_every_form() {
    let site = Site::new().await;
    site.write("a file", b"12345");
    site.write(".hidden", b"");
    std::fs::create_dir(site.path("dir")).unwrap();
    site.write("dir/inner", b"");
    let mut client = Client::log_in(site.address).await;
    let sorted = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_empty() || text.ends_with("\r\n"), "{text:?}");
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };

    let names = sorted(client.fetch("NLST").await);
    assert_eq!(names, ["a file", "dir"]);
    let names = sorted(client.fetch("NLST -a").await);
    assert_eq!(names, [".hidden", "a file", "dir"]);
    let names = sorted(client.fetch("NLST dir").await);
    assert_eq!(names, ["dir/inner"]);

    let lines = sorted(client.fetch("LIST").await);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with('-') && lines[0].ends_with(" a file"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with('d') && lines[1].ends_with(" dir"),
        "{lines:?}"
    );
    let lines = sorted(client.fetch("LIST a file").await);
    assert!(
        lines.len() == 1 && lines[0].ends_with(" a file"),
        "{lines:?}"
    );

    let lines = sorted(client.fetch("MLSD").await);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("size=5;") && line.ends_with("; a file")),
        "{lines:?}"
    );
    let text = client.expect("MLST a file", 250).await;
    assert!(text.contains("type=file;"), "{text}");
    let _data = client.passive().await;
    let (code, text) = client.ask("MLSD a file").await;
    assert!((500..=559).contains(&code), "{text}");
}

#[tokio::test]
async fn a_long_listing_is_whole() {
    let site = Site::new().await;
    for index in 0..3000 {
        site.write(
            &format!("a rather long name, so that it is more than a page {index}"),
            b"",
        );
    }
    let mut client = Client::log_in(site.address).await;
    for verb in ["NLST", "LIST", "MLSD"] {
        let bytes = client.fetch(verb).await;
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(lines, 3000, "{verb}");
    }
}

#[tokio::test]
async fn directories_are_made_entered_and_removed() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    let text = client.expect("MKD näme", 257).await;
    assert!(text.contains("\"/näme\""), "{text}");
    client.expect("CWD näme", 250).await;
    client.store("STOR inner", b"x").await;
    client.expect("CDUP", 250).await;
    client.expect("RMD näme", 550).await;
    client.expect("DELE näme/inner", 250).await;
    client.expect("RMD näme", 250).await;
    client.expect("CWD näme", 550).await;
    assert_eq!(std::fs::read_dir(site.root()).unwrap().count(), 0);
}

#[tokio::test]
async fn files_are_renamed_and_removed() {
    let site = Site::new().await;
    site.write("old", b"x");
    let mut client = Client::log_in(site.address).await;
    client.expect("RNFR old", 350).await;
    client.expect("RNTO new name", 250).await;
    client.expect("RNFR old", 550).await;
    client.expect("DELE new name", 250).await;
    client.expect("DELE new name", 550).await;
}

#[tokio::test]
async fn a_missing_file_is_refused_without_a_data_connection() {
    let site = Site::new().await;
    let mut client = Client::log_in(site.address).await;
    // Nobody connects to this port; a server that waited for that would not answer.
    client.epsv().await;
    client.expect("RETR missing", 550).await;
    client.expect("LIST missing", 550).await;
    let listener = client.active("EPRT").await;
    client.expect("RETR missing", 550).await;
    client.expect("NOOP", 200).await;
    drop(listener);
}
