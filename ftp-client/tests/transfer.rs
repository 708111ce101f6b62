//! Transfers: both connections raced, nothing out of step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use core::time::Duration;

use ftp_client::data::{Active, Passive};
use ftp_client::{Channel, Client, DownloadOptions, ErrorKind, Line, SizeCheck, UploadOptions};
use support::{alone, both, pair, pair_with, read_all};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

fn unsized_download() -> DownloadOptions {
    DownloadOptions::new().with_size(SizeCheck::Off)
}

#[tokio::test]
async fn a_download_is_the_bytes_and_the_last_reply() {
    let (mut client, mut server) = pair().await;
    let get = async {
        let mut download = client.download("a.txt").await.unwrap();
        assert_eq!(download.size(), Some(5));
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        let done = download.finish().await.unwrap();
        (bytes, done.bytes, done.reply.code().value())
    };
    let (got, ()) = both(get, server.send_file("a.txt", b"hello")).await;
    assert_eq!(got, (b"hello".to_vec(), 5, 226));
}

#[tokio::test]
async fn a_refused_passive_transfer_is_an_error_at_once() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE nope", "550 no").await;
        let _never_accepted = server.epsv().await;
        server.answer("RETR nope", "550 no such file").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let error = client.download("nope").await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    assert!(error.is_not_found() && error.is_permanent() && !error.is_closed());
    assert_eq!(error.command(), Some("RETR nope"));
    assert_eq!(
        error.to_string(),
        "RETR nope: refused: 550 no such file",
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_active_transfer_is_an_error_at_once() {
    let (mut client, mut server) = pair_with(&Client::builder().data(Active::new())).await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let offer = server.line().await.unwrap();
        assert!(offer.starts_with("EPRT |1|127.0.0.1|"), "{offer}");
        server.say("200 ok").await;
        server.answer("RETR nope", "550 no such file").await;
    };
    let (result, ()) = both(client.download_with("nope", unsized_download()), script).await;
    assert!(result.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_mode_that_is_refused_is_not_blamed_on_the_file() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", "500 what?").await;
        server.answer("PASV", "502 not here").await;
    };
    let (result, ()) = both(client.download_with("a", unsized_download()), script).await;
    assert_eq!(
        result.unwrap_err().to_string(),
        "PASV: refused: 502 not here"
    );
}

#[tokio::test]
async fn the_last_reply_may_come_before_the_data() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        server.say("226 done already").await;
        data.write_all(&[7; 100_000]).await.unwrap();
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        download.finish().await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, [7; 100_000]);
}

#[tokio::test]
async fn a_server_may_skip_the_150() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let listener = server.epsv().await;
        server.answer("RETR a", "226 done").await;
        let (mut data, _) = listener.accept().await.unwrap();
        data.write_all(b"quick").await.unwrap();
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"quick");
}

#[tokio::test]
async fn the_end_is_only_told_after_the_server_said_that_it_is_complete() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        data.write_all(b"half").await.unwrap();
        drop(data);
        server.say("426 the disk broke").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let error = download.read_to_end(&mut Vec::new()).await.unwrap_err();
        let inner = error.downcast::<ftp_client::Error>().unwrap();
        let again = download.finish().await.unwrap_err();
        assert_eq!(inner.to_string(), again.to_string());
        client.noop().await.unwrap();
        inner
    };
    let (error, ()) = both(get, script).await;
    assert_eq!(error.code().unwrap().value(), 426);
    assert_eq!(error.bytes(), Some(4));
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_421_in_the_middle_surfaces_at_once() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("I", "RETR a").await;
        server.say("421 shutting down").await;
        data
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        download.read_to_end(&mut Vec::new()).await.unwrap_err()
    };
    let (error, _data) = both(get, script).await;
    let error = error.downcast::<ftp_client::Error>().unwrap();
    assert!(error.is_closed());
    assert_eq!(error.code().unwrap().value(), 421);
    let later = client.noop().await.unwrap_err();
    assert!(later.is_closed());
    assert_eq!(later.code().unwrap().value(), 421);
}

