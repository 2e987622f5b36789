//! The loader, the checker and their reports.

mod properties;

use super::*;
use crate::explain::expect::Evidence;
use crate::text::{Catalogue, Lang};

const TOML: &str = r#"format_version = 1

[client]
script = """
connect
close
"""

[server]
script = """
listen 7070
accept
recv until eof
close
"""

[[expect]]
id = "opened"
frames = ["client > server  SYN", "server > client  SYN ACK  ack=client.isn+1"]
"#;

const EN: &str = "# Title\n\n## before\nA SYN comes. {#opened}\n\n## after\nIt came.\n";

fn source(toml: &str, en: &str, zh: Option<&str>) -> LessonSource {
    let mut files = vec![("lesson.toml", toml), ("en.md", en)];
    files.extend(zh.map(|zh| ("zh.md", zh)));
    LessonSource {
        folder: "07-mine".to_owned(),
        files: files
            .into_iter()
            .map(|(name, text)| File {
                name: name.to_owned(),
                path: format!("mine/{name}"),
                text: text.to_owned(),
            })
            .collect(),
    }
}

fn said(source: &LessonSource, lang: Lang) -> String {
    match check(source, &Shelf::built_in()) {
        Ok(_) => "no mistakes\n".to_owned(),
        Err(faults) => report(&faults, &Catalogue::new(lang), 80, false),
    }
}

#[test]
fn of_very_many_mistakes_the_first_hundred_are_shown() {
    let many: String = (0..30_000).map(|n| format!("x{n} = 1\n")).collect();
    let text = format!("{many}{TOML}");
    let said = said(&source(&text, EN, None), Lang::En);
    assert_eq!(said.matches("mine/lesson.toml").count(), 100);
    let last = said.lines().last().expect("a line");
    assert!(
        last.starts_with("and ") && last.ends_with(" more"),
        "{last}"
    );
}

#[test]
fn a_lesson_is_read() {
    let lesson = check(&source(TOML, EN, None), &Shelf::built_in()).expect("a lesson");
    assert_eq!((lesson.number, lesson.name.raw()), (Some(7), "mine"));
    let [act] = lesson.acts.as_slice() else {
        panic!("one act")
    };
    assert_eq!(
        act.plan.lesson,
        Some(("mine".to_owned(), lesson.hash.clone()))
    );
    let steps: Vec<usize> = act.plan.hosts.iter().map(|host| host.steps.len()).collect();
    assert_eq!(steps, [2, 4]);
    assert!(act.expectation("opened").is_some());
    assert_eq!(
        lesson.title(Lang::Zh),
        "Title",
        "another language is better than none"
    );
}

#[test]
fn the_hash_is_of_all_that_the_lesson_says() {
    let hash = |en| source(TOML, en, None).hash();
    assert_eq!(hash(EN), hash(EN));
    assert_ne!(hash(EN), hash("# Title\n"));
}

#[test]
fn all_mistakes_of_a_lesson_are_reported_together() {
    let toml = r#"format_version = 9
plase = "wire"
place = "wier"

[wire]
delay = "20"
mtu = 12

[client]
script = """
conect
send "unfinished
"""
sysctl = { "net.ipv4.tcp_sack" = "0" }

[server]
script = "listen 99999"

[[expect]]
id = "Opened"
frames = ["client > sever  SIN", "server > client  SYN ACK  ack=clint.isn+1"]
exactly = "yes"

[[expect]]
id = "empty"

[[expect]]
states.server = ["SYN_RECV"]
calls.server = ["recieve = 5", "recv : 5"]
close = "fourway"
time = { from = "client sends", to = "server is TIME_WAIT", is = ">= 20" }

[[expect]]
id = "empty"
order = ["client calls connect", "server return accept"]
of = "any > any"
"#;
    let en = "## befor\nx\n\n## before\nThe SYN says 7. {#open}\n\nOne FIN.\n";
    insta::assert_snapshot!("mistakes", said(&source(toml, en, None), Lang::En));
    insta::assert_snapshot!("mistakes_zh", said(&source(toml, en, None), Lang::Zh));
}

