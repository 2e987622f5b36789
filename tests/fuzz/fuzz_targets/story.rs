//! Arbitrary frames, and arbitrary recordings, all the way to what people see: followed, counted, told in every view
//! and both languages.

#![no_main]

use std::borrow::Cow;
use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use sockscope::explain::census::Census;
use sockscope::explain::{Moment, MomentSink as _, Summary, Timeline, What};
use sockscope::files::Reader;
use sockscope::model::{Direction, Frame, LinkType, Time, Vantage};
use sockscope::protocol::follow::{Followed, Prepared, Tracker};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Bytes, Json, Ladder, Line, Lines, Options, census, json};

/// More than this only takes time.
const ENOUGH: usize = 2_000;

fuzz_target!(|input: &[u8]| {
    let Some((&kind, rest)) = input.split_first() else { return };
    if kind % 4 == 0 {
        recording(rest);
    } else {
        capture(&mut Acts(rest));
    }
});

/// A file as `explain` tells a recording.
fn recording(file: &[u8]) {
    let Ok(mut reader) = Reader::new(file) else { return };
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    let mut facts = 0;
    while let Some(fact) = reader.next().expect("memory does not fail") {
        timeline.fact(fact, &mut moments);
        facts += 1;
        if facts == ENOUGH {
            break;
        }
    }
    let summary = timeline.finish(&mut moments);
    let numbers: Vec<u32> = moments.iter().filter_map(number).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    for options in options() {
        show(&moments, &options, |views| views.end(&summary));
    }
}

/// Frames as `explain` goes through anybody's capture: the summary, the objects, and the story.
fn capture(acts: &mut Acts<'_>) {
    let mut follow = Tracker::new();
    let mut census = Census::new(false);
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    let mut object = Vec::new();
    let mut count = 0;
    let mut at = Time::from_ns(1_760_000_000_000_000_000);
    while let Some((later, frame)) = acts.frame(at) {
        at = later;
        count += 1;
        let packet = frame.packet();
        let prepared = Prepared::of(&packet);
        let mut followed = Followed::default();
        follow.prepared(count, frame.at, &prepared, || &packet, &mut followed);
        census.packet(count, &frame, &followed, prepared.ordinary(), || &packet);
        object.clear();
        json::packet(&mut object, count.into(), frame.at, &packet, &followed);
        object.push(b'}');
        is_object(&object);
        timeline.followed(frame, count, followed, &mut moments);
        if count as usize == ENOUGH {
            break;
        }
    }
    let summary = timeline.finish(&mut moments);
    let numbers: Vec<u32> = moments.iter().filter_map(number).collect();
    assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "every packet is told once, in file order");
    let (rows, outcomes) = census.rows(&follow, 20);
    for options in options() {
        show(&moments, &options, |views| views.end(&summary));
        let judgements = census.judgements(&follow, None);
        let shown = census::ShownConnections {
            judgements: &judgements,
            rows: &rows,
            outcomes: &outcomes,
            datagrams: true,
        };
        for line in census::lines(&options, "a.pcap", &census, &follow, &shown) {
            is_clean(&line);
        }
    }
}

fn number(moment: &Moment) -> Option<u32> {
    match &moment.what {
        What::Transit(transit) => transit.number,
        _ => None,
    }
}

thread_local! {
    /// Read once: that takes longer than telling a small capture.
    static CATALOGUES: [Rc<Catalogue>; 2] = Lang::ALL.map(|lang| Rc::new(Catalogue::new(lang)));
}

fn options() -> [Options; 2] {
    CATALOGUES.with(Clone::clone).map(|catalogue| Options {
        width: 80,
        catalogue,
        quiet: false,
        spacious: false,
    })
}

struct Views(Ladder, Lines, Bytes, Json);

impl Views {
    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        let mut lines = self.0.end(summary);
        lines.extend(self.1.end(summary));
        lines.extend(self.2.end(summary));
        for line in self.3.end(summary) {
            is_object(line.plain().as_bytes());
        }
        lines
    }
}

