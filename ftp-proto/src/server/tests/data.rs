//! PORT, PASV, EPRT, EPSV, and who may be at the other end.

use alloc::format;
use alloc::vec::Vec;

use crate::addr::PeerRule;
use crate::server::{Ask, Connected, Discard, Note, Output, ServerConfig};
use crate::session::{DataAction, DataEvent, DataFailure, Family, Manner, Target};

use super::harness::{ChannelState, LISTENER, PEER, Script, address, opened};

fn config(change: impl FnOnce(&mut ServerConfig)) -> ServerConfig {
    let mut config = ServerConfig::default();
    change(&mut config);
    config
}

fn logged_in(config: ServerConfig) -> Script {
    let mut script = Script::with(config);
    script.log_in(crate::server::Rights::READ_WRITE);
    script
}

#[test]
fn pasv_and_epsv_tell_where_the_server_listens() {
    for (line, text) in [
        ("PASV", "227 Entering Passive Mode (192,0,2,1,19,137)."),
        ("EPSV", "229 Entering Extended Passive Mode (|||5001|)"),
        ("EPSV 1", "229 Entering Extended Passive Mode (|||5001|)"),
    ] {
        let mut script = Script::logged_in();
        assert_eq!(script.say(line), []);
        let outputs = script.outputs();
        let [Output::Data(DataAction::Listen { channel, family })] = *outputs.as_slice() else {
            panic!("{outputs:?}")
        };
        assert_eq!(family, Family::Ipv4);
        let advertised = address(LISTENER);
        let replies = script.data_replies(channel, DataEvent::Listening { advertised });
        assert_eq!(format!("{}", replies.first().unwrap()), text);
        assert_eq!(
            script.outputs(),
            [Output::Data(DataAction::Accept {
                channel,
                from: PeerRule::Host(address(PEER).ip()),
            })]
        );
    }
}

#[test]
fn lines_wait_until_the_server_listens() {
    let mut script = Script::logged_in();
    assert_eq!(script.say("PASV"), []);
    assert_eq!(script.say("NOOP"), []);
    let channel = script.new_channel();
    let advertised = address(LISTENER);
    assert_eq!(
        script.data(channel, DataEvent::Listening { advertised }),
        [227, 200]
    );
}

#[test]
fn a_port_that_cannot_be_had_is_425() {
    let mut script = Script::logged_in();
    script.say("EPSV");
    let channel = script.new_channel();
    let failed = DataEvent::Failed(DataFailure::CantListen);
    assert_eq!(script.data(channel, failed), [425]);
    script.say("EPSV");
    assert_eq!(script.wait(30), [425]);
    assert!(script.channels().is_empty());
    assert_eq!(script.say("NOOP"), [200]);
}

#[test]
fn over_ipv6_pasv_is_refused_and_names_epsv() {
    let mut script = Script::between(
        ServerConfig::default(),
        "[2001:db8::10]:40000",
        "[2001:db8::1]:21",
    );
    script.log_in(crate::server::Rights::READ_WRITE);
    let text = script.ask_text("PASV");
    assert!(text.starts_with("425") && text.contains("EPSV"), "{text}");
    assert_eq!(script.say("EPSV 1"), [522]);
    assert!(script.ask_text("EPSV 1").ends_with("(2)"));
    assert_eq!(script.say("EPSV 2"), []);
}

#[test]
fn pasv_needs_an_ipv4_address_to_tell() {
    let mut script = Script::logged_in();
    script.say("PASV");
    let channel = script.new_channel();
    let advertised = address("[2001:db8::1]:5001");
    assert_eq!(
        script.data(channel, DataEvent::Listening { advertised }),
        [425]
    );
    assert!(script.channels().is_empty());
}

#[test]
fn families_that_are_not_served_are_522_with_those_that_are() {
    for (line, text) in [
        ("EPSV 2", "522 Network protocol not supported, use (1)"),
        ("EPSV 3", "522 Network protocol not supported, use (1)"),
        (
            "EPRT |2|2001:db8::1|5000|",
            "522 Network protocol not supported, use (1)",
        ),
        (
            "EPRT |3|x|5000|",
            "522 Network protocol not supported, use (1)",
        ),
    ] {
        assert_eq!(Script::logged_in().ask_text(line), text, "{line}");
    }
    let mut script = logged_in(config(|config| config.foreign_data = true));
    assert!(script.ask_text("EPSV 3").ends_with("(1,2)"));
}

