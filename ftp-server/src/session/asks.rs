//! The application's side of a session: questions to the authenticator and the storage, and what
//! they have mounted and opened.
//!
//! One question is open at a time. It is a future that the session's task polls; its outcome is an
//! answer for the protocol and an effect on what is kept here. What was opened is either here or in
//! the running transfer, never in both, and an upload that is given up is discarded before the next
//! one is opened.

use core::net::SocketAddr;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use tokio::time::timeout;

use ftp_proto::server::{Answer, Ask, AskId, Discard, Job};
use ftp_proto::session::{ChannelId, FailureKind};
use ftp_proto::{Argument, Secret, VirtualPath};

use crate::auth::{Attempt, AuthError};
use crate::observe::Chain;
use crate::storage::{
    Entry, Incoming, ListOptions, ReadOptions, Storage, StorageError, WriteOptions,
};

use super::Services;
use super::listing::Listing;
use super::transfer::Opened;

/// How long discarding an upload may keep the session from opening the next one, or from ending.
const DISCARD_LIMIT: Duration = Duration::from_secs(30);

/// Whom the questions of a session go to, and what came of them.
pub(crate) struct Application {
    services: Arc<Services>,
    peer: SocketAddr,
    mounted: Option<Arc<dyn Storage>>,
    question: Option<Question>,
    opened: Option<(ChannelId, Opened)>,
    discarding: Option<BoxFuture<'static, ()>>,
}

struct Question {
    id: AskId,
    /// Whether it may open an upload, which must not be forgotten if the question is withdrawn.
    opens: bool,
    outcome: BoxFuture<'static, Outcome>,
}

/// What came of a question: an answer, and what to keep.
struct Outcome {
    answer: Answer,
    keep: Keep,
}

enum Keep {
    Nothing,
    Mounted(Arc<dyn Storage>),
    Opened(ChannelId, Opened),
}

impl Application {
    pub(crate) fn new(services: Arc<Services>, peer: SocketAddr) -> Self {
        Self {
            services,
            peer,
            mounted: None,
            question: None,
            opened: None,
            discarding: None,
        }
    }

    /// Puts a question.
    pub(crate) fn ask(&mut self, id: AskId, ask: Ask) {
        let opens = matches!(ask, Ask::Open { .. });
        let outcome = self.outcome_of(ask);
        self.question = Some(Question { id, opens, outcome });
    }

    /// Takes the open question back.
    pub(crate) fn withdraw(&mut self, id: AskId) {
        let Some(question) = self.question.take_if(|question| question.id == id) else {
            return;
        };
        if question.opens {
            // It goes on until there is something to discard.
            let before = self.discarding.take();
            self.discarding = Some(Box::pin(async move {
                settle(before).await;
                let opening = timeout(DISCARD_LIMIT, question.outcome);
                if let Ok(Outcome {
                    keep: Keep::Opened(_, opened),
                    ..
                }) = opening.await
                {
                    discard(opened, Discard::Unused).await;
                }
            }));
        }
    }

    /// Waits for the answer to the open question.
    pub(crate) fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<(AskId, Answer)> {
        let Some(question) = &mut self.question else {
            return Poll::Pending;
        };
        let Outcome { answer, keep } = ready!(question.outcome.as_mut().poll(cx));
        let id = question.id;
        self.question = None;
        match keep {
            Keep::Nothing => {}
            Keep::Mounted(storage) => self.mounted = Some(storage),
            Keep::Opened(channel, opened) => self.opened = Some((channel, opened)),
        }
        Poll::Ready((id, answer))
    }

    /// Goes on with a discard; ready if there is none.
    pub(crate) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(discarding) = &mut self.discarding {
            ready!(discarding.as_mut().poll(cx));
            self.discarding = None;
        }
        Poll::Ready(())
    }

    /// Hands what was opened to the transfer of a channel.
    pub(crate) fn take_opened(&mut self, channel: ChannelId) -> Option<Opened> {
        let opened = self.opened.take_if(|(owner, _)| *owner == channel);
        opened.map(|(_, opened)| opened)
    }

    /// Takes an upload back from its transfer.
    pub(crate) fn give_back(&mut self, channel: ChannelId, incoming: Box<dyn Incoming>) {
        self.opened = Some((channel, Opened::Incoming(incoming)));
    }

    /// Gives up what was opened for a channel.
    pub(crate) fn discard(&mut self, channel: ChannelId, why: Discard) {
        if let Some(opened) = self.take_opened(channel) {
            let before = self.discarding.take();
            self.discarding = Some(Box::pin(async move {
                settle(before).await;
                discard(opened, why).await;
            }));
        }
    }

    /// Gives everything up that the protocol has left behind, and waits for that.
    pub(crate) async fn abandon(&mut self) {
        if let Some(id) = self.question.as_ref().map(|question| question.id) {
            self.withdraw(id);
        }
        if let Some((channel, _)) = self.opened {
            self.discard(channel, Discard::Disconnected);
        }
        settle(self.discarding.take()).await;
    }

    /// Forgets the storage of the login.
    pub(crate) fn unmount(&mut self) {
        self.mounted = None;
    }

    fn outcome_of(&mut self, ask: Ask) -> BoxFuture<'static, Outcome> {
        if let Ask::Login { user, password } = ask {
            let services = Arc::clone(&self.services);
            return Box::pin(login(services, self.peer, user, password));
        }
        let Some(storage) = self.mounted.clone() else {
            return Box::pin(core::future::ready(FailureKind::PermissionDenied.into()));
        };
        match ask {
            Ask::Open { channel, job } => {
                let before = self.discarding.take();
                Box::pin(async move {
                    settle(before).await;
                    outcome(open(&*storage, channel, job).await)
                })
            }
            Ask::Commit { channel, .. } => {
                let opened = self.take_opened(channel);
                Box::pin(async move { outcome(commit(opened).await) })
            }
            other => Box::pin(async move { outcome(manage(&*storage, other).await) }),
        }
    }
}

