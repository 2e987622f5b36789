//! `--plot`: an SVG file; the graphs of one connection of a story.

use std::fs;
use std::path::{Path, PathBuf};

use super::keep::{caller_of_sudo, shown};
use crate::cli::Keep;
use crate::explain::series::Series;
use crate::explain::{Moment, StateChange, Transit, What};
use crate::failure::Failure;
use crate::model::Endpoint;
use crate::protocol::decode::{Body, decode};
use crate::protocol::follow::{Conversation, Way};
use crate::text::{Catalogue, Message};
use crate::views::plot::svg;

impl Keep {
    /// The graphs of the first connection, when they are asked for.
    pub fn plot(&self) -> Result<Option<Plot>, Failure> {
        self.plot
            .as_deref()
            .map(|path| Plot::new(path, 0))
            .transpose()
    }
}

/// An SVG file that is going to be written.
#[derive(Debug)]
pub struct Picture {
    path: PathBuf,
}

impl Picture {
    /// Finds out at once whether it can be written; under sudo it belongs to who called sudo.
    pub fn claim(path: &Path) -> Result<Self, Failure> {
        fs::write(path, "").map_err(|error| refused(path, &error))?;
        if let Some((uid, gid)) = caller_of_sudo() {
            // As with a saved run: no reason not to go on.
            let _ = nix::unistd::chown(path, Some(uid), Some(gid));
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Writes it.
    pub fn write(self, svg: &str) -> Result<(), Failure> {
        fs::write(&self.path, svg).map_err(|error| refused(&self.path, &error))
    }

    /// There is nothing to draw: leaves no empty file behind.
    pub fn abandon(self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Collects the points of one TCP connection.
#[derive(Debug)]
pub struct Plot {
    picture: Picture,
    stream: u32,
    series: Series,
    /// The opener's endpoint and the acceptor's.
    ends: Option<(Endpoint, Endpoint)>,
}

impl Plot {
    /// The graphs of this connection (from 0) are to be written there. Finds out at once whether they can be.
    pub fn new(path: &Path, stream: u32) -> Result<Self, Failure> {
        Ok(Self {
            picture: Picture::claim(path)?,
            stream,
            series: Series::default(),
            ends: None,
        })
    }

    /// Takes the next moment.
    pub fn moment(&mut self, moment: &Moment) {
        match &moment.what {
            What::Transit(transit) => {
                self.transit(transit);
                for state in transit.sender_states.iter().chain(&transit.receiver_states) {
                    self.sample(state);
                }
            }
            What::Call(call) => call.states.iter().for_each(|state| self.sample(state)),
            What::State(state) => self.sample(state),
            _ => {}
        }
    }

    fn transit(&mut self, transit: &Transit) {
        let followed = &transit.followed;
        let own = followed.conversation == Some(Conversation::Tcp(self.stream));
        if transit.number.is_none() || !own {
            return;
        }
        let frame = &transit.frame;
        let packet = decode(frame.link, &frame.bytes, frame.orig_len);
        if let (Body::Tcp(tcp), Some(segment)) = (&packet.body, &followed.segment) {
            self.series.segment(frame.at, tcp, segment, followed.way);
        }
        if let (None, Some((from, to))) = (self.ends, followed.ends) {
            self.ends = Some(match followed.way {
                Way::FromOpener => (from, to),
                Way::FromAcceptor => (to, from),
            });
        }
    }

    fn sample(&mut self, state: &StateChange) {
        let (Some(info), Some((opener, acceptor))) = (&state.info, self.ends) else {
            return;
        };
        let remote = state.remote;
        if state.local == opener && remote == Some(acceptor) {
            self.series.sample(state.at, Way::FromOpener, info);
        } else if state.local == acceptor && remote == Some(opener) {
            self.series.sample(state.at, Way::FromAcceptor, info);
        }
    }

    /// Draws the direction that carries more data.
    pub fn finish(self, catalogue: &Catalogue) -> Result<(), Failure> {
        let Some((opener, acceptor)) = self.ends else {
            self.picture.abandon();
            let what = Message::new("error-no-stream").int("stream", self.stream);
            return Err(Failure::usage(what));
        };
        let way = self.series.busier();
        let ends = match way {
            Way::FromOpener => (opener, acceptor),
            Way::FromAcceptor => (acceptor, opener),
        };
        self.picture.write(&svg(&self.series, way, ends, catalogue))
    }
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::of_io(Message::new("error-save").text("path", shown(path)), error)
}