#[tokio::test]
async fn a_control_connection_that_dies_ends_the_transfer() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("I", "RETR a").await;
        drop(server);
        data
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        download.read_to_end(&mut Vec::new()).await.unwrap_err()
    };
    let (error, _data) = both(get, script).await;
    let error = error.downcast::<ftp_client::Error>().unwrap();
    assert!(error.is_closed(), "{error}");
    assert_eq!(error.channel(), Some(Channel::Control));
    assert!(client.noop().await.unwrap_err().is_closed());
}

#[tokio::test]
async fn fewer_bytes_than_size_told_are_an_error() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 10").await;
        let mut data = server.begin_again("RETR a").await;
        data.write_all(b"short").await.unwrap();
        drop(data);
        server.say("226 done").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let mut download = client.download("a").await.unwrap();
        let error = download.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        let error = download.finish().await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    let kind = ErrorKind::SizeMismatch {
        expected: 10,
        actual: 5,
    };
    assert_eq!(*error.kind(), kind);
}

#[tokio::test]
async fn more_bytes_than_size_told_are_an_error() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("SIZE a", "213 3").await;
        let mut data = server.begin_again("RETR a").await;
        data.write_all(b"endless").await.unwrap();
        server.expect("ABOR").await;
        server.say("426 aborted").await;
        server.say("226 abort done").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let download = client.download("a").await.unwrap();
        let error = download.finish().await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    let kind = ErrorKind::SizeMismatch {
        expected: 3,
        actual: 7,
    };
    assert_eq!(*error.kind(), kind);
}

#[tokio::test]
async fn a_dropped_download_leaves_a_client_that_goes_on() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        data.write_all(&[0; 1000]).await.unwrap();
        server.expect("ABOR").await;
        let (_, end) = read_all(data).await;
        end.unwrap_err();
        server.say("426 aborted").await;
        server.say("226 abort done").await;
        server.answer("PWD", "257 \"/here\"").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        download.read_exact(&mut [0; 10]).await.unwrap();
        drop(download);
        client.working_directory().await.unwrap()
    };
    let (path, ()) = both(get, script).await;
    assert_eq!(path.as_bytes(), b"/here");
}

#[tokio::test]
async fn abort_copes_with_every_shape_of_replies() {
    for replies in [
        &["426 aborted", "226 abort done"][..],
        &["226 done", "226 abort done"],
        &["226 done", "225 nothing to abort"],
        &["426 aborted", "225 done"],
        &["451 aborted", "226 abort done"],
    ] {
        let (mut client, mut server) = pair().await;
        let script = async {
            let mut data = server.begin("I", "RETR a").await;
            data.write_all(b"abc").await.unwrap();
            server.expect("ABOR").await;
            for reply in replies {
                server.say(reply).await;
            }
            server.answer("PWD", "257 \"/in/step\"").await;
        };
        let get = async {
            let mut download = client.download_with("a", unsized_download()).await.unwrap();
            download.read_exact(&mut [0; 3]).await.unwrap();
            let bytes = download.abort().await.unwrap();
            assert_eq!(bytes, 3, "{replies:?}");
            client.working_directory().await.unwrap()
        };
        let (path, ()) = both(get, script).await;
        assert_eq!(path.as_bytes(), b"/in/step", "{replies:?}");
    }
}

#[tokio::test]
async fn a_server_that_answers_abor_once_is_given_up() {
    let builder = Client::builder().abort_timeout(Duration::from_millis(50));
    let (mut client, mut server) = pair_with(&builder).await;
    let script = async {
        let data = server.begin("I", "RETR a").await;
        server.answer("ABOR", "225 done").await;
        server.expect_end().await;
        drop(data);
    };
    let get = async {
        let download = client.download_with("a", unsized_download()).await.unwrap();
        let error = download.abort().await.unwrap_err();
        assert!(error.is_closed(), "{error}");
        client.noop().await.unwrap_err()
    };
    let (error, ()) = both(get, script).await;
    assert!(error.is_closed());
}

