use super::*;
use crate::script::rule::Rule;

const DELAY: Span = Span::from_ms(20);

fn schedule(rules: &[&str], rate: Option<u64>, queue: Option<u32>) -> Schedule {
    let hosts = ["client", "server"];
    let rules: Vec<Rule> = rules
        .iter()
        .map(|text| Rule::parse(text, &hosts).expect("a rule"))
        .collect();
    let number = |name: &str| {
        let found = hosts.iter().position(|host| *host == name);
        found.map(|number| HostId(number as u8))
    };
    let fates = Fates::new(&rules, 7, &number);
    Schedule::new(fates, Link::new(rate, queue), DELAY, None)
}

fn ms(ms: i64) -> Time {
    Time::from_ns(ms * 1_000_000)
}

/// Frames of the client at these milliseconds; what leaves, as (number, copy, milliseconds).
fn carried(schedule: &mut Schedule, at: &[i64]) -> Vec<(u64, u8, i64)> {
    let mut scheduled = Vec::new();
    for (number, at) in (0..).zip(at) {
        scheduled.extend(schedule.decide(frame(number, ms(*at))).scheduled);
    }
    scheduled.extend(schedule.left_alone(ms(1_000_000)));
    // A stable sort, as the queue's.
    scheduled.sort_by_key(|frame| frame.due);
    scheduled
        .iter()
        .map(|frame| (frame.wire_no, frame.copy, frame.due.ns() / 1_000_000))
        .collect()
}

/// A frame of an unknown ethertype, 1000 bytes long.
fn frame(wire_no: u64, at: Time) -> IncomingFrame {
    IncomingFrame {
        at,
        wire_no,
        from: HostId::CLIENT,
        to: vec![HostId::SERVER],
        bytes: vec![wire_no as u8; 1_000].into(),
    }
}

#[test]
fn a_frame_arrives_after_the_delay() {
    let mut schedule = schedule(&[], None, None);
    assert_eq!(carried(&mut schedule, &[0, 1]), [(0, 0, 20), (1, 0, 21)]);
}

#[test]
fn a_lost_frame_does_not_arrive_and_a_duplicated_one_does_twice() {
    let mut schedule = schedule(&["lose frame 1", "duplicate frame 2"], None, None);
    let lost = schedule.decide(frame(9, ms(0)));
    assert_eq!(
        (lost.ruling.verdict, lost.ruling.rule),
        (Verdict::Lost, Some(0))
    );
    assert_eq!(lost.scheduled, []);
    assert_eq!(
        carried(&mut schedule, &[0, 1]),
        [(0, 0, 20), (0, 1, 20), (1, 0, 21)]
    );
}

#[test]
fn one_receivers_copy_is_lost_or_late_and_the_others_are_not() {
    let to = |decision: &Decision| -> Vec<(Vec<HostId>, Time)> {
        let scheduled = decision.scheduled.iter();
        scheduled
            .map(|scheduled| (scheduled.to.clone(), scheduled.due))
            .collect()
    };
    let others = vec![HostId::SERVER, HostId(2)];
    let group = |number| IncomingFrame {
        to: others.clone(),
        ..frame(number, ms(0))
    };
    let rules = ["lose frame 1 to server", "delay frame 2 to server by 5ms"];
    let mut schedule = schedule(&rules, None, None);
    let lost = schedule.decide(group(0));
    assert_eq!(
        (&lost.ruling.verdict, lost.ruling.rule),
        (&Verdict::Passed, None)
    );
    assert_eq!(to(&lost), [(vec![HostId(2)], ms(20))]);
    let late = schedule.decide(group(1));
    assert_eq!(late.ruling.apart[0].rule, 1);
    let expected = [(vec![HostId(2)], ms(20)), (vec![HostId::SERVER], ms(25))];
    assert_eq!(to(&late), expected);
    assert_eq!(to(&schedule.decide(group(2))), [(others.clone(), ms(20))]);
}

