//! `sockscope man`: the manual page, every verb included, made from the same definitions as the help.

use std::fmt::Write as _;

use clap::{Args, Command};
use clap_mangen::Man;

use super::help::TOPICS;
use crate::failure::Failure;
use crate::session::{Console, Ending};

/// `sockscope man`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-man", after_help = "help-man-examples")]
pub struct ManArgs {}

/// Prints the page.
pub fn run(console: &Console) -> Result<Ending, Failure> {
    let command = super::command(console);
    let man = Man::new(command.clone()).title("SOCKSCOPE").section("1");
    let mut page = rendered(|out| man.render_title(out));
    page.push_str(&rendered(|out| man.render_name_section(out)).replace(
        ".SH NAME",
        &format!(".SH {}", console.catalogue.word("cli-man-name")),
    ));
    section(&mut page, &command, "sockscope");
    topics(&mut page, console);
    console.print(&page)?;
    Ok(Ending::Done)
}

/// One command as a section of its own: what it does, usage, options, examples; then those below it.
fn section(page: &mut String, command: &Command, path: &str) {
    let _ = writeln!(page, ".SH {path}");
    if let Some(about) = command.get_about() {
        let _ = writeln!(page, "{}", escaped(&about.to_string()));
    }
    let usage = command.clone().render_usage().to_string();
    as_it_stands(page, usage.trim_start_matches("Usage: "));
    let man = Man::new(command.clone());
    page.push_str(&rendered(|out| man.render_options_section(out)).replace(".SH ", ".SS "));
    if let Some(after) = command.get_after_help() {
        as_it_stands(page, &after.to_string());
    }
    for sub in command.get_subcommands() {
        section(page, sub, &format!("{path} {}", sub.get_name()));
    }
}

/// What `sockscope help` tells about.
fn topics(page: &mut String, console: &Console) {
    let _ = writeln!(page, ".SH {}", console.catalogue.word("cli-man-topics"));
    for topic in TOPICS {
        let about = console.catalogue.word(topic.about);
        let name = escaped(&format!("sockscope help {}", topic.name));
        let _ = writeln!(page, ".TP\n{name}\n{}", escaped(&about));
    }
}

fn as_it_stands(page: &mut String, text: &str) {
    let _ = writeln!(page, ".PP\n.nf\n{}\n.fi", escaped(text));
}

/// A dot or an apostrophe that begins a line is a request of roff, a backslash an escape, and a bare
/// hyphen becomes a dash.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let lines: Vec<String> = text.lines().map(|line| format!("\\&{line}")).collect();
    lines.join("\n")
}

fn rendered(render: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("invariant: writing to memory does not fail");
    String::from_utf8_lossy(&out).into_owned()
}