#[tokio::test]
async fn status_is_told_in_the_middle() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        data.write_all(b"ab").await.unwrap();
        server.answer("STAT", "211 2 bytes so far").await;
        data.write_all(b"cd").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let status = download.status().await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        download.finish().await.unwrap();
        (status.code().value(), bytes)
    };
    let (got, ()) = both(get, script).await;
    assert_eq!(got, (211, b"abcd".to_vec()));
}

#[tokio::test]
async fn a_server_that_answers_between_two_pieces_gets_rid_of_the_first() {
    // More than the socket buffers hold.
    const PIECE: usize = 12 << 20;
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        data.write_all(&vec![1; PIECE]).await.unwrap();
        server.answer("STAT", "211 on it").await;
        data.write_all(&[2; 10]).await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        download.status().await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(download.received(), bytes.len() as u64);
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert!(bytes == [vec![1; PIECE], vec![2; 10]].concat());
}

#[tokio::test]
async fn an_upload_ends_in_order_and_only_when_finished() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("I", "STOR a").await;
        let (bytes, end) = read_all(data).await;
        end.unwrap();
        server.say("226 stored").await;
        let data = server.begin_again("STOR b").await;
        server.expect("ABOR").await;
        let (_, end) = read_all(data).await;
        end.unwrap_err();
        server.say("426 aborted").await;
        server.say("226 abort done").await;
        server.answer("NOOP", "200 ok").await;
        bytes
    };
    let put = async {
        let mut upload = client.upload("a").await.unwrap();
        upload.write_all(b"whole").await.unwrap();
        assert_eq!(upload.finish().await.unwrap().bytes, 5);
        let mut upload = client.upload("b").await.unwrap();
        upload.write_all(b"half").await.unwrap();
        drop(upload);
        client.noop().await.unwrap();
    };
    let ((), bytes) = both(put, script).await;
    assert_eq!(bytes, b"whole");
}

#[tokio::test]
async fn an_upload_of_nothing_is_an_empty_file() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("I", "APPE a").await;
        let got = read_all(data).await;
        server.say("226 stored").await;
        got
    };
    let put = async { client.append("a").await.unwrap().finish().await.unwrap() };
    let (done, (bytes, end)) = both(put, script).await;
    assert_eq!((done.bytes, bytes.len()), (0, 0));
    end.unwrap();
}

#[tokio::test]
async fn a_full_disk_stops_an_upload_at_the_next_write() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("I", "STOR a").await;
        server.say("552 disk full").await;
        server.answer("NOOP", "200 ok").await;
        drop(data);
    };
    let put = async {
        let mut upload = client.upload("a").await.unwrap();
        let error = loop {
            if let Err(error) = upload.write_all(&[0; 64 * 1024]).await {
                break error;
            }
        };
        drop(upload);
        client.noop().await.unwrap();
        error.downcast::<ftp_client::Error>().unwrap()
    };
    let (error, ()) = both(put, script).await;
    assert_eq!(error.code().unwrap().value(), 552);
    assert!(!error.is_closed());
}

#[tokio::test]
async fn a_unique_upload_tells_its_name() {
    for (begin, end) in [
        ("150 FILE: unique.1", "226 done"),
        (
            "150 ok",
            "226 Transfer complete (unique file name:unique.1).",
        ),
        ("150 ok", "226 stored as \"unique.1\""),
    ] {
        let (mut client, mut server) = pair().await;
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            let listener = server.epsv().await;
            server.answer("STOU", begin).await;
            let (data, _) = listener.accept().await.unwrap();
            read_all(data).await.1.unwrap();
            server.say(end).await;
        };
        let put = async {
            client
                .upload_unique()
                .await
                .unwrap()
                .finish()
                .await
                .unwrap()
        };
        let (done, ()) = both(put, script).await;
        let name = done.stored_as().unwrap();
        assert_eq!(name.as_bytes(), b"unique.1", "{begin} {end}");
    }
}

