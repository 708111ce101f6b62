//! Who has the client while a transfer runs: the guard has it on loan, or owns it.

use core::borrow::{Borrow, BorrowMut};

use crate::client::Client;
use crate::error::Error;

/// The client while a guard has it on loan.
///
/// Dropped before the transfer is over, it closes the sockets at once; the next call on the client
/// waits for the replies.
#[derive(Debug)]
pub struct Borrowed<'a>(&'a mut Client);

impl<'a> Borrowed<'a> {
    pub(crate) const fn new(client: &'a mut Client) -> Self {
        Self(client)
    }
}

impl Borrow<Client> for Borrowed<'_> {
    fn borrow(&self) -> &Client {
        self.0
    }
}

impl BorrowMut<Client> for Borrowed<'_> {
    fn borrow_mut(&mut self) -> &mut Client {
        self.0
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.0.control().leave();
    }
}

/// A transfer could not be begun; here is the client back.
///
/// It turns into an [`Error`] by `?`, which closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct NotStarted {
    /// The client, as usable as [`Client::is_closed`] says.
    pub client: Client,
    /// Why.
    pub error: Error,
}

impl From<NotStarted> for Error {
    fn from(not_started: NotStarted) -> Self {
        not_started.error
    }
}

/// Begins a transfer on a client that is given away, and gives it back if that fails.
macro_rules! owning {
    ($client:ident, $guard:ident, $begin:expr) => {{
        let mut $client = $client;
        match $begin.await {
            Ok(begun) => Ok($guard::guard($client, begun)),
            Err(error) => Err(NotStarted {
                client: $client,
                error,
            }),
        }
    }};
}
pub(crate) use owning;

/// The two ways to end a guard, for both ways to hold the client. `complete` does the work.
macro_rules! ends {
    ($guard:ident, $finish:literal) => {
        impl $guard<Borrowed<'_>> {
            #[doc = $finish]
            ///
            /// # Errors
            ///
            /// Whatever went wrong with the transfer, even if a read or write has told it before.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the transfer is given up; the client recovers at its next call.
            pub async fn finish(mut self) -> Result<Completed, Error> {
                self.complete().await
            }

            /// Stops the transfer (`ABOR`) and returns the bytes that went over the data
            /// connection. That it has just come to its own end is no error.
            ///
            /// # Errors
            ///
            /// If client and server can't agree any more; the client is dead then.
            ///
            /// # Cancel safety
            ///
            /// Safe: the client recovers at its next call.
            pub async fn abort(mut self) -> Result<u64, Error> {
                self.exchange.abort().await
            }
        }

        impl $guard<Client> {
            #[doc = $finish]
            ///
            /// Gives the client back, and the error if the transfer failed.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the connection is closed.
            pub async fn finish(mut self) -> (Client, Result<Completed, Error>) {
                let result = self.complete().await;
                (self.exchange.client, result)
            }

            /// Stops the transfer (`ABOR`) and gives the client back, with the number of bytes
            /// that went over the data connection.
            ///
            /// # Cancel safety
            ///
            /// If dropped, the connection is closed.
            pub async fn abort(mut self) -> (Client, Result<u64, Error>) {
                let result = self.exchange.abort().await;
                (self.exchange.client, result)
            }
        }
    };
}
pub(crate) use ends;
