//! What `lesson new` writes: a small lesson that runs at once, with everything explained beside it.

use crate::text::Lang;

/// The files of a new lesson, by name; what its lesson.toml explains it explains in this language.
#[must_use]
pub const fn template(lang: Lang) -> [(&'static str, &'static str); 3] {
    let lesson = match lang {
        Lang::En => include_str!("template/lesson.toml"),
        Lang::Zh => include_str!("template/lesson.zh.toml"),
    };
    [
        ("lesson.toml", lesson),
        ("en.md", include_str!("template/en.md")),
        ("zh.md", include_str!("template/zh.md")),
    ]
}
