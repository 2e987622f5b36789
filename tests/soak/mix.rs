//! Seeded runs of mixed faults: each seed is a lesson folder of its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A run of this seed: the lesson's text.
pub fn lesson(seed: u64) -> String {
    let mut dice = Dice(seed);
    // Where SYNs are lost a timeout may be long: what answers the last of them echoes the timestamp of the first, so that all the waiting
    // counts as a round trip, and is tripled. And without selective acknowledgements no duplicate ones help before the first data are
    // acknowledged (Linux: tcp_is_non_sack_preventing_reopen).
    let mut text = String::from("format_version = 1\nplace = \"wire\"\ndeadline = \"30s\"\n");
    if dice.one_in(5) {
        text += "ipv6 = true\n";
    }
    wire(seed, &mut dice, &mut text);
    let sack = if dice.one_in(2) { "1" } else { "0" };
    let stamps = if dice.one_in(4) { "0" } else { "1" };
    let sysctls = format!(
        "sysctl.\"net.ipv4.tcp_sack\" = \"{sack}\"\nsysctl.\"net.ipv4.tcp_timestamps\" = \"{stamps}\"\n"
    );
    let bytes = dice.of(&[1, 900, 5_000, 15_000, 40_000, 100_000]);
    let back = dice.of(&[1, 900, 5_000, 30_000, 80_000]);
    let chunk = match dice.below(3) {
        0 => String::new(),
        // Small pieces go one by one only where there are few of them.
        1 => format!(" chunk {}", (bytes / 40).max(100)),
        _ => format!(" chunk {}", (bytes / 12).max(600)),
    };
    let server = if dice.one_in(2) {
        "echo until eof buffer 4096".to_owned()
    } else {
        format!("recv until eof buffer 4096\nsend {back} bytes")
    };
    let maxseg = match dice.below(3) {
        0 => "set TCP_MAXSEG 600\n",
        _ => "",
    };
    let nodelay = if dice.one_in(3) {
        "set TCP_NODELAY on\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        "[server]\n{sysctls}script = \"\"\"\nlisten 7070 backlog 5\naccept\n{server}\nclose\n\"\"\"\n\
         [client]\n{sysctls}script = \"\"\"\nsocket tcp\n{maxseg}{nodelay}connect server:7070\n\
         send {bytes} bytes{chunk}\nshutdown write\nrecv until eof buffer 4096\nclose\n\"\"\"\n\
         [[expect]]\nid = \"begun\"\nframes = [\"client > server  SYN\"]\n"
    );
    text
}

fn wire(seed: u64, dice: &mut Dice, text: &mut String) {
    let delay = dice.of(&[2, 5, 10, 20, 30]);
    let _ = write!(text, "[wire]\ndelay = \"{delay}ms\"\nseed = {seed}\n");
    if dice.one_in(6) {
        let (rate, queue) = (dice.of(&[2, 5, 20]), dice.of(&[5, 10, 30]));
        let _ = write!(text, "rate = {rate}000000\nqueue = {queue}\n");
    }
    let mut rules: Vec<String> = (0..=dice.below(3)).map(|_| rule(dice)).collect();
    // It takes every frame: what stands behind it would never match.
    if dice.one_in(4) {
        rules.push(format!("jitter {}ms", dice.of(&[1, 4, 10])));
    }
    let quoted: Vec<String> = rules.iter().map(|rule| format!("{rule:?}")).collect();
    let _ = writeln!(text, "faults = [{}]", quoted.join(", "));
}

fn rule(dice: &mut Dice) -> String {
    let from = dice.of(&["", "", " from client", " from server"]);
    let (percent, ordinal) = (1 + dice.below(6), 1 + dice.below(12));
    match dice.below(10) {
        0..=2 => format!("lose {percent}%{from}"),
        3 => format!("duplicate {percent}%{from}"),
        4 => format!("reorder {percent}%{from}"),
        5 => format!("corrupt {percent}%{from}"),
        6 => format!("lose data {ordinal}{from}"),
        7 => format!(
            "delay data {ordinal}{from} by {}ms",
            dice.of(&[3, 30, 120, 400])
        ),
        8 => format!("lose ack {ordinal}{from}"),
        _ => format!("lose data {ordinal}-{}{from}", ordinal + dice.below(4)),
    }
}

/// Writes the lesson of this seed into a folder; the name that runs it.
pub fn write(seed: u64, into: &Path) -> String {
    let folder = into.join(format!("01-mix{seed}"));
    fs::create_dir_all(&folder).expect("made");
    fs::write(folder.join("lesson.toml"), lesson(seed)).expect("written");
    for language in ["en.md", "zh.md"] {
        let words = "# Mixed faults\n\n## before\n\nIt goes.\n\n## after\n\nIt went.\n";
        fs::write(folder.join(language), words).expect("written");
    }
    folder.to_string_lossy().into_owned()
}

/// Numbers that a seed decides (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}
