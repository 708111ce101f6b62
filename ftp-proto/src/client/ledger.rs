//! The commands on the wire, in order, and the one table that tells to which of them a reply
//! belongs.
//!
//! Replies come in the order of the commands, with few exceptions: while a transfer runs, the
//! server may answer STAT, ABOR and QUIT before the transfer's own final reply. [`OVERTAKING`]
//! lists them; every other reply belongs to the oldest command.
//!
//! A reply never belongs to a command whose last byte hasn't left yet, so a server can't answer
//! questions in advance ([`Attribution::Nobody`]).

use alloc::collections::VecDeque;
use core::ops::RangeInclusive;

use crate::reply::ReplyCode;

use super::Ticket;
use super::settings::Effect;

/// What a command on the wire is for, and so who gets its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A command of the user with one reply.
    Command {
        ticket: Ticket,
        effect: Effect,
    },
    /// A step of the conversation that is under way: login, rename, the preparation of a transfer.
    /// If that was given up in the meantime, the reply is dropped.
    Step,
    /// The command of a transfer.
    Transfer(Seen),
    Status {
        ticket: Ticket,
    },
    Abort,
    Quit {
        ticket: Ticket,
    },
}

/// What the command of a transfer got so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    /// A 200 that some servers send before the 150.
    Superfluous,
    /// A 1yz.
    Begun,
}

impl Role {
    /// Whose event ends with the reply; `None` for the parts of a conversation.
    pub(super) const fn ticket(self) -> Option<Ticket> {
        match self {
            Self::Command { ticket, .. } | Self::Status { ticket } | Self::Quit { ticket } => {
                Some(ticket)
            }
            Self::Step | Self::Transfer(_) | Self::Abort => None,
        }
    }

    /// Whether the reply timer watches it. A transfer that has begun and ABOR have their own.
    const fn is_timed(self) -> bool {
        !matches!(self, Self::Transfer(Seen::Begun) | Self::Abort)
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Transfer(Seen::Begun) => Kind::Begun,
            Self::Transfer(Seen::Nothing | Seen::Superfluous) => Kind::Awaited,
            Self::Status { .. } => Kind::Status,
            Self::Abort => Kind::Abort,
            Self::Quit { .. } => Kind::Quit,
            Self::Command { .. } | Self::Step => Kind::Other,
        }
    }
}

/// To which command a reply belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribution {
    /// A 1yz to this one, which stays.
    Preliminary(Role),
    /// The last reply to this one, which is gone.
    Final(Role),
    /// A known superfluous reply.
    Superfluous,
    /// To none.
    Nobody,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    role: Role,
    /// The offset in the outgoing bytes at which the command ends; it names the entry, too.
    end: u64,
}

/// The commands on the wire.
#[derive(Debug, Default)]
pub(super) struct Ledger(VecDeque<Entry>);

impl Ledger {
    /// A command was queued; its last byte stands before this offset.
    pub(super) fn push(&mut self, role: Role, end: u64) {
        self.0.push_back(Entry { role, end });
    }

    /// How many commands wait for a reply.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing may follow before all is answered.
    pub(super) fn is_fenced(&self) -> bool {
        self.0.iter().any(|entry| {
            let effect = Effect::Reinitialise;
            matches!(entry.role, Role::Command { effect: found, .. } if found == effect)
        })
    }

    /// Whether a reply to a step of a conversation is awaited.
    pub(super) fn has_step(&self) -> bool {
        self.0.iter().any(|entry| entry.role == Role::Step)
    }

    /// The tickets that wait for a reply.
    pub(super) fn tickets(&self) -> impl Iterator<Item = Ticket> {
        self.0.iter().filter_map(|entry| entry.role.ticket())
    }

    /// The oldest command if the reply timer watches it: all of it is sent, by this offset.
    pub(super) fn timed(&self, sent: u64) -> Option<u64> {
        let front = self.0.front()?;
        (front.role.is_timed() && front.end <= sent).then_some(front.end)
    }

