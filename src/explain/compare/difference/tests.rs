use super::*;
use crate::explain::compare::comparable::ComparableFrame;
use crate::model::{Call, CallId, CallName, CallResult, HostId, Returned, Time};

/// A frame `which from line` of the client (`c…`) or the server (`s…`) at this millisecond.
fn frame(ms: i64, which: &str, more: &str) -> StoryEntry {
    let host = if which.starts_with('c') {
        "client"
    } else {
        "server"
    };
    StoryEntry {
        at: Span::from_ms(ms),
        lane: StoryLane::Frames(host.to_owned(), Some(0)),
        what: EntryKind::Frame(ComparableFrame {
            which: which.to_owned(),
            line: format!("{which}{more}"),
            fate: None,
        }),
    }
}

fn recv(ms: i64, gave: i64) -> StoryEntry {
    let call = Call {
        at: Time::from_ns(0),
        id: CallId(ms as u32),
        host: HostId::SERVER,
        socket: 1,
        label: "".into(),
        name: CallName::Recv,
        args: Vec::new(),
        kept_waiting: None,
        site: None,
    };
    let returned = Returned {
        at: Time::from_ns(0),
        id: call.id,
        result: CallResult::Ok {
            value: gave,
            out: Vec::new(),
        },
        kept_waiting: None,
        seen: None,
    };
    StoryEntry {
        at: Span::from_ms(ms),
        lane: StoryLane::Calls(HostId::SERVER),
        what: EntryKind::Call(call, Some(returned)),
    }
}

fn story(entries: Vec<StoryEntry>) -> ComparableStory {
    let mut story = ComparableStory::new();
    story.entries = entries;
    story.delay = Some(Span::from_ms(20));
    story
}

/// The lines as `kind what`.
fn shown(difference: &Difference) -> Vec<String> {
    let row = |row: &DifferenceRow| {
        let kind = match row.kind {
            RowKind::Same => '=',
            RowKind::Unlike => '≠',
            RowKind::Left => '<',
            RowKind::Right => '>',
        };
        let entry = row.left.as_ref().or(row.right.as_ref()).expect("either");
        let what = match &entry.what {
            EntryKind::Frame(frame) => frame.which.clone(),
            EntryKind::Call(_, Some(returned)) => format!("recv {:?}", returned.result),
            EntryKind::Call(_, None) => "recv".to_owned(),
        };
        let later = row
            .later
            .map(|later| format!(" {:+}", later.ns() / 1_000_000));
        format!("{kind} {what}{}", later.unwrap_or_default())
    };
    difference.rows.iter().map(row).collect()
}

fn compared(left: Vec<StoryEntry>, right: Vec<StoryEntry>) -> Vec<String> {
    shown(&Difference::of(story(left), story(right)))
}

#[test]
fn what_crosses_between_hosts_is_no_difference() {
    let left = vec![frame(0, "c1", ""), frame(1, "s1", ""), frame(2, "c2", "")];
    let right = vec![frame(0, "s1", ""), frame(1, "c1", ""), frame(5, "c2", "")];
    assert_eq!(compared(left, right), ["= c1", "= s1", "= c2"]);
}

#[test]
fn what_only_one_has_stands_where_it_came() {
    let left = vec![
        frame(0, "c1", ""),
        frame(1, "c2", ""),
        frame(2, "c3", ""),
        frame(3, "s1", ""),
    ];
    let right = vec![
        frame(0, "c1", ""),
        frame(1, "c23", ""),
        frame(2, "s0", ""),
        frame(3, "s1", ""),
    ];
    assert_eq!(
        compared(left, right),
        ["= c1", "< c2", "< c3", "> c23", "> s0", "= s1"]
    );
}

#[test]
fn an_order_within_a_lane_is_a_difference() {
    let left = vec![frame(0, "c1", ""), frame(1, "c2", "")];
    let right = vec![frame(0, "c2", ""), frame(1, "c1", "")];
    let shown = compared(left, right);
    assert_eq!(shown.iter().filter(|line| line.starts_with('=')).count(), 1);
    assert_eq!(shown.len(), 3, "{shown:?}");
}

#[test]
fn the_same_thing_with_another_outcome_is_unlike() {
    let left = vec![frame(0, "c1", " sack-permitted"), frame(1, "s1", "")];
    let right = vec![frame(0, "c1", ""), frame(1, "s1", "")];
    assert_eq!(compared(left, right), ["≠ c1", "= s1"]);
}

#[test]
fn what_is_the_same_altogether_is_matched_first() {
    let ok = |value| format!("recv Ok {{ value: {value}, out: [] }}");
    let left = vec![recv(1, 10), recv(2, 20), recv(3, 0)];
    let right = vec![recv(1, 30), recv(2, 0)];
    assert_eq!(
        compared(left, right),
        [
            format!("≠ {}", ok(10)),
            format!("< {}", ok(20)),
            format!("= {}", ok(0))
        ]
    );
}