#[tokio::test]
async fn text_is_converted_both_ways() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let mut data = server.begin("A", "RETR a").await;
        data.write_all(b"one\r\ntwo\r").await.unwrap();
        drop(data);
        server.say("226 done").await;
        let data = server.begin_again("STOR b").await;
        let (bytes, _) = read_all(data).await;
        server.say("226 done").await;
        bytes
    };
    let text = async {
        let options = DownloadOptions::new().with_ascii(true);
        let mut download = client.download_with("a", options).await.unwrap();
        let mut got = Vec::new();
        download.read_to_end(&mut got).await.unwrap();
        download.finish().await.unwrap();
        let options = UploadOptions::new().with_ascii(true);
        let mut upload = client.upload_with("b", options).await.unwrap();
        upload.write_all(b"one\ntwo").await.unwrap();
        upload.finish().await.unwrap();
        got
    };
    let (down, up) = both(text, script).await;
    assert_eq!(down, b"one\ntwo\r");
    assert_eq!(up, b"one\r\ntwo");
}

#[tokio::test]
async fn epsv_falls_back_on_pasv_whose_address_is_not_trusted() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", "500 what?").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // An address of TEST-NET-1, where nobody answers.
        let reply = format!("227 ok (192,0,2,1,{},{})", port >> 8, port & 0xff);
        server.answer("PASV", &reply).await;
        server.answer("RETR a", "150 ok").await;
        let (mut data, _) = listener.accept().await.unwrap();
        data.write_all(b"found").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"found");
}

/// Connects to the address of an EPRT command from an address of one's own choice.
async fn dial_back(offer: &str, from: &str) -> TcpStream {
    let port = offer.rsplit('|').nth(1).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let to = format!("127.0.0.1:{port}").parse().unwrap();
    socket.connect(to).await.unwrap()
}

#[tokio::test]
async fn an_active_listener_serves_only_the_server() {
    let (mut client, mut server) = pair_with(&Client::builder().data(Active::eprt())).await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let offer = server.line().await.unwrap();
        server.say("200 ok").await;
        server.answer("RETR a", "150 ok").await;
        let mut stranger = dial_back(&offer, "127.0.0.2").await;
        let _ = stranger.write_all(b"poison").await;
        let (_, end) = read_all(stranger).await;
        end.unwrap_err();
        let mut data = dial_back(&offer, "127.0.0.1").await;
        data.write_all(b"medicine").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let get = async {
        let mut download = client.download_with("a", unsized_download()).await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        download.finish().await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"medicine");
}

#[tokio::test]
async fn a_data_connection_that_cannot_be_made_is_told_with_its_address() {
    let (mut client, mut server) = pair().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let port = address.port();
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        server.answer("EPSV", &format!("229 ok (|||{port}|)")).await;
        server.answer("PASV", "502 no").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let error = client
            .download_with("a", unsized_download())
            .await
            .unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    assert_eq!(error.address(), Some(address), "{error}");
    assert!(error.io_error().is_some(), "{error}");
}

#[tokio::test]
async fn a_listing_prefers_facts_and_falls_back() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE A", "200 ok").await;
        let _unused = server.epsv().await;
        server.answer("MLSD /pub", "500 what?").await;
        for _ in 0..2 {
            let mut data = server.begin_again("LIST /pub").await;
            data.write_all(b"total 1\r\n-rw-r--r-- 1 a b 12 Jan  2  2020 x y\r\nhm?\r\n")
                .await
                .unwrap();
            drop(data);
            server.say("226 done").await;
        }
    };
    let list = async {
        let mut seen = Vec::new();
        for _ in 0..2 {
            let mut listing = client.list("/pub").await.unwrap();
            while let Some(line) = listing.next().await {
                seen.push(match line.unwrap() {
                    Line::Entry(entry) => (entry.name.as_bytes().to_vec(), entry.size),
                    Line::Unparsed(line) => (line, None),
                    other => panic!("{other:?}"),
                });
            }
            listing.finish().await.unwrap();
        }
        seen
    };
    let (seen, ()) = both(list, script).await;
    let once = [(b"x y".to_vec(), Some(12)), (b"hm?".to_vec(), None)];
    assert_eq!(seen, [once.clone(), once].concat());
}