#[test]
fn after_epsv_all_there_is_epsv_alone() {
    let mut script = Script::logged_in();
    assert_eq!(script.say("EPSV ALL"), [200]);
    for line in [
        "PASV",
        "PORT 192,0,2,10,156,64",
        "EPRT |1|192.0.2.10|40000|",
    ] {
        assert_eq!(script.say(line), [503], "{line}");
    }
    assert_eq!(script.say("EPSV"), []);
}

#[test]
fn epsv_all_keeps_the_listener_of_before() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    assert_eq!(script.say("EPSV ALL"), [200]);
    assert_eq!(script.channels(), [(channel, ChannelState::Accepting)]);
}

#[test]
fn addresses_that_could_hurt_others_are_refused_before_anything_is_dialled() {
    for line in [
        "PORT 127,0,0,2,156,64",
        "PORT 0,0,0,0,156,64",
        "PORT 255,255,255,255,156,64",
        "PORT 224,0,0,1,156,64",
        "PORT 192,0,2,10,0,25",
        "PORT 192,0,2,10,3,255",
        "PORT 192,0,2,10,0,0",
        "PORT 192,0,2,10,256,0",
        "PORT 192,0,2,10,1",
        "PORT x",
        "PORT",
        "EPRT |1|127.0.0.2|40000|",
        "EPRT |1|192.0.2.10|1023|",
        "EPRT |1|192.0.2.10|65536|",
        "EPRT |2|::ffff:127.0.0.2|40000|",
        "EPRT",
    ] {
        let mut script = Script::logged_in();
        // A refusal clears what was good before.
        assert_eq!(script.say("PORT 192,0,2,10,156,64"), [200]);
        assert_eq!(script.say(line), [501], "{line}");
        assert_eq!(script.say("RETR f"), [425], "{line}");
        assert_eq!(script.outputs(), [], "{line}");
    }
}

#[test]
fn a_foreign_address_is_noted() {
    let mut script = Script::logged_in();
    script.say("PORT 127,0,0,2,156,64");
    let foreign = Note::ForeignAddress(address("127.0.0.2:40000"));
    assert!(script.notes.contains(&foreign));
}

#[test]
fn the_clients_own_address_is_dialled_once_the_file_is_open() {
    for line in [
        "PORT 192,0,2,10,156,64",
        "EPRT |1|192.0.2.10|40000|",
        "EPRT |2|::ffff:192.0.2.10|40000|",
    ] {
        let mut script = Script::logged_in();
        assert_eq!(script.say(line), [200], "{line}");
        assert_eq!(script.say("RETR f"), []);
        let Ask::Open { channel, .. } = script.question() else {
            panic!()
        };
        assert_eq!(script.answer(opened()), [150]);
        let outputs = script.outputs();
        let [
            Output::Data(DataAction::Dial {
                channel: dialled,
                target: Target::Address(to),
            }),
        ] = outputs.as_slice()
        else {
            panic!("{outputs:?}")
        };
        assert_eq!(*dialled, channel);
        assert_eq!(to.ip().to_canonical(), address(PEER).ip(), "{line}");
        assert_eq!(script.connect(channel), []);
        assert_eq!(script.channels(), [(channel, ChannelState::Running)]);
    }
}

#[test]
fn a_new_command_closes_what_the_one_before_has_set_up() {
    for line in [
        "PASV",
        "EPSV",
        "PORT 192,0,2,10,156,64",
        "PORT x",
        "EPRT |3|x|1|",
    ] {
        let mut script = Script::logged_in();
        let channel = script.pasv();
        script.say(line);
        let close = Output::Data(DataAction::Close {
            channel,
            manner: Manner::Reset,
        });
        assert_eq!(script.outputs().first(), Some(&close), "{line}");
    }
}

#[test]
fn a_flood_of_pasv_leaves_one_listener() {
    let mut script = Script::logged_in();
    for _ in 0..1000 {
        script.pasv();
    }
    assert_eq!(script.channels().len(), 1);
}

