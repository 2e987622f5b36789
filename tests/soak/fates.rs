//! The wire's rules, again and again: the same seed and traffic give the same fates, quiet and busy; random rates keep within
//! the binomial's bounds; every frame is passed, lost or copied; what was lost and what was sent again match one to
//! one by tshark's eyes; and delay and rate hold by the receiver's kernel's stamps.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use sockscope::files::Reader;
use sockscope::model::fate::digest;
use sockscope::model::{Direction, Fact, HoleKind, HostId, Vantage, Verdict};

use crate::support::{User, folder, told, tshark};

/// Each kind of rule: further arguments. The traffic is twelve datagrams in a row.
pub const KINDS: [(&str, &[&str]); 12] = [
    ("lose", &["--fault", "lose datagram 3"]),
    ("duplicate", &["--fault", "duplicate datagram 2"]),
    ("swap", &["--fault", "swap datagram 4 5"]),
    ("corrupt", &["--fault", "corrupt datagram 1"]),
    ("delay", &["--fault", "delay datagram 2 by 30ms"]),
    ("lose %", &["--fault", "lose 30%", "--seed", "7"]),
    ("duplicate %", &["--fault", "duplicate 30%", "--seed", "8"]),
    ("corrupt %", &["--fault", "corrupt 30%", "--seed", "9"]),
    ("reorder %", &["--fault", "reorder 30%", "--seed", "10"]),
    ("jitter", &["--fault", "jitter 5ms", "--seed", "11"]),
    ("cut", &["--fault", "cut from 0s to 5s"]),
    // One of them takes 0.3 s: that is longer than a busy machine needs to send the others.
    ("rate, queue", &["--rate", "4kbit", "--queue", "3"]),
];

/// A whole recording, as far as fates go.
#[derive(Default)]
pub struct Fates {
    /// Each frame's, by sender in the order of the wire.
    by_sender: BTreeMap<HostId, Vec<(Verdict, Option<u16>)>>,
    /// From a frame's departure to its arrival, in ns, for each copy, in the order of arrival, and the arrival's stamp.
    pub trips: Vec<(i64, i64)>,
    /// Bytes of the frames as they arrived, in the same order.
    pub sizes: Vec<usize>,
}

impl Fates {
    /// What became of the client's frames.
    pub fn of_client(&self) -> &[(Verdict, Option<u16>)] {
        self.by_sender
            .get(&HostId::CLIENT)
            .map_or(&[], Vec::as_slice)
    }
}

