//! What the user does, hears, and checks.

use super::*;

impl World {
    pub(super) fn take_step(&mut self) -> bool {
        if !self.greeted || self.over || self.pending.is_some() {
            return false;
        }
        let Some(step) = self.steps.front().cloned() else {
            return false;
        };
        let now = self.now;
        let mut before = None;
        let ticket = match step.clone() {
            Step::Login { password } => {
                let user = Argument::new("user").unwrap();
                let password = Argument::new(password).unwrap();
                self.client.login(Credentials::new(user, password), now)
            }
            Step::Command(command) => self.client.command(command, now),
            Step::Rename { from, to } => self.client.rename(from, to, now),
            Step::Transfer { transfer, upload } => {
                before = target(&transfer.verb)
                    .and_then(|path| self.shelf.files.get(&path))
                    .cloned();
                self.upload = upload;
                self.received.clear();
                self.client.transfer(transfer, now)
            }
            Step::Quit => self.client.quit(now),
        };
        let Ok(ticket) = ticket else { return false };
        match &step {
            Step::Transfer { transfer, upload } => self.log("user", &(transfer, upload.len())),
            step => self.log("user", step),
        }
        self.steps.pop_front();
        self.tickets.insert(ticket, 0);
        if matches!(step, Step::Transfer { .. }) {
            let how = script::interruption(&mut self.random);
            let delay = Duration::from_millis(self.random.below(3000) as u64);
            self.schedule(delay, Happening::Interrupt { ticket, how });
        }
        self.pending = Some(Pending {
            ticket,
            step,
            before,
        });
        true
    }

    pub(super) fn interrupt(&mut self, ticket: Ticket, how: Interruption) {
        if self
            .pending
            .as_ref()
            .is_none_or(|pending| pending.ticket != ticket)
        {
            return;
        }
        self.log("user", &how);
        match how {
            Interruption::None => {}
            // Refused if the transfer is over already but for its last words.
            Interruption::Abort => drop(self.client.abort(self.now)),
            Interruption::Status => {
                if let Ok(ticket) = self.client.status(None, self.now) {
                    self.tickets.insert(ticket, 0);
                }
            }
            Interruption::Abandon => self.client.abandon(self.now),
        }
    }

    pub(super) fn hear(&mut self, event: Event) {
        let ticket = match &event {
            Event::Greeted(_) => {
                self.greeted = true;
                return;
            }
            Event::Closed(_) => {
                assert!(!self.over, "over twice");
                self.over = true;
                return;
            }
            Event::Preliminary { .. } | Event::FellBack { .. } => return,
            Event::Broken { ticket: None, .. } => return,
            Event::Answered { ticket, .. }
            | Event::Rejected { ticket, .. }
            | Event::LoggedIn { ticket, .. }
            | Event::Offered { ticket, .. }
            | Event::Transferred { ticket, .. }
            | Event::TransferFailed { ticket, .. }
            | Event::Aborted { ticket, .. }
            | Event::Broken {
                ticket: Some(ticket),
                ..
            } => *ticket,
            _ => panic!("an event that the simulation doesn't know"),
        };
        *self
            .tickets
            .get_mut(&ticket)
            .expect("a ticket that was given out") += 1;
        let Some(pending) = self.pending.take_if(|pending| pending.ticket == ticket) else {
            return;
        };
        if let Step::Transfer { transfer, .. } = &pending.step {
            let success = match event {
                Event::Transferred { bytes, .. } => Some(bytes),
                _ => None,
            };
            self.check_transfer(&transfer.verb, transfer.offset, pending.before, success);
        }
    }

    pub(super) fn check_transfer(
        &mut self,
        verb: &TransferVerb,
        offset: u64,
        before: Option<Vec<u8>>,
        success: Option<u64>,
    ) {
        let Some(path) = target(verb) else {
            if let Some(bytes) = success {
                assert_eq!(bytes, self.received.len() as u64, "the count of a download");
                assert_eq!(
                    self.received, self.expected,
                    "success for bytes that didn't arrive"
                );
                self.transferred += 1;
            }
            return;
        };
        let kept = match verb {
            TransferVerb::Append(_) => before.clone().unwrap_or_default(),
            _ => before
                .iter()
                .flatten()
                .take(offset as usize)
                .copied()
                .collect(),
        };
        let after = [kept, self.upload.clone()].concat();
        let file = self.shelf.files.get(&path);
        if let Some(bytes) = success {
            assert_eq!(bytes, self.upload.len() as u64, "the count of an upload");
            assert_eq!(file, Some(&after), "success for bytes that didn't arrive");
            self.transferred += 1;
        } else {
            let intact = file == before.as_ref() || file == Some(&after);
            assert!(
                intact,
                "a failed upload left something that is neither old nor new"
            );
        }
    }
}

/// The file that an upload writes.
fn target(verb: &TransferVerb) -> Option<VirtualPath> {
    match verb {
        TransferVerb::Store(path) | TransferVerb::Append(path) => Some(VirtualPath::from(path)),
        _ => None,
    }
}
