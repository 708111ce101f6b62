//! A transfer: bytes from the storage to the data connection, or the other way.
//!
//! It is one future that the session's task polls. It owns storage handle and socket while it runs
//! and gives the handle back when it ends, so that at any time exactly one side touches them.
//! Disks are read and written on the blocking pool, one large chunk ahead or behind.
//!
//! A stop is a request ([`Meter::stop`]): what waits for the network is given up at once, what is
//! under way on the disk is finished, and then the transfer ends as `Cancelled`. A transfer that
//! never has to wait still yields now and then, so that the session can hear its client.

use core::mem;
use std::io;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::coop::consume_budget;

use ftp_io::DataStream;
use ftp_io::file::{FIRST, LARGEST, ReadAhead, WriteBehind, grown};
use ftp_proto::codec::{AsciiDecoder, AsciiEncoder};
use ftp_proto::session::{DataFailure, FailureKind, Manner, Representation};

use crate::storage::{Incoming, Source, StorageError};

use super::listing::Listing;
use super::meter::{Meter, Stopped};

/// What the storage has opened for a transfer.
pub(crate) enum Opened {
    /// A download.
    Source(Source),
    /// A directory, or one file.
    Listing(Listing),
    /// An upload.
    Incoming(Box<dyn Incoming>),
}

/// How a transfer ended, and what it gives back.
pub(crate) struct Moved {
    /// Whether all is done on this side.
    pub(crate) result: Result<(), DataFailure>,
    /// The upload, to be committed or discarded.
    pub(crate) incoming: Option<Box<dyn Incoming>>,
    /// The data connection; after a download that succeeded its end has been sent already.
    pub(crate) stream: DataStream,
}

/// Moves everything, in the direction that was opened.
pub(crate) async fn run(
    mut stream: DataStream,
    opened: Opened,
    representation: Representation,
    meter: Arc<Meter>,
) -> Moved {
    let mut incoming = None;
    let result = match opened {
        Opened::Source(source) => send(&mut stream, source, representation, &meter).await,
        Opened::Listing(listing) => send_listing(&mut stream, listing, &meter).await,
        Opened::Incoming(upload) => {
            let upload = incoming.insert(upload);
            receive(&mut stream, upload.as_mut(), representation, &meter).await
        }
    };
    Moved {
        result,
        incoming,
        stream,
    }
}

async fn send(
    stream: &mut DataStream,
    source: Source,
    representation: Representation,
    meter: &Meter,
) -> Result<(), DataFailure> {
    let mut outlet = Outlet::new(stream, representation, meter);
    match source {
        Source::File { file, range } => {
            let mut ahead = ReadAhead::new(file, range);
            let sent = send_file(&mut outlet, &mut ahead, meter).await;
            ahead.settle().await;
            sent?;
        }
        Source::Chunks { mut stream, .. } => {
            while let Some(chunk) = meter.race(stream.next()).await? {
                outlet.send(&chunk.map_err(storage)?).await?;
            }
        }
    }
    outlet.finish().await
}

async fn send_file(
    outlet: &mut Outlet<'_>,
    ahead: &mut ReadAhead,
    meter: &Meter,
) -> Result<(), DataFailure> {
    loop {
        let chunk = meter.race(ahead.next()).await?.map_err(disk)?;
        if chunk.is_empty() {
            return Ok(());
        }
        outlet.send(chunk).await?;
    }
}

async fn send_listing(
    stream: &mut DataStream,
    mut listing: Listing,
    meter: &Meter,
) -> Result<(), DataFailure> {
    // Lines are written with their line ends already, whatever the type.
    let mut outlet = Outlet::new(stream, Representation::IMAGE, meter);
    while let Some(lines) = meter.race(listing.next()).await? {
        outlet.send(lines.map_err(storage)?).await?;
    }
    outlet.finish().await
}

