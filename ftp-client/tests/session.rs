//! The control connection: commands, refusals, injection, the trace, transports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Mutex;

use ftp_client::connect::{Connection, Listener};
use ftp_client::data::{ControlInfo, DataStrategy, DataStream};
use ftp_client::{
    Client, Command, Credentials, DataMode, DownloadFileOptions, ErrorKind, Phase, TypeCode,
    UploadFileOptions,
};
use ftp_proto::session::{Family, Target};
use futures::future::BoxFuture;
use support::{Server, alone, both, pair, pair_with};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream,
};
use tokio::net::TcpListener;

#[tokio::test]
async fn each_method_is_its_command() {
    let (mut client, mut server) = pair().await;
    let script = async {
        for (command, reply) in [
            ("PWD", "257 \"/a \"\"b\"\"\" is here"),
            ("CWD /x y", "250 ok"),
            ("CDUP", "200 ok"),
            ("MKD new", "257 \"/x/new\" made"),
            ("MKD mute", "250 made"),
            ("RMD new", "250 ok"),
            ("DELE a", "250 ok"),
            ("RNFR a", "350 and?"),
            ("RNTO b", "250 ok"),
            ("TYPE I", "200 ok"),
            ("SIZE a", "213 18446744073709551615"),
            ("SIZE b", "213 0"),
            ("MDTM a", "213 20240229120000.25"),
            ("MFMT 20240229120000.25 a", "213 Modify=20240229120000; a"),
            ("MLST a", "250-of a\r\n Type=file;Size=3; a\r\n250 end"),
            ("SYST", "215 UNIX Type: L8"),
            ("FEAT", "211-these\r\n MLST type*;\r\n SIZE\r\n211 end"),
            ("NOOP", "200 ok"),
            ("SITE CHMOD 644 a", "200 ok"),
            ("STAT", "211 fine"),
            ("HELP MKD", "214 makes"),
            ("OPTS UTF8 ON", "200 ok"),
            ("ALLO 5", "202 no need"),
            ("HELP", "214 MKD"),
            ("STAT a b", "213 there"),
            ("HOST ftp.example.org", "220 ok"),
            ("LANG en", "200 ok"),
            ("CLNT me", "200 ok"),
            ("ACCT vault", "230 ok"),
            ("SMNT /mnt", "250 ok"),
            ("TYPE A", "200 ok"),
            ("REIN", "220 again"),
            ("XCRC a", "250 ABCD"),
        ] {
            server.answer(command, reply).await;
        }
    };
    let calls = async {
        let c = &mut client;
        assert_eq!(c.working_directory().await.unwrap().as_bytes(), b"/a \"b\"");
        c.change_directory("/x y").await.unwrap();
        c.change_to_parent().await.unwrap();
        assert_eq!(c.make_directory("new").await.unwrap().as_bytes(), b"/x/new");
        assert_eq!(c.make_directory("mute").await.unwrap().as_bytes(), b"mute");
        c.remove_directory("new").await.unwrap();
        c.remove_file("a").await.unwrap();
        c.rename("a", "b").await.unwrap();
        assert_eq!(c.size("a").await.unwrap(), u64::MAX);
        assert_eq!(c.size("b").await.unwrap(), 0);
        let time = c.modified("a").await.unwrap();
        assert_eq!(time.to_string(), "20240229120000.25");
        c.set_modified("a", time).await.unwrap();
        assert_eq!(c.facts("a").await.unwrap().size, Some(3));
        assert_eq!(c.system().await.unwrap(), "UNIX Type: L8");
        assert!(c.features().await.unwrap().machine_listings());
        assert!(c.features().await.unwrap().contains("SIZE"));
        c.noop().await.unwrap();
        c.site("CHMOD 644 a").await.unwrap();
        c.status().await.unwrap();
        c.help_on("MKD").await.unwrap();
        c.set_option("UTF8 ON").await.unwrap();
        c.allocate(5).await.unwrap();
        c.help().await.unwrap();
        c.status_of("a b").await.unwrap();
        c.host("ftp.example.org").await.unwrap();
        c.language("en").await.unwrap();
        c.introduce("me").await.unwrap();
        c.account("vault").await.unwrap();
        c.mount("/mnt").await.unwrap();
        c.set_type(TypeCode::Ascii).await.unwrap();
        c.reinitialize().await.unwrap();
        assert_eq!(c.raw("XCRC a").await.unwrap().text(), b"ABCD");
    };
    both(calls, script).await;
}