/// Reads a recording, and checks that nothing in it came from nowhere or went nowhere.
pub fn read(path: &Path) -> Result<Fates, String> {
    let mut all = Fates::default();
    let mut sent: BTreeMap<(HostId, u64), Vec<i64>> = BTreeMap::new();
    let mut fated: BTreeMap<(HostId, u64), Vec<u64>> = BTreeMap::new();
    let mut received: BTreeMap<(HostId, u64), u32> = BTreeMap::new();
    let mut verdicts: BTreeMap<u64, (HostId, u64, Verdict)> = BTreeMap::new();
    let mut handed: BTreeMap<u64, Vec<(HostId, u64)>> = BTreeMap::new();
    let mut arrivals: Vec<(HostId, u64, i64, usize)> = Vec::new();
    let mut reader = Reader::new(File::open(path).expect("saved")).expect("a recording");
    while let Some(fact) = reader.next().expect("readable") {
        match fact {
            Fact::Frame(frame) => {
                let Vantage::Host(host) = frame.vantage else {
                    continue;
                };
                let key = (host, digest(&frame.bytes));
                if frame.direction == Direction::Sent {
                    sent.entry(key).or_default().push(frame.at.ns());
                } else {
                    *received.entry(key).or_default() += 1;
                    arrivals.push((host, key.1, frame.at.ns(), frame.bytes.len()));
                }
            }
            Fact::Fate(fate) => {
                let of = all.by_sender.entry(fate.from).or_default();
                of.push((fate.verdict.clone(), fate.rule));
                let numbers = fated.entry((fate.from, fate.digest)).or_default();
                numbers.push(fate.wire_no);
                verdicts.insert(fate.wire_no, (fate.from, fate.digest, fate.verdict));
            }
            Fact::Delivery(delivery) => {
                let copies = handed.entry(delivery.wire_no).or_default();
                copies.push((delivery.to, delivery.digest));
            }
            Fact::Outcome(outcome) if !outcome.troubles.is_empty() => {
                return Err(format!("{:?}", outcome.troubles));
            }
            Fact::Hole(hole) if hole.kind == HoleKind::Missed => return Err(format!("{hole:?}")),
            _ => {}
        }
    }
    for (key, departures) in &sent {
        let fates = fated.get(key).map_or(0, Vec::len);
        if fates != departures.len() {
            return Err(format!("sent {} times, {fates} fates", departures.len()));
        }
    }
    if fated.keys().any(|key| !sent.contains_key(key)) {
        return Err("a fate of a frame that nobody sent".to_owned());
    }
    let mut from_where: BTreeMap<(HostId, u64), Vec<i64>> = BTreeMap::new();
    let mut due: BTreeMap<(HostId, u64), u32> = BTreeMap::new();
    for (wire_no, (from, digest, verdict)) in &verdicts {
        let copies = match verdict {
            Verdict::Lost | Verdict::QueueFull => 0,
            Verdict::Duplicated(copies) => usize::from(*copies),
            Verdict::Overrun { .. } => return Err("overrun".to_owned()),
            _ => 1,
        };
        let got = handed.get(wire_no).map_or(0, Vec::len);
        if got != copies {
            return Err(format!("{verdict:?}, and handed over {got} times"));
        }
        let nth = fated[&(*from, *digest)]
            .iter()
            .position(|number| number == wire_no)
            .unwrap_or(0);
        for to in handed.get(wire_no).into_iter().flatten() {
            from_where
                .entry(*to)
                .or_default()
                .push(sent[&(*from, *digest)][nth]);
            *due.entry(*to).or_default() += 1;
        }
    }
    if due != received {
        return Err("what was handed over is not what arrived".to_owned());
    }
    for (host, digest, at, bytes) in arrivals {
        let departures = from_where.entry((host, digest)).or_default();
        if departures.is_empty() {
            return Err("an arrival from nowhere".to_owned());
        }
        all.trips.push((at - departures.remove(0), at));
        all.sizes.push(bytes);
    }
    Ok(all)
}

/// Twelve datagrams under these rules: what became of each.
pub fn once(user: User, args: &[&str]) -> Result<Fates, String> {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let path = file.to_string_lossy();
    let mut all = vec![
        "udp", "--quiet", "--delay", "5ms", "--bytes", "1200", "--chunk", "100",
    ];
    all.extend(["--save", &path]);
    all.extend(args);
    told(user, &all);
    let fates = read(&file)?;
    if fates.of_client().len() < 12 {
        return Err(format!("{} frames", fates.of_client().len()));
    }
    Ok(fates)
}

/// Ten thousand frames under a rule with a probability: how many met it is what a coin of that kind gives.
pub fn rates(user: User) {
    const FRAMES: usize = 10_000;
    for (rule, share) in [
        ("lose 1%", 0.01),
        ("lose 10%", 0.1),
        ("duplicate 5%", 0.05),
        ("reorder 5%", 0.05),
        ("corrupt 2%", 0.02),
    ] {
        let place = folder();
        let file = place.path().join("run.pcapng");
        told(
            user,
            &[
                "udp",
                "--quiet",
                "--delay",
                "1ms",
                "--bytes",
                "200000",
                "--chunk",
                "20",
                "--fault",
                rule,
                "--seed",
                "5",
                "--save",
                &file.to_string_lossy(),
            ],
        );
        let fates = read(&file).unwrap_or_else(|why| panic!("{rule}: {why}"));
        let frames = &fates.of_client()[..FRAMES];
        let met = frames.iter().filter(|(_, rule)| rule.is_some()).count();
        let (mean, spread) = (
            FRAMES as f64 * share,
            (FRAMES as f64 * share * (1.0 - share)).sqrt(),
        );
        let off = (met as f64 - mean) / spread;
        println!(
            "{rule:<16} {user:?}: {met} of {FRAMES} frames, {off:+.2} standard deviations from {mean}"
        );
        assert!(off.abs() < 3.3, "{rule}: {met} of {FRAMES}");
    }
}

