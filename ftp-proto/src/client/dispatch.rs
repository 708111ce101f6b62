//! Who gets what: replies go to the command that they answer, requests begin when it is their
//! turn, and in the end everyone is told that it is the end.

use alloc::vec::Vec;

use crate::reply::{Reply, ReplyCode};
use crate::time::Moment;

use super::conversation::Conversation;
use super::desk::Desk;
use super::greeting::Greeting;
use super::introduction::Introduction;
use super::ledger::{Attribution, Role};
use super::login::Login;
use super::next::Next;
use super::queue::{Request, Waiting};
use super::rename::Rename;
use super::settings::Effect;
use super::transfer::TransferFlow;
use super::{
    ClientSession, Event, Failure, Life, Output, ProtocolError, Refused, Spare, Ticket, Timer,
};

/// Requests.
impl ClientSession {
    /// Takes a request, and begins it if it is its turn.
    pub(super) fn request(&mut self, request: Request, now: Moment) -> Result<Ticket, Refused> {
        if self.quits || self.life == Life::Closed {
            return Err(Refused::Phase(self.phase()));
        }
        self.last_ticket = self.last_ticket.wrapping_add(1);
        let ticket = Ticket(self.last_ticket);
        self.waiting.push_back(Waiting { ticket, request });
        self.go_on(now);
        Ok(ticket)
    }

    /// Begins what may begin, in order; to be called at the end of each input.
    pub(super) fn go_on(&mut self, now: Moment) {
        while self.life == Life::Open && self.front_may_begin() {
            let Some(Waiting { ticket, request }) = self.waiting.pop_front() else {
                break;
            };
            self.begin(ticket, request, now);
        }
        if matches!(self.life, Life::Leaving | Life::Left) && self.is_idle() {
            self.close(None);
        }
        self.desk.tend_reply_timer(now);
    }

    fn front_may_begin(&self) -> bool {
        let depth = self.desk.config.pipeline_depth;
        self.waiting.front().is_some_and(|front| {
            let request = &front.request;
            request.may_begin(self.active.as_ref(), &self.desk.ledger, depth)
        })
    }

    fn begin(&mut self, ticket: Ticket, request: Request, now: Moment) {
        self.spare = None;
        let desk = &mut self.desk;
        match request {
            Request::Command(command, effect) => {
                desk.send(Role::Command { ticket, effect }, command);
            }
            Request::Status => desk.send(Role::Status { ticket }, crate::Command::Stat(None)),
            Request::Quit => desk.send(Role::Quit { ticket }, crate::Command::Quit),
            Request::Login(who) => match self.welcome.take() {
                Some(reply) => desk.tell(Event::LoggedIn { ticket, reply }),
                None => self.active = Some(Conversation::Login(Login::begin(ticket, who, desk))),
            },
            Request::Rename(from, to) => {
                let rename = Rename::begin(ticket, from, to, desk);
                self.active = Some(Conversation::Rename(rename));
            }
            Request::Offer => {
                let offer = Introduction::offer(ticket, desk);
                self.active = Some(Conversation::Introduction(offer));
            }
            Request::Aim(at) => {
                let aim = Introduction::aim(ticket, at, desk);
                self.active = Some(Conversation::Introduction(aim));
            }
            Request::Transfer(what) => {
                let (transfer, next) = TransferFlow::begin(ticket, what, desk, now);
                self.active = Some(Conversation::Transfer(transfer));
                self.follow(next);
            }
        }
    }

    /// Stops or gives up the transfer that is under way, or else the first that waits.
    pub(super) fn stop_transfer(
        &mut self,
        how: fn(&mut TransferFlow, &mut Desk, Moment) -> Next,
        now: Moment,
    ) -> Result<(), Refused> {
        if let Some(transfer) = self.active.as_mut().and_then(Conversation::transfer_mut) {
            let next = how(transfer, &mut self.desk, now);
            self.follow(next);
            self.go_on(now);
            return Ok(());
        }
        let is_transfer = |waiting: &Waiting| matches!(waiting.request, Request::Transfer(_));
        let first = self.waiting.iter().position(is_transfer);
        let Some(waiting) = first.and_then(|first| self.waiting.remove(first)) else {
            return Err(Refused::Phase(self.phase()));
        };
        self.desk.tell(Event::Aborted {
            ticket: waiting.ticket,
            bytes: 0,
        });
        Ok(())
    }
}

/// Replies.
impl ClientSession {
    /// Takes a whole reply.
    pub(super) fn handle_reply(&mut self, reply: Reply, now: Moment) {
        self.desk.trace(&reply);
        if reply.code() == ReplyCode::SERVICE_NOT_AVAILABLE {
            return self.die(Failure::ServiceNotAvailable(reply.clone()), Some(reply));
        }
        if let Life::Greeting { delayed } = self.life {
            return self.greeted(reply, delayed, now);
        }
        match self.desk.attribute(reply.code()) {
            Attribution::Preliminary(role) => self.begun(role, reply, now),
            Attribution::Final(role) => self.answered(role, reply, now),
            Attribution::Superfluous => {}
            Attribution::Nobody => self.unexpected(reply),
        }
    }