#[test]
fn a_copy_that_is_only_late_comes_where_the_others_are_lost() {
    let rules = ["delay frame 1 to server by 5ms", "lose frame 1"];
    let mut schedule = schedule(&rules, None, None);
    let decision = schedule.decide(IncomingFrame {
        to: vec![HostId::SERVER, HostId(2)],
        ..frame(0, ms(0))
    });
    assert_eq!(decision.ruling.verdict, Verdict::Lost);
    assert_eq!(decision.scheduled.len(), 1);
    assert_eq!(decision.scheduled[0].to, [HostId::SERVER]);
    assert_eq!(decision.scheduled[0].due, ms(25));
}

#[test]
fn a_frame_that_a_rule_delays_is_overtaken() {
    let mut schedule = schedule(&["delay frame 1 by 5ms"], None, None);
    assert_eq!(carried(&mut schedule, &[0, 1]), [(1, 0, 21), (0, 0, 25)]);
}

#[test]
fn swapped_frames_arrive_together_in_the_other_order() {
    let mut schedule = schedule(&["swap frame 1 3"], None, None);
    let order = carried(&mut schedule, &[0, 1, 2, 3]);
    assert_eq!(order, [(1, 0, 21), (2, 0, 22), (0, 0, 22), (3, 0, 23)]);
}

#[test]
fn a_frame_whose_partner_never_comes_goes_alone() {
    let mut schedule = schedule(&["swap frame 1 3"], None, None);
    assert!(schedule.decide(frame(0, ms(0))).scheduled.is_empty());
    assert_eq!(schedule.parked(), 1);
    let alone = ms(20).plus(LONGEST_HOLD);
    assert_eq!(schedule.next_alone(), Some(alone));
    assert_eq!(schedule.left_alone(alone.plus(Span::from_ns(-1))), []);
    assert_eq!(schedule.left_alone(alone)[0].due, alone);
    assert_eq!(schedule.parked(), 0);
}

#[test]
fn a_reordered_frame_goes_behind_the_next() {
    let mut schedule = schedule(&["reorder 100% from client"], None, None);
    // All are to be reordered: pairs change places.
    let order = carried(&mut schedule, &[0, 1, 2, 3]);
    assert_eq!(order, [(1, 0, 21), (0, 0, 21), (3, 0, 23), (2, 0, 23)]);
}

#[test]
fn jitter_keeps_the_order() {
    let mut schedule = schedule(&["jitter 50ms seed 3"], None, None);
    let at: Vec<i64> = (0..200).collect();
    let order = carried(&mut schedule, &at);
    assert!(order.is_sorted_by_key(|(number, ..)| *number));
    let late = |(number, _, due): &(u64, u8, i64)| due - 20 - *number as i64;
    assert!(order.iter().all(|frame| (0..=50).contains(&late(frame))));
    assert!(order.iter().any(|frame| late(frame) > 25));
}

#[test]
fn the_rate_spreads_frames_and_a_full_queue_is_a_fate() {
    // 1000 bytes take 10 ms.
    let mut schedule = schedule(&[], Some(800_000), Some(1));
    assert_eq!(schedule.decide(frame(0, ms(0))).scheduled[0].due, ms(30));
    assert_eq!(schedule.decide(frame(1, ms(0))).scheduled[0].due, ms(40));
    assert_eq!(
        schedule.decide(frame(2, ms(0))).ruling.verdict,
        Verdict::QueueFull
    );
    assert_eq!(schedule.decide(frame(3, ms(10))).scheduled[0].due, ms(50));
}

#[test]
fn corruption_changes_the_bytes_that_arrive_and_a_frame_that_passes_is_not_copied() {
    let bytes: Arc<[u8]> = vec![0u8; 20].into();
    let flips = Verdict::Corrupted(vec![(3, 0x10), (99, 1)]);
    let arrived = changed(&bytes, &flips);
    assert_eq!(arrived[3], 0x10);
    assert_eq!(arrived.iter().filter(|byte| **byte != 0).count(), 1);
    assert!(Arc::ptr_eq(&changed(&bytes, &Verdict::Passed), &bytes));
}

#[test]
fn a_late_copy_keeps_nobody_waiting() {
    let mut schedule = schedule(&["duplicate frame 1 after 300ms"], None, None);
    assert_eq!(
        carried(&mut schedule, &[0, 1]),
        [(0, 0, 20), (1, 0, 21), (0, 1, 320)]
    );
}