#[tokio::test]
async fn a_leading_dash_is_no_option() {
    let (mut client, mut server) = pair().await;
    let script = async {
        let data = server.begin("A", "NLST ./-la").await;
        drop(data);
        server.say("226 done").await;
        let _listener = server.epsv().await;
        server.answer("NLST", "550 No files found.").await;
    };
    let list = async {
        client.names("-la").await.unwrap().finish().await.unwrap();
        let empty = client.names("").await.unwrap().finish().await.unwrap();
        assert_eq!(empty.bytes, 0);
    };
    both(list, script).await;
}

#[tokio::test]
async fn a_guard_that_owns_the_client_gives_it_back() {
    let (client, mut server) = pair().await;
    let script = async {
        server.answer("TYPE I", "200 ok").await;
        let _never = server.epsv().await;
        server.answer("RETR nope", "550 no").await;
        let mut data = server.begin_again("RETR a").await;
        data.write_all(b"mine").await.unwrap();
        drop(data);
        server.say("226 done").await;
        let mut data = server.begin_again("APPE a").await;
        let mut appended = String::new();
        data.read_to_string(&mut appended).await.unwrap();
        assert_eq!(appended, "more");
        server.say("226 done").await;
        let data = server.begin_again("STOU").await;
        assert_eq!(read_all(data).await.0, b"");
        server.say("226 FILE: x1").await;
        let mut data = server.begin("A", "NLST").await;
        data.write_all(b"a\r\n").await.unwrap();
        drop(data);
        server.say("226 done").await;
        server.answer("QUIT", "221 bye").await;
    };
    let get = async {
        let name = |name| ftp_client::PathName::new(name).unwrap();
        let refused = client.into_download(name("nope"), unsized_download()).await;
        let client = refused.unwrap_err().client;
        let download = client.into_download(name("a"), unsized_download()).await;
        let mut download = download.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        let (client, done) = download.finish().await;
        assert_eq!(done.unwrap().bytes, 4);
        let append = client.into_append(name("a"), UploadOptions::new()).await;
        let mut append = append.unwrap();
        append.write_all(b"more").await.unwrap();
        let (client, done) = append.finish().await;
        assert_eq!(done.unwrap().bytes, 4);
        let unique = client.into_upload_unique(None, UploadOptions::new()).await;
        let (client, done) = unique.unwrap().finish().await;
        assert_eq!(done.unwrap().stored_as(), Some(name("x1")));
        let mut names = client.into_names(None).await.unwrap();
        assert!(matches!(names.next().await, Some(Ok(Line::Entry(_)))));
        let (client, done) = names.finish().await;
        assert_eq!(done.unwrap().bytes, 3);
        client.quit().await.unwrap();
        bytes
    };
    let (bytes, ()) = both(get, script).await;
    assert_eq!(bytes, b"mine");
}

