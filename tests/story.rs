//! The story of made-up runs: moments, ladders, lines.

#[path = "story/scenes.rs"]
mod scenes;
#[path = "story/stage.rs"]
mod stage;

use std::rc::Rc;

use sockscope::explain::{Moment, Summary, Timeline};
use sockscope::model::Fact;
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Ladder, Options, Palette};

fn told(facts: &[Fact<'_>]) -> (Vec<Moment>, Summary) {
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for fact in facts {
        timeline.fact(fact, &mut moments);
    }
    let summary = timeline.finish(&mut moments);
    (moments, summary)
}

fn options(lang: Lang, width: usize, quiet: bool) -> Options {
    Options {
        width,
        catalogue: Rc::new(Catalogue::new(lang)),
        quiet,
    }
}

fn ladder(facts: &[Fact<'_>], lang: Lang, width: usize, quiet: bool) -> String {
    let (moments, summary) = told(facts);
    let mut view = Ladder::new(options(lang, width, quiet));
    let mut text = String::new();
    for moment in &moments {
        for line in view.moment(moment) {
            text += &Palette::PLAIN.paint(&line);
            text.push('\n');
        }
    }
    for line in view.end(&summary) {
        text += &Palette::PLAIN.paint(&line);
        text.push('\n');
    }
    text
}

#[test]
fn show() {
    println!("{}", ladder(&scenes::four().facts(), Lang::En, 80, false));
    println!("{}", ladder(&scenes::three().facts(), Lang::Zh, 80, false));
    println!("{}", ladder(&scenes::three().facts(), Lang::En, 120, true));
}

#[test]
fn show_bytes() {
    let facts = scenes::four().facts();
    let (moments, summary) = told(&facts);
    let mut bytes = sockscope::views::Bytes::new(options(Lang::En, 80, true));
    let mut json = sockscope::views::Json::new(options(Lang::En, 80, false));
    let mut lines = sockscope::views::Lines::new(options(Lang::En, 80, false));
    for moment in moments.iter().take(14) {
        for line in bytes.moment(moment) {
            println!("{}", line.plain());
        }
    }
    for moment in &moments {
        for line in json.moment(moment) {
            println!("{}", line.plain());
        }
    }
    for moment in &moments {
        for line in lines.moment(moment) {
            println!("{}", line.plain());
        }
    }
    for line in lines.end(&summary) {
        println!("{}", line.plain());
    }
}
