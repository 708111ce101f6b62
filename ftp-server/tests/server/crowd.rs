//! Many sessions at once, each from an address of its own, each with files of its own.

use std::sync::Arc;

use ftp_server::ServerBuilder;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::client::{Client, connect_from, read_all, soon};
use crate::site::Site;

/// Has each of `count` sessions upload a file and download it again. No transfer ends before all
/// have begun, so that all of them are there at once.
pub(crate) async fn crowd(count: usize, change: impl FnOnce(ServerBuilder) -> ServerBuilder) {
    raise_file_limit();
    let site = Site::with(change).await;
    let address = site.address;
    let all_begun = Arc::new(Barrier::new(count));
    let mut sessions = JoinSet::new();
    for number in 0..count {
        let all_begun = Arc::clone(&all_begun);
        sessions.spawn(async move {
            let host = format!("127.0.{}.{}", 1 + number / 250, 2 + number % 250);
            let mut client = Client::log_in_from(&host, address).await;
            let content = format!("{number} ").repeat(20_000).into_bytes();

            let passive = if number % 2 == 0 {
                client.epsv().await
            } else {
                client.pasv().await
            };
            let mut data = connect_from(&host, passive).await.unwrap();
            client.begin(&format!("STOR {number}")).await;
            let (half, rest) = content.split_at(content.len() / 2);
            soon("upload", data.write_all(half)).await.unwrap();
            soon("everybody", all_begun.wait()).await;
            soon("upload", data.write_all(rest)).await.unwrap();
            drop(data);
            client.expect_reply(226).await;

            let passive = client.epsv().await;
            let mut data = connect_from(&host, passive).await.unwrap();
            client.begin(&format!("RETR {number}")).await;
            let mut first = vec![0; 100];
            soon(
                "download",
                tokio::io::AsyncReadExt::read_exact(&mut data, &mut first),
            )
            .await
            .unwrap();
            soon("everybody", all_begun.wait()).await;
            first.extend(read_all(&mut data).await);
            drop(data);
            client.expect_reply(226).await;
            assert!(first == content, "{number}: other bytes");
        });
    }
    while let Some(ended) = sessions.join_next().await {
        ended.unwrap();
    }
}

/// Lets this process have as many files as it may at all: crowds need some thousands.
pub(crate) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, all).unwrap();
}
