//! Both directions of the codec at once, and tables of what real clients send.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::strategy::commands;
use super::*;
use crate::wire::LineBuffer;

fn argument(text: &str) -> Argument {
    Argument::new(text).unwrap()
}

fn path(text: &str) -> PathName {
    PathName::new(text).unwrap()
}

fn parsed(line: &str) -> Result<Command, CommandError> {
    Command::parse(line.as_bytes())
}

#[test]
fn one_space_separates_and_all_others_belong_to_the_name() {
    assert_eq!(parsed("RETR a b"), Ok(Command::Retr(path("a b"))));
    assert_eq!(parsed("RETR  a "), Ok(Command::Retr(path(" a "))));
    assert_eq!(parsed("RETR  "), Ok(Command::Retr(path(" "))));
    assert_eq!(parsed("user  joe"), Ok(Command::User(argument(" joe"))));
    assert_eq!(
        parsed("MDTM 20240101000000 f"),
        Ok(Command::Mdtm(path("20240101000000 f")))
    );
}

#[test]
fn parameters_are_read_in_any_case_and_amid_spaces() {
    for (line, command) in [
        ("TYPE A", Command::Type(TypeCode::Ascii)),
        ("TYPE A N", Command::Type(TypeCode::Ascii)),
        ("type a t", Command::Type(TypeCode::AsciiTelnet)),
        ("TYPE A C", Command::Type(TypeCode::AsciiCarriageControl)),
        ("TYPE E", Command::Type(TypeCode::Ebcdic)),
        ("TYPE  i ", Command::Type(TypeCode::Image)),
        ("TYPE L 8", Command::Type(TypeCode::Local(8))),
        ("TYPE L8", Command::Type(TypeCode::Local(8))),
        ("TYPE L", Command::Type(TypeCode::Local(8))),
        ("TYPE L 36", Command::Type(TypeCode::Local(36))),
        ("stru f", Command::Stru(Structure::File)),
        ("MODE z", Command::Mode(Mode::Deflate)),
        ("PROT p", Command::Prot(Protection::Private)),
        ("PBSZ 0", Command::Pbsz(0)),
        ("REST  100 ", Command::Rest(100)),
        ("REST 18446744073709551615", Command::Rest(u64::MAX)),
        (
            "ALLO 10",
            Command::Allo {
                size: 10,
                record: None,
            },
        ),
        (
            "allo 10 r 5",
            Command::Allo {
                size: 10,
                record: Some(5),
            },
        ),
        ("EPSV", Command::Epsv(EpsvArgument::Unspecified)),
        ("EPSV ", Command::Epsv(EpsvArgument::Unspecified)),
        ("EPSV 1", Command::Epsv(EpsvArgument::Ipv4)),
        ("EPSV 2", Command::Epsv(EpsvArgument::Ipv6)),
        ("EPSV 3", Command::Epsv(EpsvArgument::Family(3))),
        ("epsv all", Command::Epsv(EpsvArgument::All)),
        (
            "PORT 192,0,2,1,4,1",
            Command::Port("192.0.2.1:1025".parse().unwrap()),
        ),
        (
            "EPRT |2|::1|80|",
            Command::Eprt("[::1]:80".parse().unwrap()),
        ),
    ] {
        assert_eq!(parsed(line), Ok(command), "{line}");
    }
}

#[test]
fn arguments_that_cannot_be_read_are_told_with_the_verb() {
    for (line, verb) in [
        ("TYPE X", Verb::Type),
        ("TYPE AX", Verb::Type),
        ("TYPE I N", Verb::Type),
        ("TYPE L x", Verb::Type),
        ("STRU X", Verb::Stru),
        ("MODE SS", Verb::Mode),
        ("PROT X", Verb::Prot),
        ("PBSZ -1", Verb::Pbsz),
        ("PBSZ 4294967296", Verb::Pbsz),
        ("REST -1", Verb::Rest),
        ("REST +1", Verb::Rest),
        ("REST 1 2", Verb::Rest),
        ("REST 18446744073709551616", Verb::Rest),
        ("ALLO x", Verb::Allo),
        ("ALLO 1 R", Verb::Allo),
        ("ALLO 1 R 2 3", Verb::Allo),
        ("ALLO 1 2", Verb::Allo),
        ("EPSV x", Verb::Epsv),
        ("EPSV 1 2", Verb::Epsv),
        ("PORT 1,2,3,4,5", Verb::Port),
        ("EPRT |1|::1|80|", Verb::Eprt),
        ("MFMT 20241301000000 f", Verb::Mfmt),
        ("MFMT 20240101000000 ", Verb::Mfmt),
    ] {
        assert_eq!(parsed(line), Err(CommandError::BadArgument(verb)), "{line}");
    }
    assert_eq!(parsed("EPRT |3|x|80|"), Err(CommandError::UnknownFamily));
}

#[test]
fn a_verb_takes_an_argument_as_its_row_says() {
    for row in VERBS {
        let bare = parsed(row.verb.name());
        let missing = Err(CommandError::MissingArgument(row.verb));
        assert_eq!(
            bare == missing,
            row.argument == ArgumentKind::Required,
            "{}",
            row.verb
        );
        let with = parsed(&format!("{} x", row.verb));
        let unexpected = Err(CommandError::UnexpectedArgument(row.verb));
        assert_eq!(
            with == unexpected,
            row.argument == ArgumentKind::None,
            "{}",
            row.verb
        );
    }
}