fn show(moments: &[Moment], options: &Options, end: impl FnOnce(&mut Views) -> Vec<Line>) {
    let mut views = Views(
        Ladder::new(options.clone()),
        Lines::new(options.clone()),
        Bytes::new(options.clone()),
        Json::new(options.clone()),
    );
    for moment in moments {
        for line in views.0.moment(moment) {
            assert!(line.columns() <= options.width, "{}", line.plain());
            is_clean(&line);
        }
        let more = [views.1.moment(moment), views.2.moment(moment)];
        more.iter().flatten().for_each(is_clean);
        for line in views.3.moment(moment) {
            is_object(line.plain().as_bytes());
        }
    }
    end(&mut views).iter().for_each(is_clean);
}

/// Nothing from the network reaches the terminal raw.
fn is_clean(line: &Line) {
    let plain = line.plain();
    assert!(!plain.chars().any(char::is_control), "{plain:?}");
}

fn is_object(text: &[u8]) {
    let value: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    assert!(value.is_object());
}

/// The input as frames: a few bytes each choose the next segment between three hosts, or a frame of any bytes.
struct Acts<'a>(&'a [u8]);

impl<'a> Acts<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|taken| taken[0])
    }

    fn frame(&mut self, at: Time) -> Option<(Time, Frame<'a>)> {
        let kind = self.byte()?;
        // Steps of the clock: none, a little, a second, backwards.
        let step = [0, 1_000, 40_000_000, 1_000_000_000, -1_000_000][usize::from(kind >> 4) % 5];
        let at = Time::from_ns(at.ns() + step);
        let (link, bytes, more) = if kind % 8 == 0 { self.raw()? } else { self.segment()? };
        let orig_len = bytes.len() as u32 + more;
        let frame = Frame {
            at,
            vantage: Vantage::File(0),
            direction: Direction::Unknown,
            link,
            orig_len,
            checksum_offloaded: false,
            bytes: Cow::Owned(bytes),
        };
        Some((at, frame))
    }

    fn raw(&mut self) -> Option<(LinkType, Vec<u8>, u32)> {
        let head = self.take(3)?;
        let known = [1, 0, 9, 12, 101, 108, 113, 228, 229, 276, 147];
        let link = LinkType(known[usize::from(head[0]) % known.len()]);
        let len = usize::from(head[1]).min(self.0.len());
        Some((link, self.take(len)?.to_vec(), u32::from(head[2])))
    }

    /// An IPv4 or IPv6 segment with numbers near those of others, so that connections come to be.
    fn segment(&mut self) -> Option<(LinkType, Vec<u8>, u32)> {
        let head = self.take(8)?;
        let (a, b) = (1 + head[0] % 3, 1 + (head[0] >> 2) % 3);
        let (sport, dport) = (40_000 + u16::from(head[0] >> 4 & 1), 7070);
        let back = head[0] & 0x80 != 0;
        let base = [0_u32, 1_000, 0xffff_fff0, 0x8000_0000][usize::from(head[1] & 3)];
        let seq = base.wrapping_add(u32::from(head[2]) * 100);
        let ack = base.wrapping_add(u32::from(head[3]) * 100);
        let flags = head[4];
        let window = u16::from(head[5]) * 16;
        let options = usize::from(head[6] % 11) * 4;
        let options = self.take(options.min(self.0.len() / 4 * 4))?;
        let len = u32::from(head[7]) * 100;
        let snapped = len.min(8);
        let mut tcp = Vec::with_capacity(80);
        for port in if back { [dport, sport] } else { [sport, dport] } {
            tcp.extend(port.to_be_bytes());
        }
        tcp.extend(seq.to_be_bytes());
        tcp.extend(ack.to_be_bytes());
        tcp.extend([((5 + options.len() / 4) << 4) as u8, flags]);
        tcp.extend(window.to_be_bytes());
        tcp.extend([0; 4]);
        tcp.extend(options);
        let total = tcp.len() as u32 + len;
        tcp.extend(vec![b'x'; snapped as usize]);
        let (from, to) = if back { (b, a) } else { (a, b) };
        let mut bytes = if head[1] & 4 == 0 {
            let mut ip = vec![0x45, 0];
            ip.extend((20 + total as u16).to_be_bytes());
            ip.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
            ip
        } else {
            let mut ip = vec![0x60, 0, 0, 0];
            ip.extend((total as u16).to_be_bytes());
            ip.extend([6, 64]);
            for host in [from, to] {
                ip.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
            }
            ip
        };
        bytes.extend(tcp);
        Some((LinkType(101), bytes, len - snapped))
    }
}