    /// Whether the last byte of the oldest command left between these two offsets.
    pub(super) fn left_between(&self, before: u64, after: u64) -> bool {
        self.0
            .front()
            .is_some_and(|front| before < front.end && front.end <= after)
    }

    /// Finds the command that a reply belongs to among those that are sent up to this offset, and
    /// crosses it out if it is answered.
    pub(super) fn attribute(&mut self, code: ReplyCode, sent: u64) -> Attribution {
        let Some(index) = self.addressee(code, sent) else {
            return Attribution::Nobody;
        };
        let alone = self.0.len() == 1;
        let Some(entry) = self.0.get_mut(index) else {
            return Attribution::Nobody;
        };
        let role = entry.role;
        if code.is_preliminary() {
            if matches!(role, Role::Transfer(_)) {
                entry.role = Role::Transfer(Seen::Begun);
            }
            return Attribution::Preliminary(role);
        }
        if code == ReplyCode::OK && role == Role::Transfer(Seen::Nothing) && alone {
            entry.role = Role::Transfer(Seen::Superfluous);
            return Attribution::Superfluous;
        }
        self.0.remove(index);
        Attribution::Final(role)
    }

    fn addressee(&self, code: ReplyCode, sent: u64) -> Option<usize> {
        let mut on_wire = self.0.iter().take_while(|entry| entry.end <= sent);
        let front = on_wire.next()?.role.kind();
        let overtaking = on_wire.position(|entry| {
            OVERTAKING
                .iter()
                .any(|row| row.fits(front, code, entry.role.kind()))
        });
        Some(overtaking.map_or(0, |behind| behind + 1))
    }
}

/// What a command is to the attribution of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A transfer without a 1yz.
    Awaited,
    /// A transfer with one.
    Begun,
    Status,
    Abort,
    Quit,
    Other,
}

/// A reply that belongs to a later command although an earlier one isn't answered.
struct Row {
    earlier: Kind,
    codes: RangeInclusive<u16>,
    later: Kind,
}

impl Row {
    fn fits(&self, earlier: Kind, code: ReplyCode, later: Kind) -> bool {
        self.earlier == earlier && self.later == later && self.codes.contains(&code.value())
    }
}

const fn row(earlier: Kind, codes: RangeInclusive<u16>, later: Kind) -> Row {
    Row {
        earlier,
        codes,
        later,
    }
}