    fn greeted(&mut self, reply: Reply, delayed: bool, now: Moment) {
        match Greeting::of(reply.code()) {
            Greeting::Welcome | Greeting::LoggedIn => {
                self.desk.stop(Timer::Greeting);
                self.life = Life::Open;
                self.spare = Some(Spare::of(reply.code()));
                if reply.code() == ReplyCode::LOGGED_IN {
                    self.welcome = Some(reply.clone());
                }
                self.desk.tell(Event::Greeted(reply));
            }
            // Once only, or a server could keep the session waiting forever.
            Greeting::Later if !delayed => {
                self.life = Life::Greeting { delayed: true };
                self.desk.start(Timer::Greeting, now);
            }
            Greeting::Later => {}
            Greeting::TurnedAway => {
                self.die(Failure::ServiceNotAvailable(reply.clone()), Some(reply));
            }
            Greeting::Nonsense => self.die(ProtocolError::UnexpectedReply(reply).into(), None),
        }
    }

    /// A 1yz came. To a step of a conversation it says nothing.
    fn begun(&mut self, role: Role, reply: Reply, now: Moment) {
        let transfer = self.active.as_mut().and_then(Conversation::transfer_mut);
        let ticket = match (role, transfer) {
            (Role::Transfer(_), Some(transfer)) => {
                let ticket = transfer.ticket();
                self.desk.tell(Event::Preliminary { ticket, reply });
                return transfer.begun(&mut self.desk, now);
            }
            _ => role.ticket(),
        };
        if let Some(ticket) = ticket {
            self.desk.tell(Event::Preliminary { ticket, reply });
        }
    }

    /// A final reply came.
    fn answered(&mut self, role: Role, reply: Reply, now: Moment) {
        let accepted = reply.code().is_completion();
        match role {
            Role::Command { ticket, effect } => {
                if accepted {
                    self.desk.settings.apply(effect);
                }
                if effect == Effect::Features {
                    self.desk.settings.learn(&reply.features());
                }
                self.desk.tell(Event::answer(ticket, reply));
            }
            Role::Status { ticket } => self.desk.tell(Event::answer(ticket, reply)),
            Role::Quit { ticket } => {
                self.quits = accepted;
                if accepted {
                    self.life = Life::Leaving;
                }
                self.desk.tell(Event::answer(ticket, reply));
            }
            Role::Step | Role::Transfer(_) | Role::Abort => {
                self.spare = accepted.then_some(Spare::of(reply.code()));
                if let Some(active) = &mut self.active {
                    let next = active.handle_reply(role, reply, &mut self.desk, now);
                    self.follow(next);
                }
            }
        }
    }

    /// A reply that answers nothing. Some servers greet twice, welcome twice or say several 226;
    /// after anything else it can't be told any more which reply belongs to what.
    fn unexpected(&mut self, reply: Reply) {
        match &mut self.spare {
            Some(Spare { code, left })
                if *left > 0 && *code == reply.code() && self.desk.ledger.is_empty() =>
            {
                *left = left.saturating_sub(1);
            }
            _ => self.die(ProtocolError::UnexpectedReply(reply).into(), None),
        }
    }

    /// Does what a conversation says.
    pub(super) fn follow(&mut self, next: Next) {
        match next {
            Next::Stay => {}
            Next::Done(event) => {
                self.active = None;
                self.desk.tell(event);
            }
            Next::Dead(why) => self.die(why, None),
        }
    }
}

/// Timers and the end.
impl ClientSession {
    /// A timer has expired.
    pub(super) fn timed_out(&mut self, timer: Timer, now: Moment) {
        let transfer = self.active.as_mut().and_then(Conversation::transfer_mut);
        match (timer, transfer) {
            (Timer::DataOpen, Some(transfer)) => {
                let next = transfer.open_timed_out(&mut self.desk, now);
                self.follow(next);
            }
            (Timer::Stall, Some(transfer)) => transfer.stalled(&mut self.desk),
            (Timer::Abort, Some(transfer)) => {
                let why = transfer.abort_timed_out();
                self.die(why, None);
            }
            // These two belong to transfers alone.
            (Timer::DataOpen | Timer::Stall, None) => {}
            _ => self.die(Failure::TimedOut(timer), None),
        }
    }

    /// Nothing can go on: everyone who waits is told why.
    pub(super) fn die(&mut self, why: Failure, last: Option<Reply>) {
        if let Some(transfer) = self.active.as_mut().and_then(Conversation::transfer_mut) {
            transfer.drop_channel(&mut self.desk);
        }
        let active = self.active.take().map(|active| active.ticket());
        let waiting = self.waiting.drain(..).map(|waiting| waiting.ticket);
        let mut tickets: Vec<_> = self
            .desk
            .ledger
            .tickets()
            .chain(active)
            .chain(waiting)
            .collect();
        tickets.sort_unstable();
        for ticket in &tickets {
            let (ticket, why) = (Some(*ticket), why.clone());
            self.desk.tell(Event::Broken { ticket, why });
        }
        if tickets.is_empty() {
            self.desk.tell(Event::Broken { ticket: None, why });
        }
        self.close(last);
    }

    /// The session is over. Nothing is left to send, so the connection can be closed at once.
    fn close(&mut self, last: Option<Reply>) {
        self.life = Life::Closed;
        self.desk.shut();
        self.desk.output(Output::CloseControl);
        self.desk.tell(Event::Closed(last));
    }

    /// Whether nothing is asked for.
    pub(super) fn is_idle(&self) -> bool {
        self.active.is_none() && self.waiting.is_empty() && self.desk.ledger.is_empty()
    }
}
