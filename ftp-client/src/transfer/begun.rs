//! How a transfer begins: from the request to the server's consent.

use core::future::poll_fn;
use core::task::{Poll, ready};

use ftp_proto::client::{DataMode, DataPlan, Event, Ticket, Transfer, TransferVerb};
use ftp_proto::command::TypeCode;
use ftp_proto::reply::ReplyCode;
use ftp_proto::session::DataFailure;
use ftp_proto::{Command, Reply};

use super::Completed;
use crate::client::Client;
use crate::control::{Control, settles};
use crate::data::Trouble;
use crate::error::{Channel, Error, ErrorKind, Phase};

/// A transfer that the server has agreed to.
#[derive(Debug)]
pub(crate) struct Begun {
    /// `None` if it was over as soon as it began.
    pub(super) ticket: Option<Ticket>,
    /// The command, for errors.
    pub(super) name: String,
    pub(super) preliminary: Option<Reply>,
    pub(super) over: Option<Completed>,
}

impl Begun {
    /// A transfer of nothing.
    pub(super) fn empty(reply: Reply) -> Self {
        Self {
            ticket: None,
            name: String::new(),
            preliminary: None,
            over: Some(Completed {
                bytes: 0,
                reply,
                preliminary: None,
            }),
        }
    }
}

impl Client {
    /// Asks for a transfer and waits until the server agrees.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call gives the transfer up.
    pub(crate) async fn begin(
        &mut self,
        verb: TransferVerb,
        type_code: TypeCode,
        offset: u64,
    ) -> Result<Begun, Error> {
        let name = Command::from(verb.clone()).to_string();
        self.control().ready().await?;
        let mut transfer = Transfer::new(verb);
        transfer.type_code = type_code;
        transfer.offset = offset;
        let modes = self.modes();
        if modes.is_empty() {
            let why = "no data connection mode is possible: PASV and PORT need IPv4";
            return Err(Error::bad_input(why).with_command(name));
        }
        transfer.data = DataPlan::Local(modes);
        let control = self.control();
        control.take_trouble();
        let ticket = control.request(|session, now| session.transfer(transfer, now))?;
        let mut begun = Begun {
            ticket: Some(ticket),
            name,
            preliminary: None,
            over: None,
        };
        let failed = poll_fn(|cx| {
            loop {
                let event = control.poll_event(cx);
                // Some servers send the data, or wait for it, without a 1yz.
                if event.is_pending() && control.is_running() {
                    return Poll::Ready(None);
                }
                match ready!(event) {
                    None => return Poll::Ready(Some(control.closed())),
                    Some(Event::Preliminary { ticket: of, reply }) if of == ticket => {
                        begun.preliminary = Some(reply);
                        return Poll::Ready(None);
                    }
                    // A server may have nothing to send, and say nothing but 226.
                    Some(Event::Transferred {
                        ticket: of,
                        bytes,
                        reply,
                    }) if of == ticket => {
                        begun.over = Some(Completed {
                            bytes,
                            reply,
                            preliminary: None,
                        });
                        return Poll::Ready(None);
                    }
                    Some(event) if settles(&event) == Some(ticket) => {
                        let error = failure(control, event);
                        return Poll::Ready(Some(error));
                    }
                    Some(_) => {}
                }
            }
        })
        .await;
        match failed {
            None => Ok(begun),
            // It may have been about a command before that of the transfer.
            Some(error) if error.command().is_some() => Err(error.with_phase(Phase::Transfer)),
            Some(error) => Err(error.with_phase(Phase::Transfer).with_command(begun.name)),
        }
    }

    /// The modes that the strategy wants tried.
    pub(super) fn modes(&mut self) -> Vec<DataMode> {
        let channels = self.control().channels();
        channels.strategy().modes(channels.control())
    }
}

/// The error of a transfer that ended with this event.
pub(super) fn failure(control: &mut Control, event: Event) -> Error {
    let error = match event {
        Event::Rejected { reply, mode, .. } => {
            let refused = Error::rejected(reply, Phase::Transfer);
            match mode {
                Some(mode) => refused.with_command(mode),
                None => refused,
            }
        }
        // An address was promised and not told.
        Event::TransferFailed {
            failure: DataFailure::CantConnect,
            reply: Some(reply),
            ..
        } if is_passive(&reply) => {
            Error::new(ErrorKind::BadReply, Phase::Transfer).with_reply(Some(reply))
        }
        Event::TransferFailed {
            bytes,
            failure,
            reply,
            ..
        } => Error::new(ErrorKind::Data(failure), Phase::Transfer)
            .on(Channel::Data)
            .with_bytes(bytes)
            .with_reply(reply),
        Event::Aborted { bytes, .. } => {
            Error::new(ErrorKind::Aborted, Phase::Transfer).with_bytes(bytes)
        }
        Event::Broken { why, .. } => control.died(why, Phase::Transfer),
        _ => Error::new(ErrorKind::BadReply, Phase::Transfer),
    };
    match control.take_trouble() {
        Some(Trouble { address, error: io }) if error.io_error().is_none() => {
            error.with_address(address).with_io(Some(io))
        }
        _ => error,
    }
}

fn is_passive(reply: &Reply) -> bool {
    matches!(
        reply.code(),
        ReplyCode::PASSIVE | ReplyCode::EXTENDED_PASSIVE
    )
}
