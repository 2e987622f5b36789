//! What `lesson new` writes: a small lesson that runs at once, with everything explained beside it.

/// The files of a new lesson, by name.
#[must_use]
pub const fn template() -> [(&'static str, &'static str); 3] {
    [
        ("lesson.toml", include_str!("template/lesson.toml")),
        ("en.md", include_str!("template/en.md")),
        ("zh.md", include_str!("template/zh.md")),
    ]
}
