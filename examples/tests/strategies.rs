//! Every client strategy against every server strategy, over both families, for a download, an
//! upload and a listing: which commands are tried, and what comes of it, also where nothing can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use core::fmt::Write as _;
use core::net::SocketAddr;
use core::time::Duration;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ftp_client::data::{Active, Auto, DataStrategy, Passive};
use ftp_client::{Client, Error};
use ftp_server::auth::{Rights, Users};
use ftp_server::data::{Dial, Disabled, Ephemeral, FromPort, PortRange, Shared};
use ftp_server::storage::MemoryStorage;
use ftp_server::{Server, ServerBuilder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// Longest transfer; a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// What each verb of a cell must come to: the modes that were tried, and `ok`, the code that refused
/// the last one, or `impossible` if none could be tried. The three verbs never differ.
const EXPECTED: &str = "
ephemeral IPv4
  epsv     EPSV ok
  pasv     PASV ok
  passive  EPSV ok
  eprt     EPRT ok
  port     PORT ok
  active   EPRT ok
  auto     EPSV ok
ephemeral IPv6
  epsv     EPSV ok
  pasv     impossible
  passive  EPSV ok
  eprt     EPRT ok
  port     impossible
  active   EPRT ok
  auto     EPSV ok
range IPv4
  epsv     EPSV ok
  pasv     PASV ok
  passive  EPSV ok
  eprt     EPRT ok
  port     PORT ok
  active   EPRT ok
  auto     EPSV ok
range IPv6
  epsv     EPSV ok
  pasv     impossible
  passive  EPSV ok
  eprt     EPRT ok
  port     impossible
  active   EPRT ok
  auto     EPSV ok
shared IPv4
  epsv     EPSV ok
  pasv     PASV ok
  passive  EPSV ok
  eprt     EPRT ok
  port     PORT ok
  active   EPRT ok
  auto     EPSV ok
shared IPv6
  epsv     EPSV ok
  pasv     impossible
  passive  EPSV ok
  eprt     EPRT ok
  port     impossible
  active   EPRT ok
  auto     EPSV ok
passive only IPv4
  epsv     EPSV ok
  pasv     PASV ok
  passive  EPSV ok
  eprt     EPRT 502
  port     PORT 502
  active   EPRT PORT 502
  auto     EPSV ok
passive only IPv6
  epsv     EPSV ok
  pasv     impossible
  passive  EPSV ok
  eprt     EPRT 502
  port     impossible
  active   EPRT 502
  auto     EPSV ok
active only IPv4
  epsv     EPSV 502
  pasv     PASV 502
  passive  EPSV PASV 502
  eprt     EPRT ok
  port     PORT ok
  active   EPRT ok
  auto     EPSV PASV EPRT ok
active only IPv6
  epsv     EPSV 502
  pasv     impossible
  passive  EPSV 502
  eprt     EPRT ok
  port     impossible
  active   EPRT ok
  auto     EPSV EPRT ok
active from one port IPv4
  epsv     EPSV 502
  pasv     PASV 502
  passive  EPSV PASV 502
  eprt     EPRT ok
  port     PORT ok
  active   EPRT ok
  auto     EPSV PASV EPRT ok
active from one port IPv6
  epsv     EPSV 502
  pasv     impossible
  passive  EPSV 502
  eprt     EPRT ok
  port     impossible
  active   EPRT ok
  auto     EPSV EPRT ok
nothing IPv4
  epsv     EPSV 502
  pasv     PASV 502
  passive  EPSV PASV 502
  eprt     EPRT 502
  port     PORT 502
  active   EPRT PORT 502
  auto     EPSV PASV EPRT PORT 502
nothing IPv6
  epsv     EPSV 502
  pasv     impossible
  passive  EPSV 502
  eprt     EPRT 502
  port     impossible
  active   EPRT 502
  auto     EPSV EPRT 502
";

/// A server strategy and its name.
type Serving = (&'static str, fn(ServerBuilder) -> ServerBuilder);

const SERVERS: &[Serving] = &[
    ("ephemeral", |it| it.passive(Ephemeral).active(Dial)),
    ("range", |it| {
        let low = free_port();
        it.passive(PortRange::new(low..=low.saturating_add(50)).unwrap())
            .active(Dial)
    }),
    ("shared", |it| {
        let port = free_port();
        it.passive(Shared::new(port..=port).unwrap()).active(Dial)
    }),
    ("passive only", |it| it.passive(Ephemeral).active(Disabled)),
    ("active only", |it| it.passive(Disabled).active(Dial)),
    ("active from one port", |it| {
        it.passive(Disabled).active(FromPort(free_port()))
    }),
    ("nothing", |it| it.passive(Disabled).active(Disabled)),
];

fn clients() -> [(&'static str, Arc<dyn DataStrategy>); 7] {
    [
        ("epsv", Arc::new(Passive::epsv())),
        ("pasv", Arc::new(Passive::pasv())),
        ("passive", Arc::new(Passive::new())),
        ("eprt", Arc::new(Active::eprt())),
        ("port", Arc::new(Active::port())),
        ("active", Arc::new(Active::new())),
        ("auto", Arc::new(Auto::new())),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    Retrieve,
    Store,
    List,
}

/// Both sides run on one thread, so that what the client says can be listened to.
#[tokio::test]
async fn every_cell_comes_out_as_expected() {
    let mut found = String::from("\n");
    for (name, serving) in SERVERS {
        for (family, host) in [("IPv4", "127.0.0.1:0"), ("IPv6", "[::1]:0")] {
            let address = serve(*serving, host).await;
            writeln!(found, "{name} {family}").unwrap();
            for (client, strategy) in clients() {
                let mut cells = Vec::new();
                for verb in [Verb::Retrieve, Verb::Store, Verb::List] {
                    cells.push(cell(address, Arc::clone(&strategy), verb).await);
                }
                let same = cells.iter().all(|cell| *cell == cells[0]);
                assert!(same, "{name} {family} {client}: {cells:?}");
                writeln!(found, "  {client:<9}{}", cells[0]).unwrap();
            }
        }
    }
    assert!(found == EXPECTED, "expected:{EXPECTED}\nfound:{found}");
}

async fn serve(serving: fn(ServerBuilder) -> ServerBuilder, host: &str) -> SocketAddr {
    let builder = Server::builder()
        .storage(Arc::new(MemoryStorage::default()))
        .authenticator(Users::new().with("test", "secret", Rights::READ_WRITE));
    let listening = serving(builder).build().unwrap().bind(host).await.unwrap();
    let address = listening.local_addr();
    tokio::spawn(listening.serve());
    // The file that is fetched later, by whatever way there is.
    let mut client = log_in(address, Arc::new(Auto::new())).await;
    let _ = store(&mut client).await;
    address
}

async fn log_in(address: SocketAddr, strategy: Arc<dyn DataStrategy>) -> Client {
    let builder = Client::builder().data(strategy);
    let mut client = builder.connect(address).await.unwrap();
    client.login("test", "secret").await.unwrap();
    client
}

/// One transfer on a connection of its own: the modes that were tried, and what came of it.
async fn cell(address: SocketAddr, strategy: Arc<dyn DataStrategy>, verb: Verb) -> String {
    let heard = Heard::default();
    let wire = Targets::new().with_target(ftp_client::TRACE_TARGET, LevelFilter::DEBUG);
    let lines = tracing_subscriber::fmt::layer().with_writer(heard.clone());
    let listening = tracing_subscriber::registry().with(lines).with(wire);
    let _listening = tracing::subscriber::set_default(listening);
    let mut client = log_in(address, strategy).await;
    let transfer = async {
        match verb {
            Verb::Retrieve => retrieve(&mut client).await,
            Verb::Store => store(&mut client).await,
            Verb::List => list(&mut client).await,
        }
    };
    let result = tokio::time::timeout(PATIENCE, transfer).await;
    let outcome = match result.expect("the transfer hangs") {
        Ok(()) => "ok".to_owned(),
        Err(error) => error
            .code()
            .map_or_else(|| "impossible".into(), |it| it.to_string()),
    };
    // After a failure the session goes on all the same.
    client.noop().await.unwrap();
    let mut cell = heard.modes();
    cell.push(outcome);
    cell.join(" ")
}

async fn retrieve(client: &mut Client) -> Result<(), Error> {
    let mut download = client.download("f").await?;
    let mut bytes = Vec::new();
    let _ = download.read_to_end(&mut bytes).await;
    download.finish().await?;
    assert_eq!(bytes, CONTENT);
    Ok(())
}

async fn store(client: &mut Client) -> Result<(), Error> {
    let mut upload = client.upload("f").await?;
    let _ = upload.write_all(CONTENT).await;
    upload.finish().await.map(drop)
}

async fn list(client: &mut Client) -> Result<(), Error> {
    let listing = client.list("").await?;
    listing.finish().await.map(drop)
}

const CONTENT: &[u8] = b"what the file holds";

/// A port that nobody uses, and hardly anybody will at once.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// What the client said.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn modes(&self) -> Vec<String> {
        let heard = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        heard
            .lines()
            .filter_map(|line| line.split_once("> "))
            .map(|(_, command)| command.split(' ').next().unwrap_or_default().to_owned())
            .filter(|verb| matches!(verb.as_str(), "EPSV" | "PASV" | "EPRT" | "PORT"))
            .collect()
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Heard {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