#[tokio::test]
async fn a_login_sends_what_is_asked_for() {
    for (replies, expected) in [
        (&[("USER u", "230 in")][..], 230),
        (&[("USER u", "331 password?"), ("PASS p", "230 in")], 230),
        (
            &[
                ("USER u", "331 password?"),
                ("PASS p", "332 account?"),
                ("ACCT a", "202 in"),
            ],
            202,
        ),
    ] {
        let (mut client, mut server) = pair().await;
        let script = async {
            for (command, reply) in replies {
                server.answer(command, reply).await;
            }
        };
        let argument = |text| ftp_client::Argument::new(text).unwrap();
        let who = Credentials::new(argument("u"), argument("p")).with_account(argument("a"));
        let (reply, ()) = both(client.login_as(who), script).await;
        assert_eq!(reply.unwrap().code().value(), expected, "{replies:?}");
    }
}

#[tokio::test]
async fn a_refused_login_tells_the_phase() {
    let (mut client, mut server) = pair().await;
    let script = async {
        server.answer("USER u", "331 password?").await;
        server.answer("PASS wrong", "530 no").await;
    };
    let (result, ()) = both(client.login("u", "wrong"), script).await;
    let error = result.unwrap_err();
    assert_eq!(
        (error.phase(), error.kind()),
        (Phase::Login, &ErrorKind::Rejected)
    );
    assert_eq!(error.code().unwrap().value(), 530);
    assert!(!error.is_closed() && !error.to_string().contains("wrong"));
}

#[tokio::test]
async fn a_line_end_in_any_argument_is_refused_and_nothing_is_sent() {
    for evil in ["x\r\nDELE y", "x\nDELE y", "x\rDELE y", "x\0y"] {
        let (mut client, mut server) = pair().await;
        let calls = async {
            let c = &mut client;
            let time = ftp_client::Timestamp::parse(b"20240101000000").unwrap();
            macro_rules! refused {
                ($($call:expr;)+) => {
                    $(
                        let error = $call.await.map(drop).unwrap_err();
                        let bad = matches!(error.kind(), ErrorKind::BadInput(_));
                        assert!(bad, "{} with {evil:?}: {error}", stringify!($call));
                        assert!(!error.is_closed());
                    )+
                };
            }
            refused! {
                c.login(evil, "p");
                c.login("u", evil);
                c.change_directory(evil);
                c.make_directory(evil);
                c.remove_directory(evil);
                c.remove_file(evil);
                c.rename(evil, "b");
                c.rename("a", evil);
                c.size(evil);
                c.modified(evil);
                c.set_modified(evil, time);
                c.facts(evil);
                c.site(evil);
                c.status_of(evil);
                c.help_on(evil);
                c.set_option(evil);
                c.host(evil);
                c.language(evil);
                c.introduce(evil);
                c.account(evil);
                c.mount(evil);
                c.raw(evil);
                c.download(evil);
                c.upload(evil);
                c.append(evil);
                c.list(evil);
                c.names(evil);
                c.download_file(evil, "/dev/null", DownloadFileOptions::new());
                c.upload_file("/dev/null", evil, UploadFileOptions::new());
            }
            c.noop().await.unwrap();
        };
        both(calls, server.answer("NOOP", "200 ok")).await;
    }
}

#[tokio::test]
async fn raw_commands_cannot_get_the_session_out_of_step() {
    let (mut client, mut server) = pair().await;
    let calls = async {
        for line in [
            "RETR a",
            "retr a",
            "STOR a",
            "LIST",
            "REST 5",
            "ABOR",
            "QUIT",
            "USER x",
            "PASS x",
            "AUTH TLS",
            "PROT P",
            "MODE B",
            "STRU R",
            "",
            " NOOP x y\r\n",
        ] {
            let error = client.raw(line).await.unwrap_err();
            let bad = matches!(error.kind(), ErrorKind::BadInput(_));
            assert!(bad && !error.is_closed(), "{line:?}: {error}");
        }
        client.command(Command::Noop).await.unwrap();
    };
    both(calls, server.answer("NOOP", "200 ok")).await;
}

#[tokio::test]
async fn a_stray_reply_kills_the_client_instead_of_answering_the_next_command() {
    let (mut client, mut server) = pair().await;
    let (result, ()) = both(client.noop(), server.answer("NOOP", "200 ok\r\n200 stray")).await;
    result.unwrap();
    let script = async {
        let _ = server.line().await;
    };
    let (result, ()) = both(client.remove_file("a"), script).await;
    let error = result.unwrap_err();
    assert!(error.is_closed(), "{error}");
}

