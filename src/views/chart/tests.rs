//! What the terminal shows of plain values: slow start of ten, twenty, forty segments, a loss in the third round trip, its repair.

use std::rc::Rc;

use super::*;
use crate::explain::series::{Range, SentRange};
use crate::model::Span;
use crate::text::{Catalogue, Lang};
use crate::views::Palette;

const MSS: u64 = 1000;

fn ms(ms: i64) -> Time {
    Time::from_ns(ms * 1_000_000)
}

fn slow_start() -> (Series, QueueSeries) {
    let mut series = Series {
        begun: Some(ms(0)),
        ended: Some(ms(500)),
        ..Series::default()
    };
    let mut queue = QueueSeries::default();
    let direction = &mut series.directions[0];
    let mut next = 1;
    for (round, segments) in [(1, 10), (2, 20), (3, 40)] {
        let at = round * 100;
        direction.congestion.push(Level {
            at: ms(at),
            value: segments * MSS,
        });
        for n in 0..segments {
            let at = ms(at + n as i64 / 2);
            let (from, to) = (next, next + MSS);
            next = to;
            direction.sent.push(SentRange {
                at,
                from,
                to,
                kind: SentKind::New,
                control: false,
            });
            queue.came(at, &[Span::from_ms(n as i64 / 2)]);
            if (round, n) == (3, 39) {
                direction.lost.push(Range { at, from, to });
                queue.full(at);
            }
        }
        let acked = if round == 3 { next - MSS } else { next };
        for (after, value) in [(80, acked - MSS * 5), (99, acked)] {
            direction.acked.push(Level {
                at: ms(at + after),
                value,
            });
        }
        direction.in_flight.push(Level {
            at: ms(at + 40),
            value: segments * MSS,
        });
    }
    direction.sacked.push(Range {
        at: ms(400),
        from: next,
        to: next + MSS * 4,
    });
    direction.congestion.push(Level {
        at: ms(410),
        value: 20 * MSS,
    });
    direction.threshold.push(Level {
        at: ms(410),
        value: 20 * MSS,
    });
    direction.sent.push(SentRange {
        at: ms(410),
        from: next - MSS,
        to: next,
        kind: SentKind::Again,
        control: false,
    });
    direction.acked.push(Level {
        at: ms(500),
        value: next,
    });
    queue.drain();
    (series, queue)
}

fn shown(lang: Lang, width: usize, with_queue: bool) -> Vec<String> {
    let (series, queue) = slow_start();
    let options = Options {
        width,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet: false,
        spacious: false,
    };
    let end = |port| Endpoint::new([10, 0, 0, 1].into(), port);
    let ends = (end(40_112), end(7070));
    let queue = with_queue.then_some(&queue);
    let lines = lines(&series, Way::FromOpener, ends, queue, &options);
    lines
        .iter()
        .map(|line| Palette::PLAIN.paint(line))
        .collect()
}

#[test]
fn slow_start_the_loss_and_the_recovery_can_be_read_off() {
    for (lang, name) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        for width in [80, 120] {
            let text = shown(lang, width, true).join("\n");
            insta::assert_snapshot!(format!("chart_{name}_{width}"), text);
        }
    }
}

#[test]
fn it_fits_a_small_terminal_and_every_width() {
    for lang in Lang::ALL {
        for width in [20, 80, 97, 120, 300] {
            for with_queue in [true, false] {
                let lines = shown(lang, width, with_queue);
                let rows = lines.len() - 1;
                assert!(width > 80 || rows <= 24, "{rows} rows at {width}");
                for line in &lines {
                    assert!(columns(line) <= width.max(80), "{width}: {line}");
                }
            }
        }
    }
}

#[test]
fn a_connection_of_which_nothing_is_known_is_still_drawn() {
    let options = Options {
        width: 80,
        catalogue: Rc::new(Catalogue::new(Lang::En)),
        quiet: false,
        spacious: false,
    };
    let end = Endpoint::new([10, 0, 0, 1].into(), 1);
    let lines = lines(
        &Series::default(),
        Way::FromOpener,
        (end, end),
        None,
        &options,
    );
    assert!(lines.len() > 10);
}
