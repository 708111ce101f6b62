//! A server that answers each command from a table.

use core::net::SocketAddr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What every server says unless a test wants otherwise; by the beginning of the command.
const USUAL: [(&str, &str); 9] = [
    ("220", "220 ready"),
    ("USER", "331 password?"),
    ("PASS", "230 welcome"),
    ("TYPE", "200 ok"),
    ("MLSD", "150 here it comes\r\n226 done"),
    ("MLST", "502 no"),
    ("CWD", "250 ok"),
    ("QUIT", "221 bye"),
    ("", "502 no"),
];

/// A server for any number of sessions. Its threads end with the test.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    replies: Vec<(String, String)>,
    listing: String,
    commands: Vec<String>,
}

impl Server {
    /// Answers as told, and else as usual. The greeting counts as the answer to `220`; an empty
    /// answer is none.
    pub(crate) fn start(replies: &[(&str, &str)]) -> Self {
        let owned = |(command, reply): &(&str, &str)| ((*command).into(), (*reply).into());
        let shared = Arc::new(Mutex::new(Shared {
            replies: replies.iter().chain(&USUAL).map(owned).collect(),
            ..Shared::default()
        }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&of_thread);
                // A client that goes away ends its session.
                thread::spawn(move || session(&stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// What comes over every data connection.
    pub(crate) fn listing(self, text: &str) -> Self {
        self.shared.lock().unwrap().listing = text.into();
        self
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("ftp://{}/{path}", self.address)
    }

    /// The commands with this beginning that came so far.
    pub(crate) fn commands(&self, beginning: &str) -> Vec<String> {
        let mut commands = self.shared.lock().unwrap().commands.clone();
        commands.retain(|command| command.starts_with(beginning));
        commands
    }
}

impl Shared {
    fn reply_to(&self, command: &str) -> String {
        let found = self
            .replies
            .iter()
            .find(|(beginning, _)| command.starts_with(beginning));
        found.map_or_else(String::new, |(_, reply)| reply.clone())
    }
}

fn session(stream: &TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let say = |text: &str| match text {
        "" => Ok(()),
        _ => { &*stream }.write_all(format!("{text}\r\n").as_bytes()),
    };
    let mut passive = None;
    let mut data = None;
    say(&shared.lock().unwrap().reply_to("220"))?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let (reply, listing) = {
            let mut shared = shared.lock().unwrap();
            shared.commands.push(line.clone());
            (shared.reply_to(&line), shared.listing.clone())
        };
        if line == "EPSV" {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            say(&format!("229 ok (|||{}|)", listener.local_addr()?.port()))?;
            passive = Some(listener);
            continue;
        }
        if reply.starts_with("150")
            && let Some(listener) = passive.take()
        {
            let (mut connection, _) = listener.accept()?;
            if line.starts_with("MLSD") {
                connection.write_all(listing.as_bytes())?;
            } else {
                // Neither read nor closed.
                data = Some(connection);
            }
        }
        say(&reply)?;
    }
    drop(data);
    Ok(())
}
