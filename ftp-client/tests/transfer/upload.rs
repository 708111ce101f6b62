//! Uploads: whole, visibly broken, or refused on the way.

use super::*;

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
