//! Beginnings of programs, in the languages in which learners write them.

/// The languages, by the word that asks for them.
pub const LANGUAGES: [&str; 5] = ["c", "python", "rust", "java", "go"];

/// The beginning of a program in this language; nothing of another one.
#[must_use]
pub fn skeleton(language: &str, serves: bool) -> Option<&'static str> {
    let both: (&str, &str) = match language {
        "c" => (
            include_str!("skeleton/server.c"),
            include_str!("skeleton/client.c"),
        ),
        "python" => (
            include_str!("skeleton/server.py"),
            include_str!("skeleton/client.py"),
        ),
        "rust" => (
            include_str!("skeleton/server.rust"),
            include_str!("skeleton/client.rust"),
        ),
        "java" => (
            include_str!("skeleton/server.java"),
            include_str!("skeleton/client.java"),
        ),
        "go" => (
            include_str!("skeleton/server.go"),
            include_str!("skeleton/client.go"),
        ),
        _ => return None,
    };
    Some(if serves { both.0 } else { both.1 })
}
