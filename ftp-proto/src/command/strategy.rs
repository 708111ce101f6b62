//! Any command, for property tests.

use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{Command, EpsvArgument, Mode, Protection, RawCommand, Structure, TypeCode, Verb};
use crate::path::{Argument, PathName};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// Any command that reads back as itself when it is sent.
///
/// Left out are the few values with two forms: `Other` with a verb that this crate knows, `Family`
/// of a known family, and optional arguments that are empty.
pub(crate) fn commands() -> impl Strategy<Value = Command> {
    let without_argument = prop::sample::select(
        &[
            Command::Cdup,
            Command::Rein,
            Command::Quit,
            Command::Pasv,
            Command::Abor,
            Command::Pwd,
            Command::Syst,
            Command::Noop,
            Command::Ccc,
            Command::Feat,
        ][..],
    );
    let texts = prop::sample::select(
        &[
            Command::User,
            Command::Site,
            Command::Auth,
            Command::Adat,
            Command::Mic,
            Command::Conf,
            Command::Enc,
            Command::Opts,
            Command::Host,
            Command::Clnt,
        ][..],
    );
    let secrets = prop::sample::select(&[Command::Pass, Command::Acct][..]);
    let optional_texts = prop::sample::select(
        &[
            Command::List,
            Command::Nlst,
            Command::Stat,
            Command::Help,
            Command::Lang,
        ][..],
    );
    let paths = prop::sample::select(
        &[
            Command::Cwd,
            Command::Smnt,
            Command::Retr,
            Command::Stor,
            Command::Appe,
            Command::Rnfr,
            Command::Rnto,
            Command::Dele,
            Command::Rmd,
            Command::Mkd,
            Command::Mdtm,
            Command::Size,
        ][..],
    );
    let optional_paths = prop::sample::select(&[Command::Stou, Command::Mlst, Command::Mlsd][..]);
    prop_oneof![
        without_argument,
        (texts, arguments(0)).prop_map(|(command, text)| command(text)),
        (secrets, arguments(0)).prop_map(|(command, text)| command(Secret::new(text))),
        (optional_texts, option::of(arguments(1))).prop_map(|(command, text)| command(text)),
        (paths, path_names()).prop_map(|(command, path)| command(path)),
        (optional_paths, option::of(path_names())).prop_map(|(command, path)| command(path)),
        parameters(),
        (times(), path_names()).prop_map(|(time, path)| Command::Mfmt { time, path }),
        others(),
    ]
}

fn parameters() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<([u8; 4], u16)>().prop_map(|(ip, port)| {
            Command::Port(core::net::SocketAddrV4::new(ip.into(), port))
        }),
        any::<(core::net::IpAddr, u16)>().prop_map(|address| Command::Eprt(address.into())),
        type_codes().prop_map(Command::Type),
        prop::sample::select(&[Structure::File, Structure::Record, Structure::Page][..])
            .prop_map(Command::Stru),
        prop::sample::select(&[Mode::Stream, Mode::Block, Mode::Compressed, Mode::Deflate][..])
            .prop_map(Command::Mode),
        any::<(u64, Option<u64>)>().prop_map(|(size, record)| Command::Allo { size, record }),
        any::<u64>().prop_map(Command::Rest),
        any::<u32>().prop_map(Command::Pbsz),
        prop::sample::select(
            &[
                Protection::Clear,
                Protection::Safe,
                Protection::Confidential,
                Protection::Private,
            ][..]
        )
        .prop_map(Command::Prot),
        epsv_arguments().prop_map(Command::Epsv),
    ]
}

fn type_codes() -> impl Strategy<Value = TypeCode> {
    prop_oneof![
        Just(TypeCode::Ascii),
        Just(TypeCode::AsciiTelnet),
        Just(TypeCode::AsciiCarriageControl),
        Just(TypeCode::Ebcdic),
        Just(TypeCode::Image),
        any::<u8>().prop_map(TypeCode::Local),
    ]
}

fn epsv_arguments() -> impl Strategy<Value = EpsvArgument> {
    prop_oneof![
        Just(EpsvArgument::Unspecified),
        Just(EpsvArgument::Ipv4),
        Just(EpsvArgument::Ipv6),
        Just(EpsvArgument::Family(0)),
        (3..=u32::MAX).prop_map(EpsvArgument::Family),
        Just(EpsvArgument::All),
    ]
}

fn others() -> impl Strategy<Value = Command> {
    let unknown = |verb: &Vec<u8>| Verb::from_name(verb).is_none();
    let verbs = vec(prop::sample::select(&b"AEINORTXZaeinortxz0159"[..]), 1..9)
        .prop_filter("a known verb", unknown)
        .prop_map(|verb| Argument::new(verb).unwrap());
    (verbs, option::of(arguments(0)))
        .prop_map(|(verb, argument)| Command::Other(RawCommand::new(verb, argument).unwrap()))
}

fn times() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanoseconds)| Timestamp::from_unix(seconds, nanoseconds).unwrap())
}

fn path_names() -> impl Strategy<Value = PathName> {
    arguments(1).prop_map(|name| PathName::try_from(name).unwrap())
}

/// Arguments of at least so many bytes, with many spaces and 0xFF among them.
fn arguments(at_least: usize) -> impl Strategy<Value = Argument> {
    let byte = prop_oneof![
        4 => prop::char::range('!', '~').prop_map(|char| char as u8),
        1 => Just(b' '),
        1 => Just(0xff_u8),
        2 => (1..=255_u8).prop_filter("a line end", |byte| !matches!(byte, b'\r' | b'\n')),
    ];
    vec(byte, at_least..20).prop_map(|bytes| Argument::new(bytes).unwrap())
}
