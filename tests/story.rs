//! What the views make of stories: ladders, lines, JSON. The stories are flows (`tests/flows`).

#[path = "flows/mod.rs"]
mod flow;

use std::rc::Rc;

use sockscope::explain::{Moment, MomentSink as _, Summary, Timeline};
use sockscope::model::{Fact, Hole, HoleKind, Time, Vantage};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Bytes, Json, Ladder, Lines, Options, Palette};

use flow::scene;

fn told(facts: &[Fact<'_>]) -> (Vec<Moment>, Summary) {
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for fact in facts {
        timeline.fact(fact.clone(), &mut moments);
    }
    let summary = timeline.finish(&mut moments);
    (moments, summary)
}

fn options(lang: Lang, width: usize, quiet: bool) -> Options {
    Options {
        width,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet,
        spacious: false,
    }
}

/// All lines of a view of this run, as plain text.
macro_rules! shown {
    ($view:expr, $facts:expr) => {{
        let (moments, summary) = told($facts);
        let mut view = $view;
        let mut lines = Vec::new();
        for moment in &moments {
            lines.extend(view.moment(moment));
        }
        lines.extend(view.end(&summary));
        let lines: Vec<String> = lines
            .iter()
            .map(|line| Palette::PLAIN.paint(line))
            .collect();
        lines.join("\n")
    }};
}

fn ladder(facts: &[Fact<'_>], lang: Lang, width: usize, quiet: bool) -> String {
    shown!(Ladder::new(options(lang, width, quiet)), facts)
}

#[test]
fn ladders_of_a_close_in_four_segments() {
    let facts = scene("teardown/four-segments");
    insta::assert_snapshot!("four_en_80", ladder(&facts, Lang::En, 80, false));
    insta::assert_snapshot!("four_zh_80", ladder(&facts, Lang::Zh, 80, false));
    insta::assert_snapshot!("four_en_120", ladder(&facts, Lang::En, 120, false));
    insta::assert_snapshot!("four_zh_120", ladder(&facts, Lang::Zh, 120, false));
    insta::assert_snapshot!("four_en_80_quiet", ladder(&facts, Lang::En, 80, true));
}

#[test]
fn ladders_of_other_ends() {
    let plain = |name: &str| ladder(&scene(name), Lang::En, 80, false);
    insta::assert_snapshot!("three_en_80", plain("teardown/three-segments"));
    insta::assert_snapshot!("half_en_80", plain("teardown/half-close"));
    insta::assert_snapshot!("reset_en_80", plain("reset/linger"));
    insta::assert_snapshot!("refused_en_80", plain("reset/refused"));
    insta::assert_snapshot!("lost_syn_en_80", plain("handshake/lost-syn"));
    insta::assert_snapshot!("simultaneous_en_80", plain("teardown/simultaneous"));
    insta::assert_snapshot!("datagrams_en_80", plain("udp/datagrams"));
    insta::assert_snapshot!(
        "datagrams_zh_80",
        ladder(&scene("udp/datagrams"), Lang::Zh, 80, false)
    );
}

#[test]
fn a_loss_is_told_with_what_it_was_noticed_by_and_when_the_stream_was_whole_again() {
    let facts = scene("sack/lost-data");
    insta::assert_snapshot!("lost_data_en_80", ladder(&facts, Lang::En, 80, false));
    insta::assert_snapshot!("lost_data_zh_80", ladder(&facts, Lang::Zh, 80, false));
}

#[test]
fn each_timer_is_told_by_its_kernels_numbers() {
    let facts = scene("retransmission/probe-then-timer");
    let text = ladder(&facts, Lang::En, 160, false);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text
        .replace("┃ │ ", "")
        .replace("│ │ ", "")
        .replace("│ ┃ ", "");
    for words in [
        "280.0 ms after the last time. The probe timer expired",
        "twice the smoothed round trip (40.0 ms), and some time more",
        "250.0 ms after the last time. The retransmission timer expired, as the kernel reports, for the first time",
        "it had been set to 240.0 ms (the smoothed round-trip time is 40.0 ms) and is now doubled to 480.0 ms",
        "cwnd 1 (it was 10), ssthresh 5, in segments. Slow start begins again.",
    ] {
        assert!(text.contains(words), "no “{words}” in\n{text}");
    }
}

#[test]
fn the_other_views() {
    let facts = scene("teardown/three-segments");
    insta::assert_snapshot!(
        "lines_en",
        shown!(Lines::new(options(Lang::En, 80, false)), &facts)
    );
    insta::assert_snapshot!(
        "lines_zh",
        shown!(Lines::new(options(Lang::Zh, 80, false)), &facts)
    );
    insta::assert_snapshot!(
        "json",
        shown!(Json::new(options(Lang::En, 80, true)), &facts)
    );
    let facts = scene("udp/datagrams");
    insta::assert_snapshot!(
        "bytes_en",
        shown!(Bytes::new(options(Lang::En, 80, true)), &facts)
    );
}

#[test]
fn every_line_of_json_is_an_object_and_every_packet_stands_once() {
    let facts = scene("teardown/four-segments");
    let text = shown!(Json::new(options(Lang::En, 80, false)), &facts);
    let mut numbers = Vec::new();
    for line in text.lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("an object");
        numbers.extend(object.get("number").and_then(serde_json::Value::as_u64));
    }
    assert_eq!(numbers, (1..=11).collect::<Vec<u64>>());
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [80, 97, 120, 200] {
        for lang in Lang::ALL {
            for facts in [scene("teardown/four-segments"), scene("udp/datagrams")] {
                let text = ladder(&facts, lang, width, false);
                for line in text.lines() {
                    let columns = unicode_width::UnicodeWidthStr::width(line);
                    assert!(columns <= width, "{columns} > {width}: {line}");
                }
            }
        }
    }
}

/// Frames that are missing and frames that stand too far down are two things, in both languages.
#[test]
fn a_hole_is_told_by_its_kind() {
    let hole = |kind| {
        [Fact::Hole(Hole {
            at: Time::from_ns(1),
            vantage: Vantage::Loopback,
            frames: 2,
            kind,
        })]
    };
    for (lang, kind, words) in [
        (Lang::En, HoleKind::Missed, "2 frames missed here"),
        (Lang::En, HoleKind::Missed, "A sniffer missed 2 frames"),
        (Lang::En, HoleKind::Late, "2 frames above came too late"),
        (Lang::En, HoleKind::Late, "they stand too far down"),
        (Lang::Zh, HoleKind::Missed, "此处漏掉 2 帧"),
        (Lang::Zh, HoleKind::Missed, "抓包时漏掉了 2 帧"),
        (Lang::Zh, HoleKind::Late, "上面有 2 帧到得太晚"),
        (Lang::Zh, HoleKind::Late, "时间戳无误"),
    ] {
        let text = ladder(&hole(kind), lang, 240, false);
        assert!(text.contains(words), "no “{words}” in\n{text}");
    }
    let json = |kind| shown!(Json::new(options(Lang::En, 80, true)), &hole(kind));
    assert!(json(HoleKind::Late).contains(r#""frames":2,"late":true"#));
    assert!(!json(HoleKind::Missed).contains("late"));
}

#[test]
fn a_window_before_a_loss_is_that_just_before_it() {
    let text = include_str!("flows/retransmission/the-kernels-numbers.flow");
    let ladder = ladder(&flow::facts(text, "numbers"), Lang::En, 160, false);
    assert!(ladder.contains("cwnd 4 (it was 12)"), "{ladder}");
    assert!(ladder.contains("cwnd 1 (it was 4)"), "{ladder}");
}

#[test]
fn one_acknowledgement_for_several_names_them_all() {
    let ladder = ladder(
        &scene("duplicate-acks/one-for-several"),
        Lang::En,
        160,
        false,
    );
    assert!(
        ladder.contains("for 3 segments that came (101–400)"),
        "{ladder}"
    );
}
