//! Pictures of recorded runs: what is drawn, that no words lie on others, and that what came from outside stays text.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sockscope::explain::spacetime::Spacetime;
use sockscope::explain::{MomentSink, Timeline};
use sockscope::files::Reader;
use sockscope::text::{Catalogue, Lang};
use sockscope::views::svg::layout::Diagram;
use sockscope::views::svg::place::{PlacedText, overlap};
use sockscope::views::svg::{machine, spacetime};
use sockscope::views::{Line, Markdown, Mermaid, Options};

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// The story of a file.
fn story(name: &str) -> Spacetime {
    let file = File::open(here(name)).expect("the capture is there");
    let mut reader = Reader::new(file).expect("a capture");
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    while let Some(fact) = reader.next().expect("whole") {
        timeline.fact(fact, &mut moments);
    }
    timeline.finish(&mut moments);
    let mut story = Spacetime::default();
    moments.iter().for_each(|moment| story.moment(moment));
    story
}

const CAPTURES: [&str; 7] = [
    "captures/four.pcap",
    "captures/lost-data.pcap",
    "captures/nagle.pcapng",
    "captures/nodelay.pcapng",
    "captures/reset.pcap",
    "captures/run.pcapng",
    "captures/zero-window.pcap",
];

/// Every word of a picture that has a place of its own.
fn labels(layout: &Diagram) -> Vec<&PlacedText> {
    let flights = layout.flights.iter();
    let mut all: Vec<&PlacedText> = flights
        .flat_map(|path| path.label.iter().chain(&path.loss))
        .collect();
    all.extend(layout.bars.iter().flat_map(|bar| &bar.labels));
    all.extend(
        layout
            .states
            .iter()
            .filter_map(|state| state.label.as_ref()),
    );
    all.extend(layout.milestones.iter().map(|(_, label)| label));
    all
}

#[test]
fn no_words_lie_on_others() {
    for name in CAPTURES {
        let story = story(name);
        for lang in Lang::ALL {
            let layout = Diagram::of(&story, &Catalogue::new(lang));
            let all = labels(&layout);
            assert!(
                all.len() >= layout.flights.len(),
                "{name}: words are missing"
            );
            for (at, one) in all.iter().enumerate() {
                for other in &all[at + 1..] {
                    assert!(!overlap(one, other), "{name}: {one:?} lies on {other:?}");
                }
            }
        }
    }
}

#[test]
fn time_runs_downwards_and_nothing_lies_outside() {
    for name in CAPTURES {
        let story = story(name);
        let layout = Diagram::of(&story, &Catalogue::new(Lang::En));
        let heights = &layout.heights.heights;
        assert!(heights.is_sorted(), "{name}");
        assert_eq!(layout.flights.len(), story.flights.len(), "{name}");
        for path in &layout.flights {
            assert!(
                path.to.1 >= path.from.1 && path.to.1 < layout.height,
                "{name}: {path:?}"
            );
            for x in [path.from.0, path.to.0] {
                assert!((0.0..layout.width).contains(&x), "{name}: {path:?}");
            }
        }
    }
}

/// The picture that README shows is what is drawn of a recorded run. `BLESS=1 cargo test --test pictures` writes it anew.
#[test]
fn the_pictures_of_a_recorded_run_are_as_they_were() {
    let story = story("captures/run.pcapng");
    let catalogue = Catalogue::new(Lang::En);
    let stories = [(String::new(), &story)];
    for (name, drawn) in [
        ("pictures/run.svg", spacetime(&stories, &catalogue)),
        ("pictures/states.svg", machine::svg(&stories, &catalogue)),
    ] {
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(here(name), &drawn).expect("written");
        }
        let before = std::fs::read_to_string(here(name)).expect("readable");
        assert!(drawn == before, "{name} is drawn otherwise");
        assert!(!drawn.contains(" style="), "{name}");
    }
}

/// The lines that a view makes of a file.
fn told(name: &str, mut view: impl MomentSink<Out = Vec<Line>>) -> Vec<String> {
    let file = File::open(here(name)).expect("the capture is there");
    let mut reader = Reader::new(file).expect("a capture");
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    while let Some(fact) = reader.next().expect("whole") {
        timeline.fact(fact, &mut moments);
    }
    let summary = timeline.finish(&mut moments);
    let mut lines: Vec<Line> = moments
        .iter()
        .flat_map(|moment| view.moment(moment))
        .collect();
    lines.extend(view.end(&summary));
    lines.iter().map(Line::plain).collect()
}

fn options(lang: Lang) -> Options {
    Options {
        width: 100,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet: false,
        spacious: false,
    }
}

#[test]
fn the_story_is_a_table_in_markdown_and_a_diagram_in_mermaid() {
    for name in CAPTURES {
        for lang in Lang::ALL {
            let table = told(name, Markdown::new(options(lang)));
            let rows: Vec<&String> = table.iter().take_while(|line| !line.is_empty()).collect();
            assert!(
                rows.len() > 5 && rows[1] == "|---:|---|---|",
                "{name}: {rows:?}"
            );
            for row in rows {
                let cells = row.replace("\\|", "").matches('|').count();
                assert_eq!(cells, 4, "{name}: {row}");
            }
            let diagram = told(name, Mermaid::new(options(lang)));
            assert_eq!(diagram[0], "sequenceDiagram", "{name}");
            let arrows = diagram
                .iter()
                .filter(|line| line.contains("->>") || line.contains("-x"));
            assert_eq!(arrows.count(), story(name).flights.len(), "{name}");
            for line in &diagram[1..] {
                // A semicolon would end the line, were it not a part of a character's number.
                let numbered = |before: &str| {
                    before
                        .rsplit_once('#')
                        .is_some_and(|(_, digits)| digits.bytes().all(|b| b.is_ascii_digit()))
                };
                let alone = line
                    .match_indices(';')
                    .find(|(at, _)| !numbered(&line[..*at]));
                assert!(
                    line.starts_with("    ") && alone.is_none(),
                    "{name}: {line}"
                );
            }
        }
    }
}

/// A mark of markup in a label, an argument, a name: each is text.
#[test]
fn what_came_from_outside_is_text() {
    let mut story = story("captures/run.pcapng");
    let hostile = "</text><script>alert(1)</script>\u{1b}[31m&\"'\u{202e}";
    story.command = Some(hostile.into());
    story.rules = vec![hostile.into()];
    for host in &mut story.hosts {
        host.name = hostile.into();
    }
    for lang in Lang::ALL {
        let catalogue = Catalogue::new(lang);
        let stories = [(hostile.to_owned(), &story), (hostile.to_owned(), &story)];
        for drawn in [
            spacetime(&stories, &catalogue),
            machine::svg(&stories, &catalogue),
        ] {
            assert!(!drawn.contains("<script"), "markup came through");
            assert!(
                !drawn.contains(['\u{1b}', '\u{202e}']),
                "a control character came through"
            );
            assert!(drawn.contains("&lt;script&gt;"));
        }
    }
}
