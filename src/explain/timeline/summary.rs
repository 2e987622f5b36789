//! What it all came to: packets, bytes, round trips, time.

use crate::model::{Setting, Span, Time};
use crate::protocol::decode::{Body, Icmp, Ip};
use crate::protocol::follow::Anomaly;
use crate::text::visible;

use crate::explain::{HostSent, Moment, Summary, Transit, TransitPhase, What};

/// Counts moments.
#[derive(Debug, Default)]
pub(super) struct SummaryCounter {
    summary: Summary,
    first: Option<Time>,
    last: Option<Time>,
    first_frame: Option<Time>,
    last_frame: Option<Time>,
}

impl SummaryCounter {
    /// A fact was told of this time.
    pub fn time(&mut self, at: Time) {
        self.first.get_or_insert(at);
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }

    /// Counts the packet of a moment, when it is one of the saved vantage's.
    pub fn moment(&mut self, moment: &Moment) {
        let lateness = &mut self.summary.lateness;
        let transit = match &moment.what {
            What::Begin(settings) => {
                for setting in settings.iter() {
                    self.setting(setting);
                }
                return;
            }
            What::Transit(transit) => transit,
            What::Call(call) => {
                let returned = call
                    .returned
                    .as_ref()
                    .and_then(|returned| returned.kept_waiting);
                let kept = [call.call.kept_waiting, returned].into_iter().flatten();
                lateness.hosts = kept.fold(lateness.hosts, Span::max);
                return;
            }
            What::Hole(hole) => return self.summary.gaps.hole(hole),
            _ => return,
        };
        if let Some(late) = transit.late {
            lateness.frames += 1;
            lateness.wire = lateness.wire.max(late);
        }
        self.left(transit);
        self.frame_time(transit);
        if transit.number.is_some() {
            self.packet(transit);
        }
    }

    fn setting(&mut self, setting: &Setting) {
        if let Setting::Host(host) = setting {
            self.summary.sent.push(HostSent {
                host: host.id,
                name: visible::untrusted(&host.name),
                frames: 0,
                lost: 0,
            });
        }
    }

    /// A frame leaves its host, whoever saw it.
    fn left(&mut self, transit: &Transit) {
        let leaves = matches!(
            transit.phase,
            TransitPhase::Whole | TransitPhase::Left | TransitPhase::Lost
        );
        let sender = |sent: &&mut HostSent| Some(sent.host) == transit.from;
        if let Some(sent) = self.summary.sent.iter_mut().find(sender)
            && leaves
            && transit.copy == 0
        {
            sent.frames += 1;
            sent.lost += u64::from(transit.phase == TransitPhase::Lost);
        }
    }

    fn frame_time(&mut self, transit: &Transit) {
        for at in [transit.sent, transit.arrived].into_iter().flatten() {
            let pause = between(self.last_frame, Some(at));
            self.summary.longest_pause = self.summary.longest_pause.max(pause);
            self.first_frame = Some(self.first_frame.map_or(at, |first| first.min(at)));
            self.last_frame = Some(self.last_frame.map_or(at, |last| last.max(at)));
        }
    }

    fn packet(&mut self, transit: &Transit) {
        let packet = transit.frame.packet();
        let size = u64::from(transit.frame.orig_len).max(transit.frame.bytes.len() as u64);
        let payload = match packet.body {
            Body::Tcp(tcp) => {
                self.summary.segments += 1;
                u64::from(tcp.len)
            }
            Body::Udp(udp) => {
                self.summary.datagrams += 1;
                u64::from(udp.len)
            }
            // The last fragment completes the datagram; its header stands in the first one.
            Body::Fragment => {
                let whole = transit.followed.fragments > 0 && transit.followed.datagram > 0;
                self.summary.datagrams += u64::from(whole);
                packet.ip.map_or(0, |ip| fragment_payload(&ip))
            }
            // What an echo brings there and back is the program's; what an error quotes is not.
            Body::Icmp(icmp) if is_echo(&icmp) => icmp.payload.len() as u64,
            _ => 0,
        };
        self.summary.packets += 1;
        let segment = transit.followed.segment.as_ref();
        let copied = transit.followed.same.is_some_and(|same| same.copied);
        if copied || segment.is_some_and(|s| s.why.anomaly.is_some_and(Anomaly::is_second)) {
            self.summary.copies += 1;
            return;
        }
        self.summary.payload_bytes += payload;
        self.summary.header_bytes += size.saturating_sub(payload);
    }

    /// The sum, with the first round trip that was measured.
    pub fn summary(&self, round_trip: Option<Span>) -> Summary {
        let mut summary = self.summary.clone();
        summary.took = between(self.first, self.last);
        summary.round_trip = round_trip;
        if let Some(rtt) = summary.round_trip.filter(|rtt| rtt.ns() > 0) {
            let frames = between(self.first_frame, self.last_frame);
            let milli = i128::from(frames.ns()) * 1000 / i128::from(rtt.ns());
            summary.round_trips_milli = u64::try_from(milli).unwrap_or(0);
        }
        summary
    }
}

/// Echo or echo reply (RFC 792; RFC 4443 §4.1, §4.2).
const fn is_echo(icmp: &Icmp<'_>) -> bool {
    matches!((icmp.v6, icmp.kind), (false, 0 | 8) | (true, 128 | 129))
}

fn between(first: Option<Time>, last: Option<Time>) -> Span {
    match (first, last) {
        (Some(first), Some(last)) => last.since(first),
        _ => Span::ZERO,
    }
}

/// What of a fragment is the program's: all of it but the UDP header in the first.
fn fragment_payload(ip: &Ip<'_>) -> u64 {
    const UDP: u8 = 17;
    let first = ip.fragment.is_some_and(|fragment| fragment.offset == 0);
    let header = if first && ip.protocol == UDP { 8 } else { 0 };
    u64::from(ip.payload_len).saturating_sub(header)
}
