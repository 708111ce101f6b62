//! The control connection of the simulation: cut into pieces, late, broken or swallowed.

use super::*;

impl World {
    pub(super) fn send(&mut self, side: Side) -> bool {
        let outgoing = match side {
            Side::Client => self.client.outgoing(),
            Side::Server => self.server.outgoing(),
        };
        if outgoing.is_empty() || self.closed[side as usize] {
            return false;
        }
        let count = 1 + self.random.below(outgoing.len());
        let mut bytes = outgoing[..count].to_vec();
        match side {
            Side::Client => self.client.sent(count, self.now),
            Side::Server => self.server.sent(count, self.now),
        }
        self.log(
            if side == Side::Client { "C" } else { "S" },
            &bytes.escape_ascii().to_string(),
        );
        let before = self.control_bytes;
        self.control_bytes += count;
        if self.is_mute() {
            return true;
        }
        if let Some(cut) = self.cut_control_after {
            bytes.truncate(cut.saturating_sub(before));
            if before < cut && self.control_bytes >= cut {
                self.log("cut", &"control");
                self.end_control(Side::Client);
                self.end_control(Side::Server);
            }
        }
        if !bytes.is_empty() {
            let at = self.control_time(side.other());
            self.schedule_at(
                at,
                Happening::Control {
                    to: side.other(),
                    bytes,
                },
            );
        }
        true
    }

    pub(super) fn receive(&mut self, side: Side) -> bool {
        let wants = match side {
            Side::Client => self.client.wants_bytes(),
            Side::Server => self.server.wants_bytes(),
        };
        let index = side as usize;
        if !self.inbound[index].is_empty() {
            if !wants || self.closed[index] {
                return false;
            }
            let count = 1 + self.random.below(self.inbound[index].len());
            let rest = self.inbound[index].split_off(count);
            let bytes = core::mem::replace(&mut self.inbound[index], rest);
            match side {
                Side::Client => self.client.handle_bytes(&bytes, self.now),
                Side::Server => self.server.handle_bytes(&bytes, self.now),
            }
            return true;
        }
        if self.ended[index] && !self.told_end[index] && !self.closed[index] {
            self.told_end[index] = true;
            match side {
                Side::Client => self.client.handle_eof(self.now),
                Side::Server => self.server.handle_eof(self.now),
            }
            return true;
        }
        false
    }

    pub(super) fn is_mute(&self) -> bool {
        self.mute_control_after
            .is_some_and(|most| self.control_bytes > most)
    }

    pub(super) fn end_control(&mut self, to: Side) {
        if self.is_mute() {
            return;
        }
        let at = self.control_time(to);
        self.schedule_at(at, Happening::ControlEnd { to });
    }

    pub(super) fn control_time(&mut self, to: Side) -> Moment {
        let at = (self.now + self.random.delay()).max(self.control_arrival[to as usize]);
        self.control_arrival[to as usize] = at;
        at
    }

    pub(super) fn close_control(&mut self, side: Side) {
        assert!(!self.closed[side as usize], "closed twice");
        self.closed[side as usize] = true;
        self.end_control(side.other());
    }
}