#[tokio::test]
async fn a_421_while_idle_is_told_by_the_next_call() {
    let (mut client, mut server) = pair().await;
    both(client.noop(), async {
        server.answer("NOOP", "200 ok").await;
        server.say("421 idle for too long").await;
    })
    .await
    .0
    .unwrap();
    drop(server);
    let error = alone(client.noop()).await.unwrap_err();
    assert!(error.is_closed() && error.is_transient(), "{error}");
    assert_eq!(error.code().unwrap().value(), 421);
}

#[tokio::test]
async fn what_is_no_greeting_is_told() {
    for (greeting, closed_by_server) in [
        ("HTTP/1.1 400 Bad Request", false),
        ("421 too many", true),
        ("", true),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = async {
            let mut server = Server::accept(&listener).await;
            if !greeting.is_empty() {
                server.say(greeting).await;
            }
        };
        let (client, ()) = both(Client::connect(address), script).await;
        let error = client.unwrap_err();
        assert_eq!(error.phase(), Phase::Greeting, "{greeting}");
        assert!(error.is_closed());
        let closed = *error.kind() == ErrorKind::Closed;
        assert_eq!(closed, closed_by_server, "{greeting}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = alone(Client::connect(address)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Connect);
    assert_eq!(error.address(), Some(address));
    let text = error.to_string();
    assert!(text.contains(&address.to_string()), "{text}");
}

#[tokio::test]
async fn silence_is_timed_out() {
    let limit = core::time::Duration::from_millis(50);
    let (mut client, mut server) = pair_with(&Client::builder().reply_timeout(limit)).await;
    let (result, ()) = both(client.noop(), async {
        server.expect("NOOP").await;
        server.expect_end().await;
    })
    .await;
    let error = result.unwrap_err();
    assert!(error.is_timeout() && error.is_closed(), "{error}");
    assert!(error.to_string().starts_with("NOOP: timed out"), "{error}");
}

/// Data connections that never touch a network: each dial takes the next pipe.
#[derive(Debug)]
struct Pipes(Mutex<Vec<DuplexStream>>);

impl DataStrategy for Pipes {
    fn modes(&self, _: &ControlInfo) -> Vec<DataMode> {
        vec![DataMode::Epsv]
    }

    fn dial(&self, _: Target, _: &ControlInfo) -> BoxFuture<'static, std::io::Result<Connection>> {
        let pipe = self.0.lock().unwrap().pop();
        Box::pin(async move {
            let pipe = pipe.ok_or(std::io::ErrorKind::NotConnected)?;
            Ok(Connection::trusted(DataStream::Boxed(Box::new(pipe))))
        })
    }

    fn listen(
        &self,
        _: Family,
        _: &ControlInfo,
    ) -> BoxFuture<'static, std::io::Result<Box<dyn Listener>>> {
        Box::pin(async { Err(std::io::ErrorKind::Unsupported.into()) })
    }
}

#[tokio::test]
async fn a_client_runs_in_memory() {
    let (near, far) = tokio::io::duplex(16);
    let (data_near, mut data_far) = tokio::io::duplex(16);
    let builder = Client::builder().data(Pipes(Mutex::new(vec![data_near])));
    let script = async {
        let mut far = BufReader::new(far);
        far.write_all(b"220 ready\r\n").await.unwrap();
        for (command, reply) in [
            ("TYPE I\r\n", "200 ok\r\n"),
            ("SIZE a\r\n", "550 can't say\r\n"),
            ("EPSV\r\n", "229 ok (|||7|)\r\n"),
            ("RETR a\r\n", "150 ok\r\n"),
        ] {
            let mut line = String::new();
            far.read_line(&mut line).await.unwrap();
            assert_eq!(line, command);
            far.write_all(reply.as_bytes()).await.unwrap();
        }
        data_far.write_all(&[42; 1000]).await.unwrap();
        drop(data_far);
        far.write_all(b"226 done\r\n").await.unwrap();
        far
    };
    let get = async {
        let mut client = builder.connect_with(near).await.unwrap();
        let mut download = client.download("a").await.unwrap();
        let mut bytes = Vec::new();
        download.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let (bytes, _far) = both(get, script).await;
    assert_eq!(bytes, [42; 1000]);
}

#[test]
fn everything_can_move_to_another_task() {
    fn send<T: Send>(_: T) {}
    fn all(mut client: Client) {
        send(Client::connect("127.0.0.1:21"));
        send(client.login("u", "p"));
        send(client.noop());
        send(client.download("a"));
        send(client.upload("a"));
        send(client.list("a"));
        send(client.download_file("a", "b", DownloadFileOptions::new()));
        send(client.upload_file("a", "b", UploadFileOptions::new()));
        send(client.quit());
    }
    let _: fn(Client) = all;
}
