use std::collections::BTreeMap;
use std::rc::Rc;

use super::*;
use crate::explain::compare::grid::{Grid, GridSpec, Took, Transport, Trial, TrialEnd};
use crate::model::Span;
use crate::text::{Catalogue, Lang};
use crate::views::options::Options;
use crate::views::styled::Line;

const LIMIT: Span = Span::from_ms(10_000);

/// A grid in which everything happens that can.
fn grid() -> Grid {
    let spec = GridSpec {
        sizes: vec![1, 9_000],
        losses: vec![0, 5_000, 100_000],
        first_seed: 0,
        seeds: 4,
        count: 20,
        limit: LIMIT,
    };
    let mut trials = Vec::new();
    for which in spec.runs() {
        let of = which.size * 20;
        let ms = match (which.transport, which.loss) {
            (Transport::Udp, _) => 20,
            (Transport::Tcp, 0) => 61,
            (Transport::Tcp, _) => 300 * (1 + which.seed as i64),
        };
        let mut trial = Trial {
            which,
            ended: TrialEnd::Done,
            of,
            bytes: of,
            last_byte: Some(Span::from_us(ms * 1_000 + 437 + which.seed as i64 * 10)),
            took: Took::Never,
            limit: LIMIT,
            frames: BTreeMap::new(),
            lost: BTreeMap::new(),
            unread: 0,
        };
        if which.transport == Transport::Udp && which.loss > 0 {
            trial.bytes = which.size * (19 - which.seed);
        }
        trial.took = trial.last_byte.map_or(Took::Never, Took::Time);
        let is = (which.size, which.loss, which.transport, which.seed);
        match is {
            (9_000, 100_000, Transport::Tcp, 1..) => {
                trial.ended = TrialEnd::OutOfTime;
                trial.took = Took::Longer;
                trial.bytes = of / 2;
            }
            (9_000, 100_000, Transport::Udp, _) => {
                (trial.bytes, trial.last_byte, trial.took) = (0, None, Took::Never);
            }
            (1, 100_000, Transport::Tcp, 0) => {
                trial.ended = TrialEnd::Failed {
                    errno: "ETIMEDOUT".to_owned(),
                };
                (trial.bytes, trial.last_byte, trial.took) = (0, None, Took::Never);
            }
            (1, 100_000, Transport::Udp, 3) => trial.ended = TrialEnd::NotWhole,
            (9_000, 0, Transport::Udp, _) => trial.unread = 1,
            (9_000, 5_000, Transport::Udp, 2..) | (9_000, 5_000, Transport::Tcp, _) => continue,
            _ => {}
        }
        trials.push(trial);
    }
    Grid::of(spec, trials)
}

fn options(lang: Lang) -> Options {
    Options {
        width: 80,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet: false,
        spacious: false,
    }
}

#[test]
fn the_table_says_everything_in_80_columns() {
    for (lang, name) in [(Lang::En, "table_en"), (Lang::Zh, "table_zh")] {
        let lines = lines(&grid(), &options(lang));
        let text: Vec<String> = lines.iter().map(Line::plain).collect();
        for line in &lines {
            assert!(line.columns() <= 80, "{}: {}", line.columns(), line.plain());
        }
        insta::assert_snapshot!(name, text.join("\n"));
    }
}

#[test]
fn each_object_says_what_it_is() {
    let text = objects(&grid());
    let first_cell = grid().trials.len();
    let shown: Vec<&str> = [0, first_cell, first_cell + 10]
        .iter()
        .filter_map(|at| text.lines().nth(*at))
        .collect();
    insta::assert_snapshot!("objects", shown.join("\n"));
}

#[test]
fn a_picture_has_a_graph_for_each_size_and_figure_and_none_is_empty_either() {
    let catalogue = Catalogue::new(Lang::En);
    let picture = svg(&grid(), &catalogue);
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    for caption in [
        "1 byte: goodput",
        "9000 bytes: last byte read after",
        "9000 bytes: delivered",
    ] {
        assert!(picture.contains(caption), "{caption}");
    }
    let empty = Grid::of(grid().spec, Vec::new());
    assert!(svg(&empty, &catalogue).trim_end().ends_with("</svg>"));
}
