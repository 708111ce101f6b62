//! A blocking server on `ftp-proto` and `std::net` alone: one file, for whoever asks.
//!
//! It blocks where a real driver would listen to several things at once, so one client can hold it
//! up; `ftp-server` is the driver that doesn't.
//!
//! `cargo run --example blocking_server`, then `curl ftp://127.0.0.1:2121/hello.txt`

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use ftp_proto::listing::{Entry, EntryKind, write_facts, write_name, write_unix};
use ftp_proto::server::{
    Answer, Ask, Connected, Grant, Job, ListStyle, Output, Rights, ServerConfig, ServerSession,
};
use ftp_proto::session::{DataAction, DataEvent, DataFailure, FailureKind};
use ftp_proto::{Moment, PathName, Timestamp, VirtualPath};

const NAME: &[u8] = b"hello.txt";
const CONTENT: &[u8] = b"Hello!\n";

/// Everything that the session can't have: sockets, a clock and files.
struct Blocking {
    session: ServerSession,
    control: TcpStream,
    start: Instant,
    listener: Option<TcpListener>,
    data: Option<TcpStream>,
    /// What the next data connection sends.
    opened: Vec<u8>,
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:2121")?;
    println!("listening on {}", listener.local_addr()?);
    let mut config = ServerConfig::default();
    config.active = false;
    let config = Arc::new(config);
    loop {
        let (control, peer) = listener.accept()?;
        let config = Arc::clone(&config);
        std::thread::spawn(move || match serve(config, control, peer) {
            Ok(()) => println!("{peer} is gone"),
            Err(error) => eprintln!("{peer}: {error}"),
        });
    }
}

fn serve(config: Arc<ServerConfig>, control: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let ends = Connected::new(peer, control.local_addr()?);
    let mut server = Blocking {
        session: ServerSession::new(config, ends, Moment::ZERO),
        control,
        start: Instant::now(),
        listener: None,
        data: None,
        opened: Vec::new(),
    };
    loop {
        // Sent first: a client connects only when it has read where to.
        server.send()?;
        match server.session.poll_output() {
            Some(Output::CloseControl) => return Ok(()),
            Some(Output::Data(action)) => server.act(action)?,
            Some(Output::Ask { id, ask }) => {
                let answer = server.answer(ask);
                server.session.answer(id, answer, server.now());
            }
            Some(Output::Discard { .. }) => server.opened.clear(),
            Some(_) => {} // nothing is withdrawn while nobody else can act
            None => server.receive()?,
        }
    }
}

impl Blocking {
    fn now(&self) -> Moment {
        Moment::from_elapsed(self.start.elapsed())
    }

    fn send(&mut self) -> io::Result<()> {
        while !self.session.outgoing().is_empty() {
            let count = self.control.write(self.session.outgoing())?;
            self.session.sent(count, self.now());
        }
        Ok(())
    }

    /// Waits for bytes of the control connection, or for the time that the session tells.
    fn receive(&mut self) -> io::Result<()> {
        let patience = self.session.poll_timeout().map(|deadline| {
            let left = deadline.since(self.now());
            left.max(Duration::from_millis(1))
        });
        self.control.set_read_timeout(patience)?;
        let mut buffer = [0; 4096];
        let read = self.control.read(&mut buffer);
        let now = self.now();
        match read {
            Ok(0) => self.session.handle_eof(now),
            Ok(count) => self
                .session
                .handle_bytes(buffer.get(..count).unwrap_or_default(), now),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.session.handle_timeout(now);
            }
            Err(_) => self.session.handle_lost(now),
        }
        Ok(())
    }

    fn act(&mut self, action: DataAction) -> io::Result<()> {
        let (channel, event) = match action {
            DataAction::Listen { channel, .. } => {
                let listener = TcpListener::bind((self.control.local_addr()?.ip(), 0))?;
                let advertised = listener.local_addr()?;
                self.listener = Some(listener);
                (channel, DataEvent::Listening { advertised })
            }
            DataAction::Accept { channel, from } => {
                let listener = self.listener.take().ok_or(io::ErrorKind::NotConnected)?;
                let (data, peer) = loop {
                    let (data, peer) = listener.accept()?;
                    if from.admits(peer.ip()) {
                        break (data, peer);
                    }
                };
                self.data = Some(data);
                (channel, DataEvent::Connected { peer: Some(peer) })
            }
            DataAction::Run { channel, .. } => {
                let mut data = self.data.take().ok_or(io::ErrorKind::NotConnected)?;
                let bytes = core::mem::take(&mut self.opened);
                let event = match data.write_all(&bytes) {
                    Ok(()) => DataEvent::Finished {
                        bytes: bytes.len() as u64,
                    },
                    Err(_) => DataEvent::Failed(DataFailure::Broken),
                };
                (channel, event)
            }
            DataAction::Dial { channel, .. } => {
                (channel, DataEvent::Failed(DataFailure::CantConnect))
            }
            _ => {
                (self.listener, self.data) = (None, None);
                return Ok(());
            }
        };
        self.session.handle_data(channel, event, self.now());
        Ok(())
    }

    fn answer(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Login { .. } => {
                Answer::LoggedIn(Grant::new(Rights::READ_ONLY, VirtualPath::root()))
            }
            Ask::ChangeDirectory(path) if path.is_root() => Answer::Done,
            Ask::Inspect(path) => entry(&path).map_or_else(Answer::Failed, Answer::Entry),
            Ask::Open { job, .. } => match open(job) {
                Ok(bytes) => {
                    let size = Some(bytes.len() as u64);
                    self.opened = bytes;
                    Answer::Opened { size, name: None }
                }
                Err(kind) => Answer::Failed(kind),
            },
            _ => Answer::Failed(FailureKind::Unsupported),
        }
    }
}

/// What there is at a path: the root, and the file in it.
fn entry(path: &VirtualPath) -> Result<Entry, FailureKind> {
    let (name, kind, size) = match path.as_bytes() {
        b"/" => (&b"/"[..], EntryKind::Directory, None),
        [b'/', name @ ..] if name == NAME => (name, EntryKind::File, Some(CONTENT.len() as u64)),
        _ => return Err(FailureKind::NotFound),
    };
    let name = PathName::new(name).map_err(|_| FailureKind::BadName)?;
    let mut entry = Entry::new(name, kind);
    entry.size = size;
    Ok(entry)
}

/// The bytes of a download or a listing.
fn open(job: Job) -> Result<Vec<u8>, FailureKind> {
    match job {
        Job::Retrieve { path, offset } => match entry(&path)?.kind {
            EntryKind::File => usize::try_from(offset)
                .ok()
                .and_then(|offset| CONTENT.get(offset..))
                .map(<[u8]>::to_vec)
                .ok_or(FailureKind::BadOffset),
            _ => Err(FailureKind::IsADirectory),
        },
        Job::List { path, style } if path.is_root() => {
            let name = PathName::new(NAME).map_err(|_| FailureKind::BadName)?;
            let entry = entry(&path.join(&name))?;
            let mut line = Vec::new();
            match style {
                ListStyle::Unix { .. } => write_unix(&entry, Timestamp::UNIX_EPOCH, &mut line),
                ListStyle::Names { prefix, .. } => write_name(&prefix, &entry, &mut line),
                ListStyle::Facts { facts, .. } => write_facts(&entry, facts, &mut line),
                _ => return Err(FailureKind::Unsupported),
            }
            line.extend_from_slice(b"\r\n");
            Ok(line)
        }
        Job::List { .. } => Err(FailureKind::NotADirectory),
        _ => Err(FailureKind::Unsupported),
    }
}
