//! Every order in which the replies and the data events of one transfer can come, played in full.
//!
//! A model of server and driver offers, at each point, whatever may happen next; each choice is
//! followed to its end. The outcome may depend on what came, never on the order in which it came.

use alloc::vec;
use alloc::vec::Vec;

use super::script::ask;
use crate::client::*;
use crate::session::*;
use crate::time::Moment;

/// What will come, in whatever order.
#[derive(Clone, Copy, Debug)]
struct Case {
    request: &'static str,
    preliminary: bool,
    last: u16,
    end: End,
    /// Only active: the server connects.
    connects: bool,
}

/// How the data end if nobody stops them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Finished,
    Broken,
}

/// The driver's view of the data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Opening,
    Connected,
    Running,
    Stopping,
    Gone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Reply(u16),
    Connect,
    End,
    Cancelled,
    Timeout,
}

struct Model {
    case: Case,
    session: ClientSession,
    now: Moment,
    id: ChannelId,
    channel: Channel,
    replies: Vec<u16>,
    runs: usize,
    events: Vec<Event>,
}

impl Model {
    /// A session whose transfer command has just been sent.
    fn new(case: Case) -> Self {
        let mut replies = vec![case.last];
        if case.preliminary {
            replies.insert(0, 150);
        }
        let mut model = Self {
            case,
            session: ClientSession::new(ClientConfig::default(), Moment::ZERO),
            now: Moment::ZERO,
            id: ChannelId(0),
            channel: Channel::Gone,
            replies,
            runs: 0,
            events: Vec::new(),
        };
        model.line("220 Hello");
        ask(&mut model.session, case.request, model.now).unwrap();
        model.take();
        model.line("200 Type set");
        if case.request.ends_with("active") {
            let advertised = "192.0.2.9:5000".parse().unwrap();
            model.data(DataEvent::Listening { advertised });
            model.line("200 Will do");
        } else {
            model.line("229 (|||40000|)");
            model.channel = Channel::Connected;
            model.data(DataEvent::Connected { peer: None });
        }
        model.events.clear();
        model
    }

    fn line(&mut self, line: &str) {
        self.session.handle_bytes(line.as_bytes(), self.now);
        self.session.handle_bytes(b"\r\n", self.now);
        self.take();
    }

    fn data(&mut self, event: DataEvent) {
        self.session.handle_data(self.id, event, self.now);
        self.take();
    }

    /// What may happen next.
    fn possible(&self) -> Vec<Step> {
        let mut steps: Vec<_> = self
            .replies
            .first()
            .map(|code| Step::Reply(*code))
            .into_iter()
            .collect();
        match self.channel {
            Channel::Opening if self.case.connects => steps.push(Step::Connect),
            Channel::Running => steps.push(Step::End),
            // What was under way when the channel was closed may still be told.
            Channel::Stopping => steps.extend([Step::End, Step::Cancelled]),
            Channel::Opening | Channel::Connected | Channel::Gone => {}
        }
        if steps.is_empty() && self.channel == Channel::Opening {
            steps.push(Step::Timeout);
        }
        steps
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Reply(code) => {
                self.replies.remove(0);
                self.line(&alloc::format!("{code} So be it"));
            }
            Step::Connect => {
                self.channel = Channel::Connected;
                self.data(DataEvent::Connected { peer: None });
            }
            Step::End => {
                self.channel = Channel::Gone;
                self.data(match self.case.end {
                    End::Finished => DataEvent::Finished { bytes: 9 },
                    End::Broken => DataEvent::Failed(DataFailure::Broken),
                });
            }
            Step::Cancelled => {
                self.channel = Channel::Gone;
                self.data(DataEvent::Failed(DataFailure::Cancelled));
            }
            Step::Timeout => {
                self.now = self.session.poll_timeout().unwrap();
                self.session.handle_timeout(self.now);
                self.take();
            }
        }
    }

    fn take(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Event(event) => self.events.push(event),
                Output::Data(
                    DataAction::Listen { channel, .. } | DataAction::Dial { channel, .. },
                ) => {
                    self.id = channel;
                    self.channel = Channel::Opening;
                }
                Output::Data(DataAction::Run { .. }) => {
                    assert_eq!(self.channel, Channel::Connected, "{:?}", self.case);
                    self.channel = Channel::Running;
                    self.runs += 1;
                }
                Output::Data(DataAction::Close { manner, .. }) => {
                    assert_eq!(manner, Manner::Reset);
                    self.channel = match self.channel {
                        Channel::Running => Channel::Stopping,
                        _ => Channel::Gone,
                    };
                }
                _ => {}
            }
        }
        let length = self.session.outgoing().len();
        self.session.sent(length, self.now);
    }

    /// Checks the end of a path on which these steps were taken.
    fn check(&self, path: &[Step]) {
        let what = (self.case, path);
        assert_eq!(self.session.phase(), Phase::Ready, "{what:?}");
        assert_eq!(self.channel, Channel::Gone, "{what:?}");
        assert!(self.runs <= 1, "{what:?}");
        let finals: Vec<_> = self
            .events
            .iter()
            .filter(|event| !is_preliminary(event))
            .collect();
        let [last] = finals.as_slice() else {
            panic!("not one event: {finals:?} {what:?}");
        };
        let expected = match (self.case.last, self.case.end, self.case.connects) {
            (550, ..) => matches!(last, Event::Rejected { .. }),
            (_, _, false) => matches!(
                last,
                Event::TransferFailed {
                    failure: DataFailure::CantConnect,
                    reply: Some(_),
                    ..
                }
            ),
            (_, End::Finished, true) => matches!(last, Event::Transferred { bytes: 9, .. }),
            (_, End::Broken, true) => matches!(
                last,
                Event::TransferFailed {
                    failure: DataFailure::Broken,
                    reply: Some(_),
                    ..
                }
            ),
        };
        assert!(expected, "{last:?} {what:?}");
    }
}

fn is_preliminary(event: &Event) -> bool {
    matches!(event, Event::Preliminary { .. })
}

/// Follows every choice after these steps; gives the number of paths.
fn explore(case: Case, path: &mut Vec<Step>) -> usize {
    let mut model = Model::new(case);
    for step in path.iter() {
        model.step(*step);
    }
    let possible = model.possible();
    if possible.is_empty() {
        model.check(path);
        return 1;
    }
    let mut paths = 0;
    for step in possible {
        path.push(step);
        paths += explore(case, path);
        path.pop();
    }
    paths
}

#[test]
fn every_order_of_replies_and_data_has_the_same_outcome() {
    let mut paths = 0;
    for request in ["get f", "put f", "get f active", "put f active"] {
        for preliminary in [true, false] {
            for last in [226, 550] {
                for end in [End::Finished, End::Broken] {
                    for connects in [true, false] {
                        if !connects && !request.ends_with("active") {
                            continue;
                        }
                        let case = Case {
                            request,
                            preliminary,
                            last,
                            end,
                            connects,
                        };
                        paths += explore(case, &mut Vec::new());
                    }
                }
            }
        }
    }
    assert!(paths > 100, "only {paths} paths");
}