/// A lost segment in the middle: by tshark's eyes there is one resend of it, and no other. Both ends' words, too: the fates say
/// which segment was lost.
pub fn lost_and_resent(user: User, first: u32) -> Result<(), String> {
    let place = folder();
    let file = place.path().join("run.pcapng");
    let rules = [
        format!("lose data {first} from client"),
        format!("lose data {} from client", first + 3),
    ];
    told(
        user,
        &[
            "tcp",
            "--quiet",
            "--bytes",
            "28960",
            "--fault",
            &rules[0],
            "--fault",
            &rules[1],
            "--save",
            &file.to_string_lossy(),
        ],
    );
    let fates = read(&file)?;
    let lost: Vec<usize> = fates
        .of_client()
        .iter()
        .enumerate()
        .filter(|(_, (verdict, _))| *verdict == Verdict::Lost)
        .map(|(index, _)| index)
        .collect();
    let fields = [
        "tcp.srcport",
        "tcp.seq",
        "tcp.analysis.retransmission",
        "tcp.analysis.out_of_order",
        "tcp.analysis.spurious_retransmission",
    ];
    let seen: Vec<Vec<String>> = tshark(&file, &fields)
        .into_iter()
        .filter(|row| row[0] != "7070")
        .collect();
    if seen.len() != fates.of_client().len() {
        return Err("tshark sees other frames".to_owned());
    }
    let mut missing: Vec<&str> = lost.iter().map(|index| seen[*index][1].as_str()).collect();
    let mut again: Vec<&str> = seen
        .iter()
        .filter(|row| row[2..].iter().any(|flag| !flag.is_empty()))
        .map(|row| row[1].as_str())
        .collect();
    missing.sort_unstable();
    again.sort_unstable();
    if missing == again && missing.len() == 2 {
        Ok(())
    } else {
        Err(format!("lost {missing:?}, sent again {again:?}"))
    }
}

/// Delay and rate by the receiver's kernel's stamps: never early, and how late.
pub fn timing(user: User, runs: u32) {
    let mut late = Vec::new();
    let mut rates = Vec::new();
    for _ in 0..runs {
        let delayed = once(user, &[]).unwrap_or_else(|why| panic!("{why}"));
        late.extend(delayed.trips.iter().map(|(trip, _)| trip - 5_000_000));
        let place = folder();
        let file = place.path().join("run.pcapng");
        told(
            user,
            &[
                "udp",
                "--quiet",
                "--delay",
                "5ms",
                "--bytes",
                "100000",
                "--chunk",
                "1000",
                "--rate",
                "10mbit",
                "--save",
                &file.to_string_lossy(),
            ],
        );
        let rated = read(&file).unwrap_or_else(|why| panic!("{why}"));
        let (first, last) = (rated.trips[0].1, rated.trips[rated.trips.len() - 1].1);
        let bits = 8 * rated.sizes[1..].iter().sum::<usize>();
        rates.push(bits as f64 / ((last - first) as f64 / 1e9) / 10e6);
        // Each frame's bits follow those before it, and the first did not leave before it was sent.
        let mut due = first - rated.trips[0].0 + 5_000_000;
        for ((_, at), size) in rated.trips.iter().zip(&rated.sizes) {
            due += (8 * size) as i64 * 100;
            assert!(*at >= due, "{} ns earlier than the rate allows", due - at);
        }
    }
    late.sort_unstable();
    rates.sort_by(f64::total_cmp);
    let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    println!(
        "{user:?}: the delay of 5 ms is exceeded by {:.0} µs (median), {:.0} µs (p99), of {} frames; 10 Mbit/s are {:.2} % (median), {:.2} .. {:.2} %, of {} runs",
        at(0.5),
        at(0.99),
        late.len(),
        100.0 * rates[rates.len() / 2],
        100.0 * rates[0],
        100.0 * rates[rates.len() - 1],
        rates.len(),
    );
    assert!(late[0] >= 0, "{} ns early", -late[0]);
}
