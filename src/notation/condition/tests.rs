use super::*;

const HOSTS: [&str; 2] = ["client", "web-server"];

fn known(symbol: &Symbol) -> Option<i64> {
    match symbol {
        Symbol::Isn(_) => Some(i64::from(u32::MAX)),
        Symbol::Of(2, symbol) => known(symbol),
        Symbol::SegmentSize => Some(1448),
        Symbol::Rtt => Some(40_000_000),
        _ => None,
    }
}

fn plain(text: &str) -> Condition {
    Condition::parse(text, NumberKind::Plain, &HOSTS).expect("a condition")
}

#[test]
fn sums_take_numbers_and_symbols() {
    let sum = |text| {
        Sum::parse(text, NumberKind::Plain, &HOSTS)
            .expect("a sum")
            .value(&known)
    };
    assert_eq!(sum("5"), Some(5));
    assert_eq!(sum("2*mss+1-3"), Some(2894));
    assert_eq!(sum("1_000"), Some(1000));
    assert_eq!(sum("web-server.isn-1"), Some(i64::from(u32::MAX) - 1));
    assert_eq!(sum("client.fin"), None);
    assert_eq!(sum("web-server.isn@2+1"), Some(1 << 32));
    assert!(Sum::parse("client.isn@0", NumberKind::Plain, &HOSTS).is_err());
}

#[test]
fn times_have_units() {
    let sum = |text| {
        Sum::parse(text, NumberKind::Time, &HOSTS)
            .expect("a sum")
            .value(&known)
    };
    assert_eq!(sum("2*rtt+1.5ms"), Some(81_500_000));
    assert_eq!(sum("300us"), Some(300_000));
    assert!(Sum::parse("20", NumberKind::Time, &HOSTS).is_err());
}

#[test]
fn conditions_compare_and_range() {
    assert_eq!(plain("5").holds(5, &known), Some(true));
    assert_eq!(plain(">= 2").holds(1, &known), Some(false));
    assert_eq!(plain("!=mss").holds(1448, &known), Some(false));
    assert_eq!(plain("3..5").holds(5, &known), Some(true));
    assert_eq!(plain("3 .. 5").holds(6, &known), Some(false));
    assert_eq!(plain("client.fin").holds(1, &known), None);
}

#[test]
fn a_tolerance_widens_every_bound() {
    let at_least = Condition::parse(">= rtt", NumberKind::Time, &HOSTS).expect("a condition");
    assert_eq!(at_least.holds_within(39_000_000, 0, &known), Some(false));
    assert_eq!(
        at_least.holds_within(39_000_000, 2_000_000, &known),
        Some(true)
    );
    let equal = Condition::parse("rtt", NumberKind::Time, &HOSTS).expect("a condition");
    assert_eq!(
        equal.holds_within(41_000_000, 2_000_000, &known),
        Some(true)
    );
    assert_eq!(
        equal.holds_within(43_000_000, 2_000_000, &known),
        Some(false)
    );
}

#[test]
fn sequence_numbers_compare_around_the_circle() {
    let after = plain("client.isn+1");
    assert_eq!(after.holds_for_seq(0, &known), Some(true));
    assert_eq!(plain("> client.isn").holds_for_seq(5, &known), Some(true));
    assert_eq!(plain("< client.isn").holds_for_seq(5, &known), Some(false));
}

#[test]
fn a_mistake_says_where_and_what_was_meant() {
    let all = Condition::parse(">= client.isnn+server.isn", NumberKind::Plain, &HOSTS)
        .expect_err("two mistakes");
    let seen: Vec<_> = all
        .iter()
        .map(|m| (m.span.clone(), m.nearest.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            (3..14, Some("client.isn")),
            (15..25, Some("web-server.isn"))
        ]
    );
}
