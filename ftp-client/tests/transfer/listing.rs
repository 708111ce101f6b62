//! Listings: by facts or by `ls -l`, and those of nothing.

use super::*;

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