/// The data connection of a download.
struct Outlet<'a> {
    stream: &'a mut DataStream,
    encoder: Option<AsciiEncoder>,
    encoded: Vec<u8>,
    meter: &'a Meter,
}

impl<'a> Outlet<'a> {
    fn new(stream: &'a mut DataStream, representation: Representation, meter: &'a Meter) -> Self {
        let encoder = (!representation.is_transparent()).then(AsciiEncoder::default);
        Self {
            stream,
            encoder,
            encoded: Vec::new(),
            meter,
        }
    }

    async fn send(&mut self, mut bytes: &[u8]) -> Result<(), DataFailure> {
        let Some(encoder) = &mut self.encoder else {
            return write_all(self.stream, bytes, self.meter).await;
        };
        let room = bytes.len().saturating_mul(2).min(LARGEST);
        self.encoded.resize(room, 0);
        while !bytes.is_empty() {
            let step = encoder.step(bytes, &mut self.encoded);
            bytes = bytes.get(step.consumed..).unwrap_or_default();
            let produced = self.encoded.get(..step.produced).unwrap_or_default();
            write_all(self.stream, produced, self.meter).await?;
        }
        Ok(())
    }

    async fn finish(self) -> Result<(), DataFailure> {
        self.meter
            .race(self.stream.shutdown())
            .await?
            .map_err(broken)
    }
}

async fn write_all(
    stream: &mut DataStream,
    mut bytes: &[u8],
    meter: &Meter,
) -> Result<(), DataFailure> {
    while !bytes.is_empty() {
        let count = meter.race(stream.write(bytes)).await?.map_err(broken)?;
        if count == 0 {
            return Err(DataFailure::Broken);
        }
        meter.count(count);
        bytes = bytes.get(count..).unwrap_or_default();
        consume_budget().await;
    }
    Ok(())
}

async fn receive(
    stream: &mut DataStream,
    incoming: &mut dyn Incoming,
    representation: Representation,
    meter: &Meter,
) -> Result<(), DataFailure> {
    let mut chunk = Vec::new();
    let mut size = FIRST;
    let mut end = fill(stream, &mut chunk, size, meter).await;
    // A file of its own is for what is longer than a chunk: it costs a detour to the blocking pool.
    let sink = match end {
        None => Sink::open(incoming, meter).await?,
        Some(_) => Sink::Storage(incoming),
    };
    let mut inlet = Inlet::new(sink, representation, meter);
    loop {
        // What arrived before the end is the storage's, whatever the end was: it may be resumed.
        inlet.take(&mut chunk).await?;
        if let Some(end) = end {
            inlet.finish().await?;
            if end.is_ok() {
                let_go();
            }
            return end;
        }
        size = grown(size);
        end = fill(stream, &mut chunk, size, meter).await;
    }
}

/// Reads until a chunk is full, or the transfer is at its end; then it tells how it ended.
async fn fill(
    stream: &mut DataStream,
    chunk: &mut Vec<u8>,
    size: usize,
    meter: &Meter,
) -> Option<Result<(), DataFailure>> {
    chunk.reserve(size.saturating_sub(chunk.len()));
    while chunk.len() < size {
        match meter.race(stream.read_buf(chunk)).await {
            Err(Stopped) => return Some(Err(DataFailure::Cancelled)),
            Ok(Err(_)) => return Some(Err(DataFailure::Broken)),
            Ok(Ok(0)) => return Some(Ok(())),
            Ok(Ok(count)) => meter.count(count),
        }
        consume_budget().await;
    }
    None
}

/// Lets a client that is being killed go on dying.
///
/// The system closes its connections one after the other, and the end of this one may have woken
/// this task before the control connection had its turn, even on the same processor. The session
/// looks for that hang-up before it takes the end for the end of the file; stepping aside for some
/// microseconds lets it come first.
fn let_go() {
    for _ in 0..4 {
        thread::yield_now();
    }
}