#[test]
fn empty_arguments_count_as_missing_except_where_text_may_be_empty() {
    assert_eq!(
        parsed("RETR "),
        Err(CommandError::MissingArgument(Verb::Retr))
    );
    assert_eq!(
        parsed("TYPE  "),
        Err(CommandError::MissingArgument(Verb::Type))
    );
    assert_eq!(
        parsed("MFMT 20240101000000"),
        Err(CommandError::MissingArgument(Verb::Mfmt))
    );
    assert_eq!(parsed("LIST "), Ok(Command::List(None)));
    assert_eq!(parsed("MLSD "), Ok(Command::Mlsd(None)));
    assert_eq!(
        parsed("PASS "),
        Ok(Command::Pass(Secret::new(argument(""))))
    );
    assert_eq!(parsed("NOOP  "), Ok(Command::Noop));
}

#[test]
fn old_names_and_any_case_mean_the_same() {
    assert_eq!(parsed("xmkd a"), Ok(Command::Mkd(path("a"))));
    assert_eq!(parsed("XPWD"), Ok(Command::Pwd));
    assert_eq!(parsed("nOoP"), Ok(Command::Noop));
}

#[test]
fn an_unknown_verb_survives_with_its_argument() {
    let raw = RawCommand::new(argument("XsHa1"), Some(argument(" a "))).unwrap();
    assert_eq!(parsed("XsHa1  a "), Ok(Command::Other(raw)));
}

#[test]
fn a_line_without_verb_is_no_command() {
    for line in [
        &b""[..],
        b" ",
        b" NOOP",
        b"NO-OP",
        b"\xe0\xe1",
        b"caf\xe9 x",
        b"\x16\x03\x01",
        b"\tNOOP",
    ] {
        assert_eq!(
            Command::parse(line),
            Err(CommandError::NoVerb),
            "{}",
            line.escape_ascii()
        );
    }
}

#[test]
fn nul_and_cr_are_refused_not_cut() {
    for line in [
        &b"RETR a\0b"[..],
        b"RETR \0",
        b"RETR a\rb",
        b"NOOP\r",
        b"NO\0OP",
        b"STOR a\r\0",
    ] {
        assert_eq!(
            Command::parse(line),
            Err(CommandError::ForbiddenByte),
            "{}",
            line.escape_ascii()
        );
    }
}

#[test]
fn telnet_bytes_before_the_verb_are_skipped() {
    // A data mark whose IAC went out of band, and the whole Synch where nothing filters it.
    for line in [&b"\xf2ABOR"[..], b"\xff\xf4\xff\xf2ABOR", b"\xf4\xf2abor"] {
        assert_eq!(
            Command::parse(line),
            Ok(Command::Abor),
            "{}",
            line.escape_ascii()
        );
    }
}

#[test]
fn a_trace_shows_no_secret_and_one_line_of_ascii() {
    for (line, shown) in [
        (&b"PASS hunter2"[..], "PASS ***"),
        (b"pass ", "PASS ***"),
        (b"ACCT hunter2", "ACCT ***"),
        (b"ADAT c2VjcmV0", "ADAT ***"),
        (b"XSECRET hunter2", "XSECRET ***"),
        (b"USER caf\xe9 \x1b[2J", "USER caf\\xe9 \\x1b[2J"),
        (b"RETR a b", "RETR a b"),
        (b"NOOP", "NOOP"),
    ] {
        let command = Command::parse(line).unwrap();
        assert_eq!(command.to_string(), shown);
        assert!(!format!("{command:?}").contains("hunter2"), "{command:?}");
    }
}

#[test]
fn a_raw_command_needs_a_verb_of_letters_and_digits() {
    for verb in ["", "A B", "A-B", "\u{e9}"] {
        let raw = RawCommand::new(argument(verb), None);
        assert_eq!(raw, Err(CommandError::NoVerb), "{verb:?}");
    }
}

#[test]
fn a_known_verb_in_a_raw_command_is_recognised() {
    let raw = RawCommand::new(argument("quit"), None).unwrap();
    assert_eq!(Command::Other(raw).verb(), Some(Verb::Quit));
}

proptest! {
    #[test]
    fn what_is_sent_reads_back(command in commands(), size in 1_usize..20) {
        let mut sent = Vec::new();
        command.encode(&mut sent);
        let mut lines = LineBuffer::new(512);
        for chunk in sent.chunks(size) {
            lines.push(chunk);
        }
        let line = lines.next_line().unwrap().unwrap();
        prop_assert!(lines.is_empty());
        prop_assert_eq!(Command::parse(&line), Ok(command));
    }

    #[test]
    fn a_trace_is_one_line_of_ascii(command in commands()) {
        let shown = command.to_string();
        prop_assert!(shown.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{shown:?}");
    }

    #[test]
    fn any_line_reads_as_itself_or_is_refused(
        verb in prop::sample::select(VERBS), rest in prop::collection::vec(any::<u8>(), 0..30)
    ) {
        let mut line = verb.verb.name().as_bytes().to_vec();
        line.push(b' ');
        line.extend(rest);
        if let Ok(command) = Command::parse(&line) {
            let mut sent = Vec::new();
            command.encode(&mut sent);
            let mut lines = LineBuffer::new(512);
            lines.push(&sent);
            prop_assert_eq!(Command::parse(&lines.next_line().unwrap().unwrap()), Ok(command));
        }
    }

    #[test]
    fn no_bytes_panic(line: Vec<u8>) {
        let _ = Command::parse(&line);
    }
}
