//! What every conversation works with: the way out, the ledger, the timers, the settings.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::command::Command;
use crate::reply::{Reply, ReplyCode};
use crate::session::{ChannelId, DataAction, TimerTable};
use crate::time::Moment;
use crate::wire::{INTERRUPT_AND_SYNCH, Outbox};

use super::ledger::{Attribution, Ledger, Role};
use super::settings::Settings;
use super::{ClientConfig, Event, Output, Timer, Trace};

/// How many outputs may wait for the driver before it shall stop to read.
const MOST_OUTPUTS: usize = 64;

/// What every conversation works with.
pub(super) struct Desk {
    pub(super) config: ClientConfig,
    pub(super) settings: Settings,
    pub(super) ledger: Ledger,
    outbox: Outbox,
    outputs: VecDeque<Output>,
    timers: TimerTable<{ Timer::ALL.len() }>,
    /// The command that the reply timer runs for, named as the ledger names it.
    timed: Option<u64>,
    last_channel: u32,
}

impl Desk {
    pub(super) fn new(config: ClientConfig) -> Self {
        Self {
            config,
            settings: Settings::default(),
            ledger: Ledger::default(),
            outbox: Outbox::new(),
            outputs: VecDeque::new(),
            timers: TimerTable::new(),
            timed: None,
            last_channel: 0,
        }
    }

    /// The host of the control connection, if it has an address.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        self.config.peer.map(|peer| peer.ip())
    }

    // Commands and replies

    /// Queues a command and enters it in the ledger.
    pub(super) fn send(&mut self, role: Role, command: Command) {
        let mut bytes = Vec::new();
        if role == Role::Abort && self.config.telnet_abort {
            bytes.extend_from_slice(&INTERRUPT_AND_SYNCH);
        }
        command.encode(&mut bytes);
        self.outbox.push(&bytes);
        self.ledger.push(role, self.outbox.position_end());
        self.settings.command_sent(&command);
        if self.config.trace {
            self.output(Output::Trace(Trace::Sent(command)));
        }
    }

    /// Tells a trace of a reply.
    pub(super) fn trace(&mut self, reply: &Reply) {
        if self.config.trace {
            self.output(Output::Trace(Trace::Received(reply.clone())));
        }
    }

    /// Finds the command that a reply belongs to.
    pub(super) fn attribute(&mut self, code: ReplyCode) -> Attribution {
        self.ledger.attribute(code, self.outbox.sent_total())
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.outbox.outgoing()
    }

    /// Some of the outgoing bytes were written. Tells whether the oldest command has just left.
    pub(super) fn sent(&mut self, count: usize) -> bool {
        let before = self.outbox.sent_total();
        self.outbox.sent(count);
        self.ledger.left_between(before, self.outbox.sent_total())
    }

    // Outputs

    pub(super) fn tell(&mut self, event: Event) {
        self.output(Output::Event(event));
    }

    pub(super) fn act(&mut self, action: DataAction) {
        self.output(Output::Data(action));
    }

    pub(super) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(super) fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if self.outputs.is_empty() {
            self.outputs = VecDeque::new();
        }
        output
    }

    /// Whether the driver is so far behind with the outputs that no more shall be made.
    pub(super) fn is_crowded(&self) -> bool {
        self.outputs.len() >= MOST_OUTPUTS
    }

    pub(super) fn new_channel(&mut self) -> ChannelId {
        self.last_channel = self.last_channel.wrapping_add(1);
        ChannelId(self.last_channel)
    }

    // Timers

    pub(super) fn start(&mut self, timer: Timer, now: Moment) {
        let length = timer.length(&self.config);
        self.timers.set(timer as usize, now, length);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.timers.stop(timer as usize);
    }

    /// Takes a timer that has expired.
    pub(super) fn expired(&mut self, now: Moment) -> Option<Timer> {
        let index = self.timers.expired(now)?;
        Timer::ALL.get(index).copied()
    }

    pub(super) fn next_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Lets the reply timer run for the oldest command, from the moment that it is both sent and
    /// the oldest.
    pub(super) fn tend_reply_timer(&mut self, now: Moment) {
        let timed = self.ledger.timed(self.outbox.sent_total());
        if timed != self.timed {
            self.timed = timed;
            match timed {
                Some(_) => self.start(Timer::Reply, now),
                None => self.stop(Timer::Reply),
            }
        }
    }

    /// Nothing will be sent and nothing is waited for any more; outputs are still to be taken.
    pub(super) fn shut(&mut self) {
        self.outbox = Outbox::new();
        self.ledger = Ledger::default();
        self.timers.stop_all();
    }
}