/// The storage of an upload.
struct Inlet<'a> {
    sink: Sink<'a>,
    decoder: Option<AsciiDecoder>,
    decoded: Vec<u8>,
    meter: &'a Meter,
}

/// Where the bytes go.
enum Sink<'a> {
    File {
        behind: WriteBehind,
        budget: Option<u64>,
    },
    Storage(&'a mut dyn Incoming),
}

impl<'a> Inlet<'a> {
    fn new(sink: Sink<'a>, representation: Representation, meter: &'a Meter) -> Self {
        Self {
            sink,
            decoder: (!representation.is_transparent()).then(AsciiDecoder::default),
            decoded: Vec::new(),
            meter,
        }
    }

    /// Takes all bytes of a chunk and leaves an empty one.
    async fn take(&mut self, chunk: &mut Vec<u8>) -> Result<(), DataFailure> {
        let Some(decoder) = &mut self.decoder else {
            return self.sink.store(chunk, self.meter).await;
        };
        let mut rest = chunk.as_slice();
        while !rest.is_empty() {
            self.decoded.resize(rest.len().saturating_add(1), 0);
            let step = decoder.step(rest, &mut self.decoded);
            rest = rest.get(step.consumed..).unwrap_or_default();
            self.decoded.truncate(step.produced);
            self.sink.store(&mut self.decoded, self.meter).await?;
        }
        chunk.clear();
        Ok(())
    }

    /// Stores what the decoder may hold, and waits until all is stored.
    async fn finish(mut self) -> Result<(), DataFailure> {
        if let Some(decoder) = &mut self.decoder {
            self.decoded.resize(1, 0);
            let step = decoder.finish(&mut self.decoded);
            self.decoded.truncate(step.produced);
            self.sink.store(&mut self.decoded, self.meter).await?;
        }
        match &mut self.sink {
            Sink::File { behind, .. } => behind.settle().await.map_err(disk),
            Sink::Storage(_) => Ok(()),
        }
    }
}

impl<'a> Sink<'a> {
    /// A file, if the storage has one.
    async fn open(incoming: &'a mut dyn Incoming, meter: &Meter) -> Result<Self, DataFailure> {
        let target = meter.race_late(incoming.file()).await?.map_err(storage)?;
        Ok(match target {
            Some(target) => Self::File {
                behind: WriteBehind::new(target.file, target.at),
                budget: target.budget,
            },
            None => Self::Storage(incoming),
        })
    }

    async fn store(&mut self, chunk: &mut Vec<u8>, meter: &Meter) -> Result<(), DataFailure> {
        if chunk.is_empty() {
            return Ok(());
        }
        match self {
            Self::File { behind, budget } => {
                if let Some(left) = budget {
                    let Some(rest) = left.checked_sub(chunk.len() as u64) else {
                        behind.settle().await.map_err(disk)?;
                        return Err(DataFailure::Storage(FailureKind::OverQuota));
                    };
                    *left = rest;
                }
                behind.put(chunk).await.map_err(disk)
            }
            Self::Storage(incoming) => {
                let bytes = Bytes::from(mem::take(chunk));
                meter
                    .race_late(incoming.write(bytes))
                    .await?
                    .map_err(storage)
            }
        }
    }
}

/// Closes a data connection in the manner that was asked for.
pub(crate) fn close(stream: DataStream, manner: Manner) {
    match manner {
        Manner::Reset => stream.reset(),
        _ => drop(stream),
    }
}

impl From<Stopped> for DataFailure {
    fn from(_: Stopped) -> Self {
        Self::Cancelled
    }
}

fn broken(error: io::Error) -> DataFailure {
    tracing::debug!(%error, "data connection broken");
    DataFailure::Broken
}

fn disk(error: io::Error) -> DataFailure {
    storage(error.into())
}

fn storage(error: StorageError) -> DataFailure {
    tracing::warn!(error = %crate::observe::Chain(&error), "storage failed");
    DataFailure::Storage(error.kind())
}