#[test]
fn a_stranger_gets_nothing_even_if_the_driver_lets_him_in() {
    let stranger = Some(address("192.0.2.66:40000"));
    let connected = DataEvent::Connected { peer: stranger };

    let mut script = Script::logged_in();
    let channel = script.pasv();
    assert_eq!(script.data(channel, connected.clone()), []);
    assert!(script.channels().is_empty());
    assert_eq!(script.say("RETR f"), [425]);

    let channel = script.connecting("RETR f");
    assert_eq!(script.data(channel, connected), [425]);
    assert!(script.channels().is_empty());
    assert!(script.outputs().contains(&Output::Discard {
        channel,
        why: Discard::Unused,
    }));
}

#[test]
fn foreign_data_admits_anyone_at_a_free_port() {
    let mut script = logged_in(config(|config| config.foreign_data = true));
    assert_eq!(script.say("PORT 198,51,100,1,156,64"), [200]);
    assert_eq!(script.say("PORT 198,51,100,1,0,25"), [501]);
    let channel = script.connecting("RETR f");
    let peer = Some(address("198.51.100.1:2000"));
    assert_eq!(script.data(channel, DataEvent::Connected { peer }), []);
    assert_eq!(script.channels(), [(channel, ChannelState::Running)]);
}

#[test]
fn without_addresses_any_peer_is_admitted_but_none_is_dialled() {
    let mut script = Script::over(ServerConfig::default(), Connected::default());
    script.log_in(crate::server::Rights::READ_WRITE);
    assert_eq!(script.say("PORT 192,0,2,10,156,64"), [501]);
    let channel = script.connecting("RETR f");
    let connected = DataEvent::Connected { peer: None };
    assert_eq!(script.data(channel, connected), []);
    assert_eq!(script.channels(), [(channel, ChannelState::Running)]);
}

#[test]
fn what_is_switched_off_is_502_and_not_in_feat() {
    type Switch = fn(&mut ServerConfig);
    let cases: [(Switch, [&str; 2], &str); 2] = [
        (
            |config| config.active = false,
            ["PORT 192,0,2,10,156,64", "EPRT |1|192.0.2.10|40000|"],
            "EPRT",
        ),
        (|config| config.passive = false, ["PASV", "EPSV"], "EPSV"),
    ];
    for (switch, lines, feature) in cases {
        let mut script = logged_in(config(switch));
        for line in lines {
            assert_eq!(script.say(line), [502], "{line}");
        }
        assert!(!script.ask_text("FEAT").contains(feature));
    }
}

#[test]
fn a_listener_that_is_lost_is_noticed_by_the_next_transfer() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    let failed = DataEvent::Failed(DataFailure::CantConnect);
    assert_eq!(script.data(channel, failed), []);
    assert_eq!(script.say("RETR f"), [425]);
}

#[test]
fn events_of_channels_that_are_gone_are_ignored() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.pasv();
    let before = script.channels();
    let advertised = address(LISTENER);
    let events = Vec::from([
        DataEvent::Listening { advertised },
        DataEvent::Connected { peer: None },
        DataEvent::Progress { bytes: 1 },
        DataEvent::Finished { bytes: 1 },
        DataEvent::Failed(DataFailure::Broken),
    ]);
    for event in events {
        assert_eq!(script.data(channel, event.clone()), [], "{event:?}");
        assert_eq!(script.outputs(), [], "{event:?}");
    }
    assert_eq!(script.channels(), before);
}

#[test]
fn a_port_that_no_client_connects_to_is_given_back() {
    let mut script = Script::logged_in();
    let channel = script.pasv();
    script.outputs();
    assert_eq!(script.wait(29), []);
    assert_eq!(script.channels(), [(channel, ChannelState::Accepting)]);
    assert_eq!(script.wait(1), []);
    assert_eq!(script.channels(), []);
    assert_eq!(script.say("RETR f"), [425]);

    // Neither a client that is there nor one that told where it listens is closed for that.
    let channel = script.pasv();
    script.connect(channel);
    script.wait(60);
    assert_eq!(script.channels(), [(channel, ChannelState::Connected)]);
    script.pasv();
    assert_eq!(script.say("PORT 192,0,2,10,156,64"), [200]);
    script.wait(60);
    assert_eq!(script.say("RETR f"), []);
    assert_eq!(script.answer(opened()), [150]);
}
