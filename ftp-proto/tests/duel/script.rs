//! The client's side of the application: what a seed makes the user do.

use ftp_proto::client::{DataMode, DataPlan, Transfer, TransferVerb};
use ftp_proto::command::TypeCode;
use ftp_proto::{Argument, Command, PathName};

use crate::random::Random;

/// One thing that the user does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Login { password: &'static str },
    Command(Command),
    Rename { from: PathName, to: PathName },
    Transfer { transfer: Transfer, upload: Vec<u8> },
    Quit,
}

/// What the user does while a transfer is under way, after so many of the client's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    None,
    Abort,
    Status,
    Abandon,
}

pub(crate) const NAMES: [&str; 3] = ["a", "b", "c d"];

pub(crate) fn script(random: &mut Random) -> Vec<Step> {
    let mut steps = Vec::new();
    if random.one_in(10) {
        steps.push(Step::Login { password: "wrong" });
    }
    steps.push(Step::Login { password: "right" });
    for _ in 0..random.below(6) {
        steps.push(step(random));
    }
    steps.push(Step::Quit);
    steps
}

fn step(random: &mut Random) -> Step {
    match random.below(12) {
        0 => Step::Command(Command::Noop),
        1 => Step::Command(Command::Pwd),
        2 => Step::Command(Command::Size(name(random))),
        3 => Step::Command(Command::Dele(name(random))),
        4 => Step::Rename {
            from: name(random),
            to: name(random),
        },
        _ => transfer(random),
    }
}

fn transfer(random: &mut Random) -> Step {
    let verb = match random.below(8) {
        0..=2 => TransferVerb::Retrieve(name(random)),
        3 | 4 => TransferVerb::Store(name(random)),
        5 => TransferVerb::Append(name(random)),
        6 => TransferVerb::MachineList(None),
        _ => TransferVerb::List(Some(Argument::new("-a").unwrap())),
    };
    let mut transfer = Transfer::new(verb);
    transfer.type_code = TypeCode::Image;
    transfer.data = DataPlan::Local(match random.below(4) {
        0 => vec![DataMode::Epsv, DataMode::Pasv],
        1 => vec![DataMode::Pasv],
        2 => vec![DataMode::Eprt, DataMode::Port],
        _ => vec![
            DataMode::Epsv,
            DataMode::Pasv,
            DataMode::Eprt,
            DataMode::Port,
        ],
    });
    if random.one_in(4)
        && matches!(
            transfer.verb,
            TransferVerb::Retrieve(_) | TransferVerb::Store(_)
        )
    {
        transfer.offset = random.below(40) as u64;
    }
    let upload = random.bytes(3000);
    Step::Transfer { transfer, upload }
}

fn name(random: &mut Random) -> PathName {
    let index = random.below(NAMES.len() + 1);
    PathName::new(NAMES.get(index).copied().unwrap_or("missing")).unwrap()
}

pub(crate) fn interruption(random: &mut Random) -> Interruption {
    match random.below(10) {
        0 => Interruption::Abort,
        1 => Interruption::Status,
        2 => Interruption::Abandon,
        _ => Interruption::None,
    }
}
