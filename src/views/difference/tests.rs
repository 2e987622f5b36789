use std::rc::Rc;

use super::*;
use crate::explain::compare::comparable::StoryLane;
use crate::model::{Arg, Call, CallId, CallName, CallResult, HostId, Returned, Time};
use crate::text::{Catalogue, Lang};

fn options(lang: Lang, width: usize) -> Options {
    Options {
        width,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet: false,
        spacious: false,
    }
}

fn send(ms: i64) -> StoryEntry {
    let call = Call {
        at: Time::from_ns(0),
        id: CallId(0),
        host: HostId::CLIENT,
        socket: 1,
        label: "".into(),
        name: CallName::Send,
        args: vec![Arg::Data {
            len: 200,
            head: vec![b'x'; 64],
        }],
        kept_waiting: None,
        site: None,
    };
    let returned = Returned {
        at: Time::from_ns(0),
        id: call.id,
        result: CallResult::Ok {
            value: 200,
            out: Vec::new(),
        },
        kept_waiting: None,
        seen: None,
    };
    StoryEntry {
        at: Span::from_ms(ms),
        lane: StoryLane::Calls(HostId::CLIENT),
        what: EntryKind::Call(call, Some(returned)),
    }
}

fn row(kind: RowKind, ms: i64) -> DifferenceRow {
    let both = Some(send(ms));
    DifferenceRow {
        kind,
        left: both.clone().filter(|_| kind != RowKind::Right),
        right: both.filter(|_| kind != RowKind::Left),
        later: None,
    }
}

fn difference(rows: Vec<DifferenceRow>) -> Difference {
    Difference {
        rows,
        jitter: Some(Span::from_ms(10)),
        ..Difference::default()
    }
}

fn plain(difference: &Difference, options: &Options) -> Vec<String> {
    let lines = lines(difference, ["one", "other"], &[], options);
    lines.iter().map(Line::plain).collect()
}

#[test]
fn what_is_the_same_is_folded_and_what_differs_is_marked() {
    let mut rows: Vec<DifferenceRow> = (0..20).map(|ms| row(RowKind::Same, ms)).collect();
    rows.extend([
        row(RowKind::Left, 20),
        row(RowKind::Right, 21),
        row(RowKind::Unlike, 22),
    ]);
    rows.extend((23..29).map(|ms| row(RowKind::Same, ms)));
    let shown = plain(&difference(rows), &options(Lang::En, 120));
    let text = shown.join("\n");
    assert!(text.contains("17 lines, the same in both"), "{text}");
    // Six are hardly more than three and a line that counts the others.
    assert_eq!(
        shown.iter().filter(|line| line.contains("send(")).count(),
        3 + 4 + 6,
        "{text}"
    );
    for sign in ["<  ", ">  ", "≠< ", "≠> "] {
        let lines = shown
            .iter()
            .filter(|line| line.starts_with(sign) && line.contains("send("));
        assert_eq!(lines.count(), 1, "{sign} in\n{text}");
    }
}

#[test]
fn a_long_difference_is_bounded_and_the_rest_counted() {
    let rows = (0..2000).map(|ms| row(RowKind::Left, ms)).collect();
    let shown = plain(&difference(rows), &options(Lang::En, 80));
    let text = shown.join("\n");
    assert!(
        text.contains("1500 more lines, 1500 of which differ"),
        "{text}"
    );
    assert_eq!(
        shown.iter().filter(|line| line.starts_with('<')).count(),
        SHOWN
    );
}

#[test]
fn no_line_is_wider_than_the_screen_in_either_language() {
    for lang in [Lang::En, Lang::Zh] {
        for width in [80, 133] {
            let mut rows = vec![
                row(RowKind::Unlike, 1),
                row(RowKind::Left, 12_000),
                row(RowKind::Right, 3),
            ];
            rows[0].later = Some(Span::from_ms(-40));
            rows.extend((0..20).map(|ms| row(RowKind::Same, ms)));
            let mut difference = difference(rows);
            difference.left_out = [1, 70_000];
            difference.without_calls = true;
            let names = ["a-rather-long-name-of-a-recording.pcapng"; 2];
            for line in lines(&difference, names, &[], &options(lang, width)) {
                assert!(
                    line.columns() <= width,
                    "{}: {}",
                    line.columns(),
                    line.plain()
                );
            }
        }
    }
}
