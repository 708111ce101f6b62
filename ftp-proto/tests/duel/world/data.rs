//! What the network does with data connections.

use super::*;

impl World {
    pub(super) fn act(&mut self, side: Side, action: DataAction) {
        match action {
            DataAction::Listen { channel, .. } => {
                if self.random.one_in(40) {
                    let event = DataEvent::Failed(DataFailure::CantListen);
                    self.later((side, channel), event);
                } else {
                    let port = self.network.listen((side, channel));
                    let advertised = SocketAddr::new(host(side), port);
                    self.later((side, channel), DataEvent::Listening { advertised });
                }
            }
            DataAction::Accept { channel, from } => {
                for listener in &mut self.network.listeners {
                    if listener.name == (side, channel) {
                        listener.accepts = Some(from);
                    }
                }
                self.accept();
            }
            DataAction::Dial { channel, target } => {
                let port = match target {
                    Target::ControlHost { port } => port,
                    Target::Address(address) => address.port(),
                    _ => panic!("a target that the simulation doesn't know"),
                };
                if !self.random.one_in(30) && self.network.dial((side, channel), port) {
                    let peer = Some(SocketAddr::new(host(side.other()), port));
                    self.later((side, channel), DataEvent::Connected { peer });
                    let cut_after = self.random.one_in(6).then(|| self.random.below(3000));
                    let mute = self.random.one_in(12);
                    for end in self.network.ends.values_mut() {
                        end.cut_after = cut_after;
                        end.mute = mute;
                    }
                    self.accept();
                } else {
                    let event = DataEvent::Failed(DataFailure::CantConnect);
                    self.later((side, channel), event);
                }
            }
            DataAction::Run {
                channel, direction, ..
            } => self.start((side, channel), direction),
            DataAction::Close { channel, manner } => self.close((side, channel), manner),
            _ => panic!("an action that the simulation doesn't know"),
        }
    }

    pub(super) fn accept(&mut self) {
        while let Some(listener) = self.network.take_accepted() {
            let from = host(listener.name.0.other());
            assert!(listener.accepts.is_some_and(|rule| rule.admits(from)));
            let peer = Some(SocketAddr::new(from, 55_555));
            self.later(listener.name, DataEvent::Connected { peer });
        }
    }

    pub(super) fn start(&mut self, name: EndName, direction: Direction) {
        let source = match (direction, name.0) {
            (Direction::Receive, _) => Vec::new(),
            (Direction::Send, Side::Client) => self.upload.clone(),
            (Direction::Send, Side::Server) => match self.shelf.opened.get(&name.1) {
                Some(Opened::Source(bytes)) => bytes.clone(),
                _ => panic!("nothing was opened to be sent"),
            },
        };
        let end = self
            .network
            .ends
            .get_mut(&name)
            .expect("a connection to run");
        end.run = Some(Run {
            direction,
            moved: 0,
            source: source.into(),
        });
        match direction {
            Direction::Send => self.schedule(Duration::ZERO, Happening::Pump { end: name }),
            Direction::Receive => self.drain(name),
        }
    }

    /// Sends some bytes; at their end, says so.
    pub(super) fn pump(&mut self, name: EndName) {
        let count = 1 + self.random.below(1500);
        let Some(end) = self.network.ends.get_mut(&name).filter(|end| !end.mute) else {
            return;
        };
        let (peer, cut_after) = (end.peer, end.cut_after);
        let Some(run) = end.run.as_mut() else { return };
        let count = count.min(run.source.len());
        let bytes: Vec<u8> = run.source.drain(..count).collect();
        run.moved += count as u64;
        let (moved, done) = (run.moved, run.source.is_empty());
        if cut_after.is_some_and(|cut| moved as usize > cut) {
            self.log("cut", &"data");
            self.post(peer, Packet::Reset);
            return self.end_run(name, DataEvent::Failed(DataFailure::Broken));
        }
        if !bytes.is_empty() {
            self.post(peer, Packet::Bytes(bytes));
        }
        if done {
            self.post(peer, Packet::Fin);
            self.end_run(name, DataEvent::Finished { bytes: moved });
        } else {
            self.tell(name, DataEvent::Progress { bytes: moved });
            let delay = self.random.delay();
            self.schedule(delay, Happening::Pump { end: name });
        }
    }

    pub(super) fn arrive(&mut self, name: EndName, packet: Packet) {
        let Some(end) = self.network.ends.get_mut(&name) else {
            return;
        };
        if packet == Packet::Reset {
            end.inbox.clear();
        }
        end.inbox.push_back(packet);
        self.drain(name);
    }

    /// Reads what has arrived, if the end runs.
    pub(super) fn drain(&mut self, name: EndName) {
        loop {
            let Some(end) = self.network.ends.get_mut(&name) else {
                return;
            };
            let Some(run) = end.run.as_mut() else { return };
            let Some(packet) = end.inbox.pop_front() else {
                return;
            };
            match (packet, run.direction) {
                (Packet::Bytes(bytes), Direction::Receive) => {
                    run.moved += bytes.len() as u64;
                    let moved = run.moved;
                    match (name.0, self.shelf.opened.get_mut(&name.1)) {
                        (Side::Client, _) => self.received.extend(bytes),
                        (Side::Server, Some(Opened::Sink { received, .. })) => {
                            received.extend(bytes);
                        }
                        _ => panic!("nothing was opened to be written"),
                    }
                    self.tell(name, DataEvent::Progress { bytes: moved });
                }
                (Packet::Fin, Direction::Receive) => {
                    let bytes = run.moved;
                    self.end_run(name, DataEvent::Finished { bytes });
                }
                (Packet::Reset, _) => {
                    self.end_run(name, DataEvent::Failed(DataFailure::Broken));
                }
                (Packet::Bytes(_) | Packet::Fin, Direction::Send) => {}
            }
        }
    }

    /// Ends a run on one side; the session learns of it somewhat later.
    pub(super) fn end_run(&mut self, name: EndName, event: DataEvent) {
        self.network.ends.remove(&name);
        if let Some(Opened::Source(_)) = self.shelf.opened.get(&name.1)
            && name.0 == Side::Server
        {
            self.shelf.opened.remove(&name.1);
        }
        self.later(name, event);
    }

    pub(super) fn close(&mut self, name: EndName, manner: Manner) {
        self.network.close_listener(name);
        let Some(end) = self.network.ends.remove(&name) else {
            return;
        };
        let packet = if manner == Manner::Finish {
            Packet::Fin
        } else {
            Packet::Reset
        };
        self.post(end.peer, packet);
        if end.run.is_some() {
            self.later(name, DataEvent::Failed(DataFailure::Cancelled));
        }
    }

    pub(super) fn post(&mut self, to: EndName, packet: Packet) {
        if self.network.ends.get(&to).is_none_or(|end| end.mute) {
            return;
        }
        let at = self.data_time(to);
        self.schedule_at(at, Happening::Packet { to, packet });
    }

    /// Tells a session of a data connection after a while, in order with what was told before.
    pub(super) fn later(&mut self, to: EndName, event: DataEvent) {
        let at = self.data_time(to);
        self.schedule_at(at, Happening::Data { to, event });
    }

    pub(super) fn data_time(&mut self, to: EndName) -> Moment {
        let earliest = self.data_arrival.get(&to).copied().unwrap_or(self.now);
        let at = (self.now + self.random.delay()).max(earliest);
        self.data_arrival.insert(to, at);
        at
    }
}