async fn login(
    services: Arc<Services>,
    peer: SocketAddr,
    user: Argument,
    password: Secret<Argument>,
) -> Outcome {
    let attempt = Attempt::new(&user, &password, peer);
    match services.authenticator.authenticate(&attempt).await {
        Ok(login) => Outcome {
            answer: Answer::LoggedIn(login.grant()),
            keep: Keep::Mounted(
                login
                    .storage
                    .unwrap_or_else(|| Arc::clone(&services.storage)),
            ),
        },
        Err(error) => {
            if !matches!(error, AuthError::Denied) {
                tracing::warn!(error = %Chain(&error), "authenticator failed");
            }
            Answer::Denied.into()
        }
    }
}

/// What touches no transfer: one line for each question.
async fn manage(storage: &dyn Storage, ask: Ask) -> Result<Outcome, StorageError> {
    Ok(match ask {
        Ask::ChangeDirectory(path) => enter(storage, &path).await?.into(),
        Ask::MakeDirectory(path) => done(storage.create_dir(&path).await?),
        Ask::RemoveDirectory(path) => done(storage.remove_dir(&path).await?),
        Ask::RemoveFile(path) => done(storage.remove_file(&path).await?),
        Ask::Rename { from, to } => done(storage.rename(&from, &to).await?),
        Ask::Inspect(path) => Answer::Entry(storage.metadata(&path).await?).into(),
        Ask::SetModified { path, time } => done(storage.set_modified(&path, time).await?),
        Ask::Entries { path, limit } => {
            Answer::Entries(entries(storage, &path, limit).await?).into()
        }
        _ => FailureKind::Unsupported.into(),
    })
}

async fn enter(storage: &dyn Storage, path: &VirtualPath) -> Result<Answer, StorageError> {
    use crate::storage::EntryKind;
    Ok(match storage.metadata(path).await?.kind {
        EntryKind::Directory => Answer::Done,
        _ => Answer::Failed(FailureKind::NotADirectory),
    })
}

async fn entries(
    storage: &dyn Storage,
    path: &VirtualPath,
    limit: usize,
) -> Result<Vec<Entry>, StorageError> {
    let mut pages = match storage.list(path, &ListOptions::default()).await {
        Err(error) if error.kind() == FailureKind::NotADirectory => {
            return Ok(vec![storage.metadata(path).await?]);
        }
        pages => pages?,
    };
    let mut entries = Vec::new();
    while entries.len() < limit
        && let Some(page) = pages.next().await
    {
        entries.extend(page?);
    }
    entries.truncate(limit);
    Ok(entries)
}

async fn open(
    storage: &dyn Storage,
    channel: ChannelId,
    job: Job,
) -> Result<Outcome, StorageError> {
    let (opened, size, name) = match job {
        Job::Retrieve { path, offset } => {
            let source = storage.read(&path, &ReadOptions::at(offset)).await?;
            let size = source.size();
            (Opened::Source(source), size, None)
        }
        Job::Store {
            path,
            mode,
            size_hint,
        } => {
            let options = WriteOptions::new(mode).with_size_hint(size_hint);
            let incoming = storage.write(&path, &options).await?;
            let name = incoming.name().cloned();
            (Opened::Incoming(incoming), None, name)
        }
        Job::List { path, style } => {
            let listing = Listing::open(storage, &path, style).await?;
            (Opened::Listing(listing), None, None)
        }
        _ => return Err(FailureKind::Unsupported.into()),
    };
    Ok(Outcome {
        answer: Answer::Opened { size, name },
        keep: Keep::Opened(channel, opened),
    })
}

async fn commit(opened: Option<Opened>) -> Result<Outcome, StorageError> {
    match opened {
        Some(Opened::Incoming(incoming)) => Ok(done(incoming.commit().await?)),
        _ => Err(FailureKind::Local.into()),
    }
}

async fn discard(opened: Opened, why: Discard) {
    let Opened::Incoming(incoming) = opened else {
        return;
    };
    match timeout(DISCARD_LIMIT, incoming.discard(why)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = %Chain(&error), "discarding an upload failed"),
        Err(_) => tracing::warn!("discarding an upload took too long"),
    }
}

async fn settle(before: Option<BoxFuture<'static, ()>>) {
    if let Some(before) = before {
        before.await;
    }
}

fn done((): ()) -> Outcome {
    Answer::Done.into()
}

fn outcome(result: Result<Outcome, StorageError>) -> Outcome {
    result.unwrap_or_else(|error| {
        if error.kind() == FailureKind::Local {
            tracing::warn!(error = %Chain(&error), "storage failed");
        }
        error.kind().into()
    })
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            keep: Keep::Nothing,
        }
    }
}

impl From<FailureKind> for Outcome {
    fn from(kind: FailureKind) -> Self {
        Answer::Failed(kind).into()
    }
}
