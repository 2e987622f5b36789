//! The merge's order, and what it says about it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::*;
use crate::model::{Direction, Frame, HostId, LinkType, Outcome};

fn outcome(at: Time) -> Fact<'static> {
    Fact::Outcome(Outcome {
        at,
        troubles: Vec::new(),
    })
}

fn frame(at: Time) -> Fact<'static> {
    Fact::Frame(Frame {
        at,
        vantage: Vantage::Loopback,
        direction: Direction::Unknown,
        link: LinkType::ETHERNET,
        orig_len: 0,
        checksum_offloaded: false,
        bytes: Cow::Owned(Vec::new()),
    })
}

fn released(merge: &mut Merge) -> Vec<Time> {
    let mut times = Vec::new();
    let flow = merge.release(&mut |told| {
        times.push(told.at());
        ControlFlow::<()>::Continue(())
    });
    assert!(flow.is_continue());
    times
}

#[test]
fn nothing_is_released_before_every_ring_vouched_for_it() {
    let waker = Waker::new().expect("an eventfd");
    let source = FactSource::new(&waker, &Room::of(room::USUAL));
    let mut merge = Merge::new(&Room::of(room::USUAL));
    merge.add(Arc::clone(&source));
    let ring = merge.add_ring(Vantage::Loopback);
    let told = source.tell(outcome);
    assert_eq!(released(&mut merge), []);
    merge.ring_read(ring, told.plus(GRACE).plus(Span::from_ns(-1)));
    assert_eq!(released(&mut merge), []);
    merge.ring_read(ring, told.plus(GRACE));
    assert_eq!(released(&mut merge), [told]);
}

#[test]
fn sources_are_merged_by_time_whatever_the_order_of_their_telling() {
    let waker = Waker::new().expect("an eventfd");
    let source = FactSource::new(&waker, &Room::of(room::USUAL));
    let mut merge = Merge::new(&Room::of(room::USUAL));
    merge.add(Arc::clone(&source));
    let ring = merge.add_ring(Vantage::Loopback);
    let told = source.tell(outcome);
    let before = told.plus(Span::from_ns(-5));
    merge.frame(ring, frame(before));
    merge.ring_read(ring, now().plus(Span::from_ms(100)));
    assert_eq!(released(&mut merge), [before, told]);
}

#[test]
fn stamps_of_one_ring_may_cross_and_a_ring_that_is_never_empty_holds_nothing_back_for_ever() {
    let mut merge = Merge::new(&Room::of(room::USUAL));
    let ring = merge.add_ring(Vantage::Loopback);
    let times = [3, 1, 2, 9].map(|ms| Time::from_ns(ms * 1_000_000));
    for at in times {
        merge.frame(ring, frame(at));
    }
    merge.ring_read(ring, times[3]);
    assert_eq!(released(&mut merge), [times[1], times[2], times[0]]);
    assert_eq!(merge.oldest(), Some(times[3]));
}

#[test]
fn what_is_told_of_several_has_one_stamp_and_keeps_its_order() {
    let waker = Waker::new().expect("an eventfd");
    let source = FactSource::new(&waker, &Room::of(room::USUAL));
    let mut merge = Merge::new(&Room::of(room::USUAL));
    merge.add(Arc::clone(&source));
    source.tell_each(&[1u64, 2], |number, at| {
        let Fact::Outcome(mut outcome) = outcome(at) else {
            panic!("an outcome");
        };
        outcome.troubles = vec![crate::model::Trouble::Overrun { frames: *number }];
        Fact::Outcome(outcome)
    });
    let mut told = Vec::new();
    let _ = merge.release_all(&mut |fact| {
        told.push(fact);
        ControlFlow::<()>::Continue(())
    });
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].at(), told[1].at());
    let number = |fact: &Observation| format!("{fact:?}").contains("frames: 2");
    assert_eq!([number(&told[0]), number(&told[1])], [false, true]);
}

#[test]
fn a_late_frame_is_released_at_once_and_it_is_told_where() {
    let mut merge = Merge::new(&Room::of(room::USUAL));
    let [on_time, late] = [HostId::CLIENT, HostId::SERVER].map(Vantage::Host);
    let rings = [merge.add_ring(on_time), merge.add_ring(late)];
    let at = [3_000, 1_000, 2_000, 4_000].map(Time::from_ns);
    merge.frame(rings[0], frame(at[0]));
    for ring in rings {
        merge.ring_read(ring, at[0].plus(GRACE));
    }
    assert_eq!(released(&mut merge), [at[0]]);
    merge.frame(rings[1], frame(at[2]));
    merge.frame(rings[1], frame(at[1]));
    merge.frame(rings[1], frame(at[3]));
    let mut told = Vec::new();
    let _ = merge.release(&mut |observed| {
        told.push(observed);
        ControlFlow::<()>::Continue(())
    });
    let [
        Observation::Fact(first, _),
        Observation::Fact(second, _),
        Observation::Fact(Fact::Hole(hole), _),
    ] = &told[..]
    else {
        panic!("two frames and a hole: {told:?}");
    };
    assert_eq!([first.at(), second.at()], [at[1], at[2]]);
    let expected = Hole {
        at: at[0],
        vantage: late,
        frames: 2,
        kind: HoleKind::Late,
    };
    assert_eq!(*hole, expected);
    merge.ring_read(rings[0], at[3].plus(GRACE));
    merge.ring_read(rings[1], at[3].plus(GRACE));
    assert_eq!(released(&mut merge), [at[3]], "said once");
}

#[test]
fn stamps_of_threads_that_tell_at_once_never_undercut_the_watermark() {
    let waker = Waker::new().expect("an eventfd");
    let sources: Vec<_> = (0..3)
        .map(|_| FactSource::new(&waker, &Room::of(room::USUAL)))
        .collect();
    let mut merge = Merge::new(&Room::of(room::USUAL));
    for source in &sources {
        merge.add(Arc::clone(source));
    }
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let tellers: Vec<_> = sources
            .iter()
            .map(|source| {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        source.tell(outcome);
                    }
                })
            })
            .collect();
        while !tellers
            .iter()
            .all(std::thread::ScopedJoinHandle::is_finished)
        {
            all.extend(released(&mut merge));
        }
    });
    all.extend(released(&mut merge));
    assert_eq!(all.len(), 6_000);
    assert!(all.is_sorted());
}
