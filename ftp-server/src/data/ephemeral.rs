//! Passive data connections on ports that the operating system chooses.

use core::future::ready;
use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::listener::{BACKLOG, OneConnection};
use super::{Claim, PassivePorts, PassiveStrategy, Reservation};
use crate::accept::listen;
use crate::session::SessionInfo;

/// Listens on a port that the operating system chooses, a new one for each connection.
///
/// For servers that clients reach directly: a firewall in between has to follow the control
/// connection, or to let all ports through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ephemeral;

impl PassiveStrategy for Ephemeral {
    fn session(self: Arc<Self>, who: &SessionInfo) -> Box<dyn PassivePorts> {
        let mut host = who.local;
        host.set_port(0);
        Box::new(AnyPort { host })
    }
}

#[derive(Debug)]
struct AnyPort {
    host: SocketAddr,
}

impl PassivePorts for AnyPort {
    fn reserve(&mut self, claim: Claim) -> BoxFuture<'static, io::Result<Box<dyn Reservation>>> {
        Box::pin(ready(self.listen(claim)))
    }
}

impl AnyPort {
    fn listen(&self, claim: Claim) -> io::Result<Box<dyn Reservation>> {
        claim.check_family(self.host)?;
        let listener = listen(self.host, BACKLOG)?;
        let bound = listener.local_addr()?;
        Ok(Box::new(OneConnection::new(
            listener,
            bound,
            claim.gate,
            (),
        )))
    }
}