#[test]
fn what_is_no_toml_is_said_alone() {
    insta::assert_snapshot!(
        "no_toml",
        said(
            &source("format_version = \n[client\nscript = 3", EN, None),
            Lang::En
        )
    );
}

#[test]
fn a_folder_without_files_says_what_is_missing() {
    let empty = LessonSource {
        folder: "x".to_owned(),
        files: Vec::new(),
    };
    insta::assert_snapshot!("no_files", said(&empty, Lang::En));
}

#[test]
fn claims_need_what_proves_them() {
    let en = "# T\n\n## before\nA SYN comes.\n\nRFC 9293 §3.5 says that a SYN comes.\n\n\
              A FIN comes. {#opened}\n\nIt takes 77 bytes. {#opened #nowhere}\n\n## after\n\
              - Two segments.\n- Nothing claimed.\n\n## pitfalls\nSee there. {#handshake/opend}\n";
    insta::assert_snapshot!("claims", said(&source(TOML, en, None), Lang::En));
}

#[test]
fn both_languages_have_the_same_parts() {
    let en = "# T\n\n## before\nx\n\n## after\nx\n\n## rfc\nx\n";
    let zh = "# T\n\n## before\nx\n\n## after\nx\n\n## pitfalls\nx\n";
    insta::assert_snapshot!("parts", said(&source(TOML, en, Some(zh)), Lang::En));
}

#[test]
fn a_part_fits_on_a_screen() {
    let long = "word ".repeat(400);
    let en = format!("# T\n\n## before\n{long}\n\n## after\nx\n");
    assert!(said(&source(TOML, &en, None), Lang::En).contains("27 rows"));
}

#[test]
fn acts_take_over_what_the_lesson_says() {
    let toml = r#"format_version = 1
[wire]
delay = "50ms"
[server]
script = "listen 80"
[[act]]
name = "first"
client.script = "connect"
[[act.expect]]
id = "a"
none = ["any > any RST …"]
[[act]]
name = "second"
wire.mtu = 600
client.script = "connect\nclose"
[[act.expect]]
id = "a"
none = ["any > any RST …"]
"#;
    let en = "# T\n## before first\nx\n## after first\nx {#second/a}\n## before second\nx\n## after second\nx\n";
    let lesson = check(&source(toml, en, None), &Shelf::built_in()).expect("a lesson");
    let plans: Vec<_> = lesson
        .acts
        .iter()
        .map(|act| {
            let plan = &act.plan;
            (
                plan.wire.delay.ns() / 1_000_000,
                plan.wire.mtu,
                plan.hosts[1].steps.len(),
            )
        })
        .collect();
    assert_eq!(plans, [(50, 1500, 1), (50, 600, 1)]);
}

#[test]
fn questions_are_read() {
    let toml = format!(
        "{TOML}\n[[ask]]\nid = \"number\"\nbefore = \"server > client  SYN ACK\"\nnumber = \"ack\"\n\
         of = \"server > client  SYN ACK\"\n[[ask]]\nid = \"which\"\nchoice = [\"opened\"]\n"
    );
    let en = format!("{EN}\n## ask number\nWhat is the ack?\n\n## ask which\nWhich?\n\n- opened\n");
    let lesson = check(&source(&toml, &en, None), &Shelf::built_in()).expect("a lesson");
    let asks = &lesson.acts[0].asks;
    assert!(matches!(asks[0].when, When::Before(_)));
    assert!(matches!(asks[0].answer, Answer::Number(Of::Frame(..))));
    assert_eq!(asks[1].answer, Answer::Choice(vec!["opened".to_owned()]));
    let wrong =
        format!("{TOML}\n[[ask]]\nid = \"n\"\nnumber = \"akc\"\nof = \"x\"\n[[ask]]\nid = \"m\"\n");
    insta::assert_snapshot!("asks", said(&source(&wrong, EN, None), Lang::En));
}

