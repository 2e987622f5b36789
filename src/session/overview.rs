//! The end of a story that becomes too long for a terminal: as of a long capture, what passed the saved sniffer at a
//! glance, and how to see more.

use crate::explain::census::Census;
use crate::explain::{Moment, MomentSink, What};
use crate::model::{Fact, HoleKind, HostId, Setting, Vantage};
use crate::protocol::follow::{Prepared, Tracker};
use crate::text::Message;
use crate::views::{Line, Options, Role, census, wording};

/// Rows that a terminal is shown: more than anybody reads, and than most terminals keep.
const ROWS: usize = 2_000;
/// Connections that get a row then.
const CONNECTIONS: usize = 20;

/// Counts rows, and packets in case there are too many.
pub struct Overview {
    options: Options,
    /// Rows that were shown.
    shown: usize,
    /// Moments that were not.
    left_out: u64,
    /// Frames that a sniffer missed, or that were not told.
    missed: u64,
    saved: Vantage,
    follow: Tracker,
    census: Census,
}

impl Overview {
    /// With these options.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            shown: 0,
            left_out: 0,
            missed: 0,
            saved: Vantage::Host(HostId::CLIENT),
            follow: Tracker::sparing(),
            census: Census::new(false),
        }
    }

    /// Counts a frame of the saved vantage.
    pub fn fact(&mut self, fact: &Fact<'_>) {
        match fact {
            Fact::Setting {
                setting: Setting::SavedVantage(saved),
                ..
            } => self.saved = *saved,
            Fact::Frame(frame) if frame.vantage == self.saved => {
                let packet = frame.packet();
                let prepared = Prepared::of(&packet);
                let number = u32::try_from(self.census.packets + 1).unwrap_or(u32::MAX);
                let followed = self.follow.packet(number, frame.at, &packet);
                let ordinary = prepared.ordinary();
                self.census
                    .packet(number, frame, &followed, ordinary, || &packet);
            }
            Fact::Hole(hole) if hole.kind != HoleKind::Late => {
                self.missed = self.missed.saturating_add(hole.frames);
            }
            _ => {}
        }
    }

    /// The moment's rows in this view, as long as there are not too many. The outcome is shown in any case.
    pub fn instead(
        &mut self,
        moment: &Moment,
        view: &mut dyn MomentSink<Out = Vec<Line>>,
    ) -> Vec<Line> {
        let ends = matches!(moment.what, What::End(_));
        if self.shown >= ROWS && !ends {
            self.left_out += 1;
            let first = self.left_out == 1;
            let said = first.then(|| self.say(Role::Title, &Message::new("live-too-long")));
            return said.map_or_else(Vec::new, |said| vec![Line::new(), said]);
        }
        let lines = view.moment(moment);
        if self.left_out > 0 {
            return [self.head(), lines].concat();
        }
        self.shown += lines.len();
        lines
    }

    /// Every moment has its rows so far.
    pub const fn is_whole(&self) -> bool {
        self.left_out == 0
    }

    /// What passed the sniffer, where the rows do not show it.
    pub fn lines(&self) -> Vec<Line> {
        if self.left_out == 0 {
            return Vec::new();
        }
        let (rows, outcomes) = self.census.rows(&self.follow, CONNECTIONS);
        let connections = census::ShownConnections {
            judgements: &[],
            rows: &rows,
            outcomes: &outcomes,
            datagrams: false,
        };
        let title = self.options.catalogue.word("live-overview");
        let mut lines = vec![Line::new()];
        lines.extend(census::lines(
            &self.options,
            &title,
            &self.census,
            &self.follow,
            &connections,
        ));
        lines
    }

    /// What stands before the summary: first that the run is not whole, if it is not.
    fn head(&self) -> Vec<Line> {
        let mut lines = vec![Line::new()];
        if self.missed > 0 {
            let said = Message::new("live-not-whole").int("frames", self.missed);
            lines.push(self.say(Role::Caution, &said));
        }
        let said = Message::new("live-left-out").int("rows", self.left_out);
        lines.push(self.say(Role::Plain, &said));
        lines
    }

    fn say(&self, role: Role, message: &Message) -> Line {
        Line::of(role, wording::message(message, &self.options.catalogue))
    }
}
