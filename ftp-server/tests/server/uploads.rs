//! Uploads that go wrong cost nobody the file that was there.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Client, soon};
use crate::site::Site;

/// Waits until the server has done its part after a client has died.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    soon(what, async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_dies_in_the_middle_leaves_the_earlier_file() {
    let site = Site::new().await;
    site.write("file", b"earlier");
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client.begin("STOR file").await;
    data.write_all(&[b'x'; 300_000]).await.unwrap();
    ftp_server::data::DataStream::from(data).reset();
    drop(client);
    let files = || std::fs::read_dir(site.root()).unwrap().count();
    until("the upload is discarded", || files() == 1).await;
    assert_eq!(site.read("file"), b"earlier");
}

/// The system closes the sockets of a program that is killed one after the other, the oldest first.
/// The end of the data connection may be noticed before that of the control connection all the
/// same, and then it looks like the end of the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_killed_leaves_the_earlier_file() {
    let mut site = Site::new().await;
    site.write("file", b"earlier");
    for round in 0..100 {
        let mut client = Client::log_in(site.address).await;
        let mut data = client.passive().await;
        client.begin("STOR file").await;
        let half = vec![b'x'; [0, 1, 100_000][round % 3]];
        data.write_all(&half).await.unwrap();
        drop(client);
        drop(data);
    }
    site.shut_down();
    soon("all sessions end", &mut site.serving).await.unwrap();
    assert_eq!(site.read("file"), b"earlier");
}

#[tokio::test]
async fn a_broken_data_connection_is_no_success() {
    let site = Site::new().await;
    site.write("file", b"earlier");
    let mut client = Client::log_in(site.address).await;
    let mut data = client.passive().await;
    client.begin("STOR file").await;
    data.write_all(&[b'x'; 300_000]).await.unwrap();
    ftp_server::data::DataStream::from(data).reset();
    client.expect_reply(426).await;
    assert_eq!(site.read("file"), b"earlier");
    client.store("STOR file", b"later").await;
    assert_eq!(site.read("file"), b"later");
}

#[tokio::test]
async fn without_a_data_connection_the_file_is_not_touched() {
    let site =
        Site::with(|builder| builder.data_open_timeout(std::time::Duration::from_millis(200)))
            .await;
    site.write("file", b"earlier");
    let mut client = Client::log_in(site.address).await;
    for command in ["STOR file", "APPE file", "STOR new", "APPE new"] {
        let (code, text) = client.ask(command).await;
        assert!(code == 425 || code == 503, "{command}: {text}");
        // Promised, but never made.
        client.epsv().await;
        client.send(format!("{command}\r\n")).await;
        let (mut code, mut text) = client.reply().await;
        if code == 150 || code == 125 {
            (code, text) = client.reply().await;
        }
        assert!(code == 425 || code == 426, "{command}: {text}");
        assert_eq!(site.read("file"), b"earlier", "{command}");
        assert!(!site.path("new").exists(), "{command}");
    }
}

#[tokio::test]
async fn a_refused_active_connection_touches_nothing() {
    let site = Site::new().await;
    site.write("file", b"earlier");
    let mut client = Client::log_in(site.address).await;
    let listener = client.active("PORT").await;
    drop(listener);
    client.send("STOR file\r\n").await;
    let (mut code, mut text) = client.reply().await;
    if code == 150 || code == 125 {
        (code, text) = client.reply().await;
    }
    assert_eq!(code, 425, "{text}");
    assert_eq!(site.read("file"), b"earlier");
}

#[tokio::test]
async fn an_upload_to_what_is_no_file_is_refused() {
    let site = Site::new().await;
    std::fs::create_dir(site.path("dir")).unwrap();
    let mut client = Client::log_in(site.address).await;
    let address = client.epsv().await;
    let _data = TcpStream::connect(address).await.unwrap();
    let (code, text) = client.ask("STOR dir").await;
    assert!(code == 550 || code == 553, "{text}");
    let (code, text) = client.ask("STOR missing/file").await;
    assert!(code == 550 || code == 553, "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_fifo_stops_nobody() {
    let site = Site::new().await;
    let made = std::process::Command::new("mkfifo")
        .arg(site.path("fifo"))
        .status();
    assert!(made.unwrap().success());
    let mut client = Client::log_in(site.address).await;
    for command in ["RETR fifo", "STOR fifo", "APPE fifo"] {
        let _data = client.passive().await;
        let (code, text) = client.ask(command).await;
        assert!(code == 550 || code == 553, "{command}: {text}");
    }
    client.expect("NOOP", 200).await;
}