#[test]
fn the_template_passes_the_check() {
    let source = |lang| LessonSource {
        folder: "mine".to_owned(),
        files: template(lang)
            .into_iter()
            .map(|(name, text)| File {
                name: name.to_owned(),
                path: name.to_owned(),
                text: text.to_owned(),
            })
            .collect(),
    };
    for lang in [Lang::En, Lang::Zh] {
        assert_eq!(said(&source(lang), Lang::En), "no mistakes\n");
    }
    // Only the comments are in another language.
    let code = |lang| {
        let lines = template(lang)[0].1.lines();
        let bare = lines.map(|line| line.split("  # ").next().unwrap_or_default().trim_end());
        let kept: Vec<&str> = bare.filter(|line| !line.starts_with('#')).collect();
        kept
    };
    assert_eq!(code(Lang::En), code(Lang::Zh));
}

#[test]
fn a_lesson_is_found_by_number_and_name() {
    let shelf = Shelf::built_in();
    for asked in ["3", "03", "handshake", "03-handshake"] {
        assert_eq!(shelf.find(asked).expect(asked).folder, "03-handshake");
    }
    let missing = shelf.find("handshaek").expect_err("no such lesson");
    assert_eq!(missing.nearest.as_deref(), Some("handshake"));
    assert_eq!(shelf.find("99").expect_err("none").nearest, None);
}

#[test]
fn the_readers_own_lesson_comes_first() {
    let own = LessonSource {
        folder: "03-handshake".to_owned(),
        files: Vec::new(),
    };
    let shelf = Shelf::of(vec![own.clone()], None);
    assert_eq!(shelf.find("handshake"), Ok(&own));
    assert_eq!(shelf.find("3"), Ok(&own));
}

#[test]
fn hostile_texts_are_read_without_a_panic_and_shown_without_their_controls() {
    for text in [
        "\u{1b}[31m",
        "\u{202e}x",
        "{#",
        "## \n",
        "```",
        "**",
        "`",
        "{#}",
        "\0\r\n",
    ] {
        let faults = said(
            &source(TOML, &format!("# T\n## before\n{text} 7\n"), None),
            Lang::En,
        );
        assert!(
            !faults.contains('\u{1b}') && !faults.contains('\u{202e}'),
            "{faults:?}"
        );
        let _ = said(&source(text, EN, None), Lang::En);
    }
}

#[test]
fn every_option_of_a_question_has_its_words() {
    let toml = format!(
        "{TOML}\n[[ask]]\nid = \"which\"\norder = [\"client calls connect\", \"server returns accept\"]\n"
    );
    let ask = |items: &str| format!("{EN}\n## ask which\nWhich comes first?\n\n{items}");
    assert_eq!(
        said(
            &source(&toml, &ask("- connect\n- accept\n"), None),
            Lang::En
        ),
        "no mistakes\n"
    );
    let wrong = said(&source(&toml, &ask("- connect\n"), None), Lang::En);
    assert!(
        wrong.contains("the list has 1 items, and the question has 2 options"),
        "{wrong}"
    );
}

const DRAWN: &str = r#"format_version = 1
draw = true

[[ask]]
id = "which"
end = true
choice = ["one", "other"]

[[act]]
name = "one"
[act.client]
script = "connect fails ECONNREFUSED"
[[act.expect]]
id = "refused"
frames = ["client > server  SYN"]

[[act]]
name = "other"
[act.client]
script = "connect fails ECONNREFUSED"
[[act.expect]]
id = "refused"
frames = ["client > server  SYN"]
"#;

#[test]
fn a_lesson_that_draws_asks_the_same_of_each_act() {
    let en = "# Title\n\n## before\nLook.\n\n## after one\nIt.\n\n## after other\nIt.\n\n\
              ## ask which\nWhich?\n\n- this\n- that\n";
    let lesson = check(&source(DRAWN, en, None), &Shelf::built_in()).expect("a lesson");
    assert!(lesson.draws);
    for (at, act) in lesson.acts.iter().enumerate() {
        let [ask] = act.asks.as_slice() else {
            panic!("one question")
        };
        let solution = ask
            .solve(act, &Evidence::of(&[]))
            .expect("the act is known");
        assert_eq!(solution.right, Right::Choice(vec![at], 2));
    }
    let alone = DRAWN
        .split("[[act]]\nname = \"other\"")
        .next()
        .expect("a part");
    let wrong = said(
        &source(&alone.replace(", \"other\"", ""), en, None),
        Lang::En,
    );
    assert!(wrong.contains("draw needs several"), "{wrong}");
}
