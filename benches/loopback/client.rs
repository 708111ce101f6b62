//! A raw blocking client that costs less than any server, so that it isn't what is measured.
//!
//! It knows just enough of FTP to count bytes and replies, and takes everything that isn't as
//! expected for an error.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use ftp_proto::addr::scan_host_port;

use crate::support::place::{PASSWORD, USER};

/// Longest silence of a server.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes that are read and written at once.
const CHUNK: usize = 256 * 1024;

/// A control connection.
pub(crate) struct Client {
    control: BufReader<TcpStream>,
    line: Vec<u8>,
    chunk: Vec<u8>,
}

impl Client {
    /// Connects and logs in.
    pub(crate) fn log_in(port: u16) -> io::Result<Self> {
        let stream = connect(port)?;
        stream.set_nodelay(true)?;
        let mut client = Self {
            control: BufReader::new(stream),
            line: Vec::new(),
            chunk: vec![0; CHUNK],
        };
        client.expect(b'2')?;
        client.send(format!("USER {USER}\r\n").as_bytes())?;
        client.expect(b'3')?;
        client.send(format!("PASS {PASSWORD}\r\n").as_bytes())?;
        client.expect(b'2')?;
        client.command("TYPE I")?;
        Ok(client)
    }

    /// Ends the session in order.
    pub(crate) fn quit(mut self) -> io::Result<()> {
        self.command("QUIT")
    }

    /// Sends a command and waits for its success.
    pub(crate) fn command(&mut self, command: &str) -> io::Result<()> {
        self.send(format!("{command}\r\n").as_bytes())?;
        self.expect(b'2')
    }

    /// Sends the same command many times, and then reads all the replies.
    pub(crate) fn pipeline(&mut self, command: &str, count: usize) -> io::Result<()> {
        self.send(format!("{command}\r\n").repeat(count).as_bytes())?;
        (0..count).try_for_each(|_| self.expect(b'2'))
    }

    /// Runs a command that sends data; returns what `count` makes of all of them.
    pub(crate) fn receive(
        &mut self,
        command: &str,
        count: impl Fn(&[u8]) -> usize,
    ) -> io::Result<usize> {
        let mut data = self.open(command)?;
        let mut total = 0;
        loop {
            let length = data.read(&mut self.chunk)?;
            let Some(bytes @ [_, ..]) = self.chunk.get(..length) else {
                break;
            };
            total += count(bytes);
        }
        drop(data);
        self.expect(b'2')?;
        Ok(total)
    }

    /// Runs a command that takes data, and sends so many bytes.
    pub(crate) fn transmit(&mut self, command: &str, mut length: usize) -> io::Result<()> {
        let mut data = self.open(command)?;
        while length > 0 {
            let size = length.min(CHUNK);
            data.write_all(self.chunk.get(..size).unwrap_or_default())?;
            length -= size;
        }
        drop(data);
        self.expect(b'2')
    }

    fn open(&mut self, command: &str) -> io::Result<TcpStream> {
        self.command("PASV")?;
        let address = scan_host_port(&self.line).ok_or_else(|| self.unexpected())?;
        let data = connect(address.port())?;
        self.send(format!("{command}\r\n").as_bytes())?;
        self.expect(b'1')?;
        Ok(data)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.control.get_mut().write_all(bytes)
    }

    /// Reads a reply, and fails if its first digit isn't this one.
    fn expect(&mut self, class: u8) -> io::Result<()> {
        loop {
            self.line.clear();
            if self.control.read_until(b'\n', &mut self.line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let [first @ b'1'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ', ..] = *self.line {
                return if first == class {
                    Ok(())
                } else {
                    Err(self.unexpected())
                };
            }
        }
    }

    fn unexpected(&self) -> io::Error {
        io::Error::other(String::from_utf8_lossy(self.line.trim_ascii()))
    }
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}
