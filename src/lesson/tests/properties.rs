//! No text that somebody may write makes the readers panic, and each mistake has its place inside the text.

use proptest::prelude::*;

use super::*;
use crate::notation::call::CallPattern;
use crate::notation::claim::Event;
use crate::notation::condition::{Condition, NumberKind};
use crate::notation::{Mistake, Pattern};

const HOSTS: [&str; 2] = ["client", "server"];

/// Texts made of the pieces that the small languages are made of, and of anything else.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("client"),
        Just(" > "),
        Just("server"),
        Just("  SYN ACK "),
        Just("…"),
        Just(" ack="),
        Just(">="),
        Just("client.isn+1"),
        Just(".."),
        Just("2*mss"),
        Just("recv"),
        Just("("),
        Just(") = "),
        Just("\"我"),
        Just("\""),
        Just(" took "),
        Just("20ms"),
        Just(" calls "),
        Just(" is "),
        Just("{#a b/c}"),
        Just("\n## before\n"),
        Just("\n[[expect]]\nid = "),
        Just("`**"),
        Just("RFC 9293 §3.5"),
        Just("两个"),
    ];
    proptest::collection::vec(
        prop_oneof![
            3 => piece.prop_map(str::to_owned),
            1 => any::<String>(),
        ],
        0..12,
    )
    .prop_map(|pieces| pieces.concat())
}

fn inside(text: &str, all: &[Mistake]) -> bool {
    all.iter()
        .all(|m| m.span.start <= m.span.end && text.get(m.span.clone()).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_languages(text in text()) {
        if let Err(all) = Pattern::parse(&text, &HOSTS) {
            prop_assert!(inside(&text, &all), "{all:?}");
        }
        if let Err(all) = CallPattern::parse(&text, &HOSTS) {
            prop_assert!(inside(&text, &all), "{all:?}");
        }
        if let Err(all) = Event::parse(&text, &HOSTS) {
            prop_assert!(inside(&text, &all), "{all:?}");
        }
        if let Err(all) = Condition::parse(&text, NumberKind::Plain, &HOSTS) {
            prop_assert!(inside(&text, &all), "{all:?}");
        }
    }

    #[test]
    fn whole_lessons(toml in text(), en in text()) {
        let whole = format!("format_version = 1\n{toml}");
        let quoted = format!("{TOML}[[expect]]\nid = \"x\"\nframes = [{toml:?}]\norder = [{toml:?}]\n");
        for toml in [&whole, &quoted] {
            let source = source(toml, &format!("# T\n{en}"), Some(&en));
            if let Err(faults) = check(&source, &Shelf::default()) {
                for (file, mistakes) in &faults.files {
                    prop_assert!(inside(&file.text, mistakes), "{mistakes:?}");
                }
                let said = report(&faults, &Catalogue::new(Lang::Zh), 80, false);
                let escapes = said.contains('\u{1b}');
                prop_assert!(!escapes);
            }
        }
    }
}