#[test]
fn times_within_jitter_are_not_told_and_a_delay_is_told_once() {
    let left = vec![
        frame(0, "c1", ""),
        frame(1, "c2", ""),
        frame(2, "c3", ""),
        frame(3, "c4", ""),
    ];
    let right = vec![
        frame(9, "c1", ""),
        frame(41, "c2", ""),
        frame(45, "c3", ""),
        frame(3, "c4", ""),
    ];
    assert_eq!(
        compared(left.clone(), right.clone()),
        ["= c1", "= c2 +40", "= c3", "= c4 -40"]
    );
    // Over wires of different delays times say nothing.
    let mut slow = story(right);
    slow.delay = Some(Span::from_ms(100));
    let difference = Difference::of(story(left), slow);
    assert_eq!(difference.jitter, None);
    assert_eq!(difference.counts().later, 0);
    assert_eq!(difference.counts().same, 4);
}

#[test]
fn a_delay_that_reaches_the_other_lanes_is_told_where_it_begins() {
    let left = vec![
        frame(0, "c1", ""),
        frame(1, "s1", ""),
        frame(2, "c2", ""),
        recv(3, 1),
        frame(4, "s2", ""),
    ];
    let mut right = left.clone();
    for (entry, ms) in right.iter_mut().zip([0, 50, 2, 53, 54]) {
        entry.at = Span::from_ms(ms);
    }
    assert_eq!(
        compared(left, right),
        [
            "= c1".to_owned(),
            "= s1 +49".to_owned(),
            "= c2".to_owned(),
            "= recv Ok { value: 1, out: [] }".to_owned(),
            "= s2".to_owned()
        ]
    );
}

#[test]
fn calls_are_left_out_where_one_side_knows_of_none() {
    let left = vec![recv(1, 10), frame(2, "c1", "")];
    let right = vec![frame(2, "c1", "")];
    let difference = Difference::of(story(left), story(right));
    assert!(difference.without_calls);
    assert_eq!(shown(&difference), ["= c1"]);
}

#[test]
fn nothing_has_no_difference_from_nothing() {
    assert_eq!(compared(vec![], vec![]), Vec::<String>::new());
    assert_eq!(compared(vec![], vec![recv(1, 1)]), Vec::<String>::new());
    assert_eq!(compared(vec![], vec![frame(1, "c1", "")]), ["> c1"]);
}

proptest::proptest! {
    /// Every entry of either story stands in exactly one line, and each lane in its own order.
    #[test]
    fn no_entry_is_lost_and_lanes_keep_their_order(
        left in proptest::collection::vec((0..2u8, 0..4u8, 0..2u8), 0..30),
        right in proptest::collection::vec((0..2u8, 0..4u8, 0..2u8), 0..30),
    ) {
        let entries = |drawn: &[(u8, u8, u8)]| -> Vec<StoryEntry> {
            let drawn = drawn.iter().enumerate();
            drawn.map(|(at, (host, which, more))| {
                let host = ["c", "s"][usize::from(*host)];
                frame(at as i64, &format!("{host}{which}"), &" x".repeat(usize::from(*more)))
            }).collect()
        };
        let (left, right) = (entries(&left), entries(&right));
        let difference = Difference::of(story(left.clone()), story(right.clone()));
        let times = |side: fn(&DifferenceRow) -> Option<&StoryEntry>, lane: Option<&StoryLane>| -> Vec<i64> {
            let entries = difference.rows.iter().filter_map(side);
            entries.filter(|e| lane.is_none_or(|lane| e.lane == *lane)).map(|e| e.at.ns()).collect()
        };
        for (side, all) in [
            ((|row: &DifferenceRow| row.left.as_ref()) as fn(&DifferenceRow) -> Option<&StoryEntry>, &left),
            (|row: &DifferenceRow| row.right.as_ref(), &right),
        ] {
            let mut seen = times(side, None);
            seen.sort_unstable();
            let expected: Vec<i64> = all.iter().map(|e| e.at.ns()).collect();
            proptest::prop_assert_eq!(seen, expected);
            for host in ["client", "server"] {
                let lane = StoryLane::Frames(host.to_owned(), Some(0));
                proptest::prop_assert!(times(side, Some(&lane)).is_sorted());
            }
        }
        for row in &difference.rows {
            if let (Some(l), Some(r)) = (&row.left, &row.right) {
                proptest::prop_assert_eq!(l.what.which(), r.what.which());
                proptest::prop_assert_eq!(l.what.whole() == r.what.whole(), row.kind == RowKind::Same);
            }
        }
    }
}
