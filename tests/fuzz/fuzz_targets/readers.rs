//! Any bytes as a capture: they are read to an end, and a copy with comments holds the same packets.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sockscope::files::{self, Reader};
use sockscope::model::Fact;

/// More facts than this come from a decompression bomb; reading on would only take time.
const ENOUGH: usize = 20_000;

fn facts(file: &[u8]) -> Option<(Vec<Fact<'static>>, bool)> {
    let mut reader = Reader::new(file).ok()?;
    let mut facts = Vec::new();
    while let Some(fact) = reader.next().expect("memory does not fail") {
        facts.push(fact.into_owned());
        if facts.len() > ENOUGH {
            return None;
        }
    }
    Some((facts, reader.warnings().is_empty()))
}

fuzz_target!(|file: &[u8]| {
    let Some((before, whole)) = facts(file) else { return };
    let mut copy = Vec::new();
    let sentence = |packet: u32| packet.is_multiple_of(2).then(|| format!("packet {packet}"));
    let left_out = files::comment(file, &mut copy, sentence).expect("what was read can be copied");
    // What is damaged is left out of a copy; what is whole is the same in it. Interfaces of pcap and
    // simple packets' stamps are told differently by a converted file.
    if whole && left_out.is_empty() && file.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        let (after, _) = facts(&copy).expect("a copy can be read");
        assert_eq!(before, after);
    }
});