/// Who may be answered before whom. 211 to 213 are the answers to STAT and to no transfer; once a
/// transfer has begun, 500 to 504 and 530 can't be about its command any more; 225 says that no
/// transfer runs, 221 says goodbye.
static OVERTAKING: [Row; 10] = [
    row(Kind::Awaited, 211..=213, Kind::Status),
    row(Kind::Begun, 211..=213, Kind::Status),
    row(Kind::Begun, 500..=504, Kind::Status),
    row(Kind::Begun, 530..=530, Kind::Status),
    row(Kind::Begun, 225..=225, Kind::Abort),
    row(Kind::Begun, 500..=504, Kind::Abort),
    row(Kind::Awaited, 221..=221, Kind::Quit),
    row(Kind::Begun, 221..=221, Kind::Quit),
    row(Kind::Status, 225..=226, Kind::Abort),
    row(Kind::Status, 221..=221, Kind::Quit),
];

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::fmt::Write;

    use super::*;

    const BEGUN: Role = Role::Transfer(Seen::Begun);
    const AWAITED: Role = Role::Transfer(Seen::Nothing);
    const STAT: Role = Role::Status { ticket: Ticket(1) };
    const QUIT: Role = Role::Quit { ticket: Ticket(2) };
    const ABOR: Role = Role::Abort;

    fn ledger(roles: &[Role]) -> Ledger {
        let mut ledger = Ledger::default();
        for (role, end) in roles.iter().zip(1..) {
            ledger.push(*role, end);
        }
        ledger
    }

    /// Who is answered by each code from 200 to 599, where it isn't the oldest command.
    fn overtaking(roles: &[Role]) -> String {
        let mut found: Vec<(RangeInclusive<u16>, usize)> = Vec::new();
        for value in 200..=599 {
            let code = ReplyCode::new(value).unwrap();
            let index = ledger(roles).addressee(code, u64::MAX).unwrap();
            match found.last_mut() {
                Some((codes, last)) if *last == index => *codes = *codes.start()..=value,
                _ => found.push((value..=value, index)),
            }
        }
        let mut text = String::new();
        for (codes, index) in found {
            if index != 0 {
                write!(text, "{}-{}:{index} ", codes.start(), codes.end()).unwrap();
            }
        }
        text
    }

    #[test]
    fn every_code_finds_its_command() {
        for (roles, expected) in [
            (&[AWAITED][..], ""),
            (&[BEGUN], ""),
            (&[AWAITED, STAT], "211-213:1 "),
            (&[BEGUN, STAT], "211-213:1 500-504:1 530-530:1 "),
            (&[AWAITED, ABOR], ""),
            (&[BEGUN, ABOR], "225-225:1 500-504:1 "),
            (&[AWAITED, QUIT], "221-221:1 "),
            (&[BEGUN, QUIT], "221-221:1 "),
            (
                &[BEGUN, STAT, ABOR],
                "211-213:1 225-225:2 500-504:1 530-530:1 ",
            ),
            (
                &[BEGUN, STAT, QUIT],
                "211-213:1 221-221:2 500-504:1 530-530:1 ",
            ),
            (&[STAT, ABOR], "225-226:1 "),
            (&[STAT, QUIT], "221-221:1 "),
            (&[STAT, STAT], ""),
            (&[ABOR, STAT], ""),
            (&[Role::Step], ""),
            (&[Role::Step, STAT], ""),
        ] {
            assert_eq!(overtaking(roles), expected, "{roles:?}");
        }
    }

    #[test]
    fn a_command_that_has_not_left_is_not_answered() {
        let mut commands = ledger(&[BEGUN, ABOR]);
        assert_eq!(commands.attribute(ReplyCode::OK, 0), Attribution::Nobody);
        let not_implemented = ReplyCode::NOT_IMPLEMENTED;
        assert_eq!(
            commands.attribute(not_implemented, 1),
            Attribution::Final(BEGUN)
        );
        assert_eq!(commands.attribute(not_implemented, 1), Attribution::Nobody);
        assert_eq!(
            commands.attribute(not_implemented, 2),
            Attribution::Final(ABOR)
        );
    }

    #[test]
    fn a_1yz_leaves_the_command() {
        let mut commands = ledger(&[AWAITED]);
        let begun = commands.attribute(ReplyCode::OPENING_DATA, 1);
        assert_eq!(begun, Attribution::Preliminary(AWAITED));
        let begun = commands.attribute(ReplyCode::OPENING_DATA, 1);
        assert_eq!(begun, Attribution::Preliminary(BEGUN));
        assert_eq!(
            commands.attribute(ReplyCode::OK, 1),
            Attribution::Final(BEGUN)
        );
        assert!(commands.is_empty());
    }

    #[test]
    fn a_200_before_the_150_is_superfluous_if_nothing_else_is_asked() {
        let mut commands = ledger(&[AWAITED]);
        assert_eq!(
            commands.attribute(ReplyCode::OK, 9),
            Attribution::Superfluous
        );
        let still = Role::Transfer(Seen::Superfluous);
        assert_eq!(
            commands.attribute(ReplyCode::OK, 9),
            Attribution::Final(still)
        );
        let mut commands = ledger(&[AWAITED, ABOR]);
        assert_eq!(
            commands.attribute(ReplyCode::OK, 9),
            Attribution::Final(AWAITED)
        );
    }

    #[test]
    fn only_the_oldest_command_is_timed_and_only_once_it_has_left() {
        assert_eq!(ledger(&[Role::Step, STAT]).timed(0), None);
        assert_eq!(ledger(&[Role::Step, STAT]).timed(2), Some(1));
        assert_eq!(ledger(&[BEGUN, STAT]).timed(2), None);
        assert_eq!(format!("{:?}", ledger(&[])), "Ledger([])");
    }
}
