//! The built-in lessons, embedded. `tests/lessons.rs` compares this table with the folder.

/// One lesson: its folder's name, and its files by name.
type Folder = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! lesson {
    ($folder:literal) => {
        (
            $folder,
            &[
                (
                    "lesson.toml",
                    include_str!(concat!("../../lessons/", $folder, "/lesson.toml")),
                ),
                (
                    "en.md",
                    include_str!(concat!("../../lessons/", $folder, "/en.md")),
                ),
                (
                    "zh.md",
                    include_str!(concat!("../../lessons/", $folder, "/zh.md")),
                ),
            ],
        )
    };
}

/// All, in the order of their numbers.
pub(super) const BUILT_IN: &[Folder] = &[lesson!("03-handshake")];