#[tokio::test]
async fn a_slow_reader_is_no_stall() {
    let limit = Duration::from_millis(200);
    let (mut client, mut server) = pair_with(&Client::builder().stall_timeout(limit)).await;
    let script = async {
        let mut data = server.begin("I", "RETR a").await;
        data.write_all(b"patience").await.unwrap();
        drop(data);
        server.say("226 done").await;
    };
    let begun = both(client.download_with("a", unsized_download()), script).await;
    let mut download = begun.0.unwrap();
    let mut first = [0; 1];
    alone(download.read_exact(&mut first)).await.unwrap();
    // Nobody polls the client for longer than the limit.
    std::thread::sleep(limit + limit / 2);
    let mut rest = Vec::new();
    alone(download.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(rest, b"atience");
}

#[tokio::test]
async fn a_stalled_transfer_is_an_error() {
    let limit = Duration::from_millis(50);
    let (mut client, mut server) = pair_with(&Client::builder().stall_timeout(limit)).await;
    let script = async {
        let data = server.begin("I", "RETR a").await;
        let (_, end) = read_all(data).await;
        end.unwrap_err();
        server.say("426 gone").await;
        server.answer("NOOP", "200 ok").await;
    };
    let get = async {
        let download = client.download_with("a", unsized_download()).await.unwrap();
        let error = download.finish().await.unwrap_err();
        client.noop().await.unwrap();
        error
    };
    let (error, ()) = both(get, script).await;
    assert!(error.is_timeout() && error.is_transient(), "{error}");
}

/// Closes a data connection as a crash does.
fn reset(data: TcpStream) {
    data.set_zero_linger().unwrap();
    drop(data);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_last_byte_costs_nothing() {
    for (size, complete) in [("213 4", true), ("213 5", false), ("550 no", false)] {
        let (mut client, mut server) = pair().await;
        let (read, was_read) = tokio::sync::oneshot::channel();
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer("SIZE a", size).await;
            let mut data = server.begin_again("RETR a").await;
            data.write_all(b"data").await.unwrap();
            was_read.await.unwrap();
            reset(data);
            server.say("226 done").await;
        };
        let get = async {
            let mut download = client.download("a").await.unwrap();
            let mut bytes = [0; 4];
            download.read_exact(&mut bytes).await.unwrap();
            read.send(()).unwrap();
            download.finish().await
        };
        let (result, ()) = both(get, script).await;
        assert_eq!(result.is_ok(), complete, "{size}: {result:?}");
    }
}

#[tokio::test]
async fn an_empty_directory_is_told_in_many_ways() {
    let no_files = ["550 No files found.", "450 No files found"];
    for reply in no_files {
        let (mut client, mut server) = pair().await;
        let script = async {
            server.answer("TYPE A", "200 ok").await;
            let _listener = server.epsv().await;
            server.answer("MLSD", reply).await;
        };
        let (result, ()) = both(async { client.list("").await?.finish().await }, script).await;
        assert_eq!(result.unwrap().bytes, 0, "{reply}");
    }
    // With a connection that is reset, with a 150 or without.
    for replies in ["226 done", "150 soon\r\n226 done"] {
        let (mut client, mut server) = pair().await;
        let script = async {
            server.answer("TYPE A", "200 ok").await;
            let listener = server.epsv().await;
            server.expect("MLSD").await;
            reset(listener.accept().await.unwrap().0);
            server.say(replies).await;
        };
        let (result, ()) = both(async { client.list("").await?.finish().await }, script).await;
        assert_eq!(result.unwrap().bytes, 0, "{replies}");
    }
    // With a connection that never says anything, which is believed of a server that promised
    // nothing.
    for (replies, complete) in [("226 done", true), ("150 soon\r\n226 done", false)] {
        let builder = Client::builder().stall_timeout(Duration::from_millis(50));
        let (mut client, mut server) = pair_with(&builder).await;
        let script = async {
            server.answer("TYPE A", "200 ok").await;
            let listener = server.epsv().await;
            server.answer("MLSD", replies).await;
            listener
        };
        let list = async { client.list("").await?.finish().await };
        let (result, _listener) = both(list, script).await;
        assert_eq!(result.is_ok(), complete, "{replies}: {result:?}");
    }
}

#[tokio::test]
async fn who_has_nothing_to_write_learns_that_the_server_has_given_up() {
    let builder = Client::builder().stall_timeout(Duration::from_millis(50));
    let (mut client, mut server) = pair_with(&builder).await;
    let script = async {
        let data = server.begin("I", "STOR a").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.say("452 disk full").await;
        data
    };
    let put = async { client.upload("a").await.unwrap().failure().await };
    let (error, _data) = both(put, script).await;
    assert_eq!(error.code().unwrap().value(), 452, "{error}");
}

#[tokio::test]
async fn a_passive_reply_without_an_address_is_told_as_that() {
    for (strategy, command, reply) in [
        (Passive::epsv(), "EPSV", "229 ok (|||70000|)"),
        (Passive::pasv(), "PASV", "227 ok (127,0,0,1,256,1)"),
    ] {
        let (mut client, mut server) = pair_with(&Client::builder().data(strategy)).await;
        let script = async {
            server.answer("TYPE I", "200 ok").await;
            server.answer(command, reply).await;
        };
        let get = client.download_with("a", unsized_download());
        let error = both(get, script).await.0.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::BadReply, "{error}");
        assert!(error.to_string().contains(reply), "{error}");
    }
}
