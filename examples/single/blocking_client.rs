//! A blocking client on `ftp-proto` and `std::net` alone: the proof that the core does no I/O.
//!
//! Prints a file of an anonymous server:
//! `cargo run --example blocking_client -- 127.0.0.1:2121 README.md`

use core::error::Error;
use core::net::SocketAddr;
use core::time::Duration;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use ftp_proto::client::{
    ClientConfig, ClientSession, Credentials, Event, Output, Transfer, TransferVerb,
};
use ftp_proto::session::{DataAction, DataEvent, Target};
use ftp_proto::{Argument, Moment, PathName};

/// Everything that the session can't have: two sockets and a clock.
struct Blocking {
    session: ClientSession,
    control: TcpStream,
    data: Option<TcpStream>,
    start: Instant,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(server), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: blocking_client ADDRESS:PORT PATH".into());
    };
    let mut client = Blocking::connect(server.parse()?)?;
    client.wait()?;
    let anonymous = Credentials::new(Argument::new("anonymous")?, Argument::new("guest@")?);
    client.session.login(anonymous, client.now())?;
    client.wait()?;
    let download = Transfer::new(TransferVerb::Retrieve(PathName::new(path)?));
    client.session.transfer(download, client.now())?;
    client.wait()?;
    client.session.quit(client.now())?;
    client.wait()?;
    Ok(())
}

impl Blocking {
    fn connect(server: SocketAddr) -> io::Result<Self> {
        let control = TcpStream::connect(server)?;
        let mut config = ClientConfig::default();
        config.peer = Some(server);
        let session = ClientSession::new(config, Moment::ZERO);
        Ok(Self {
            session,
            control,
            data: None,
            start: Instant::now(),
        })
    }

    fn now(&self) -> Moment {
        Moment::from_elapsed(self.start.elapsed())
    }

    /// Does what the session says until it has news about the latest request.
    fn wait(&mut self) -> Result<Event, Box<dyn Error>> {
        loop {
            match self.session.poll_output() {
                Some(Output::Data(action)) => self.act(action)?,
                Some(Output::CloseControl) => self.control.shutdown(Shutdown::Both)?,
                Some(Output::Event(Event::Rejected { reply, .. })) => {
                    return Err(reply.to_string().into());
                }
                Some(Output::Event(Event::Broken { why, .. })) => return Err(why.into()),
                Some(Output::Event(Event::Preliminary { .. } | Event::FellBack { .. })) => {}
                Some(Output::Event(event)) => return Ok(event),
                _ => self.exchange()?,
            }
        }
    }

    /// Moves bytes of the control connection, out if there are any to go, else in.
    fn exchange(&mut self) -> io::Result<()> {
        if !self.session.outgoing().is_empty() {
            let count = self.control.write(self.session.outgoing())?;
            let now = self.now();
            self.session.sent(count, now);
            return Ok(());
        }
        let patience = self
            .session
            .poll_timeout()
            .map(|deadline| deadline.since(self.now()));
        let at_least = Duration::from_millis(1);
        self.control
            .set_read_timeout(patience.map(|patience| patience.max(at_least)))?;
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
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn act(&mut self, action: DataAction) -> io::Result<()> {
        match action {
            DataAction::Dial { channel, target } => {
                let server = self.control.peer_addr()?;
                let address = match target {
                    Target::Address(address) => address,
                    Target::ControlHost { port } => SocketAddr::new(server.ip(), port),
                    _ => return Err(io::ErrorKind::Unsupported.into()),
                };
                self.data = Some(TcpStream::connect(address)?);
                let event = DataEvent::Connected {
                    peer: Some(address),
                };
                self.session.handle_data(channel, event, self.now());
            }
            DataAction::Run { channel, .. } => {
                let mut data = self.data.take().ok_or(io::ErrorKind::NotConnected)?;
                let bytes = io::copy(&mut data, &mut io::stdout())?;
                self.session
                    .handle_data(channel, DataEvent::Finished { bytes }, self.now());
            }
            DataAction::Close { .. } => self.data = None,
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(())
    }
}
