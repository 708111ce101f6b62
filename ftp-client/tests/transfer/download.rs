//! Downloads, and what every transfer has in common: its end, STAT, ABOR, time limits.

use super::*;

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
