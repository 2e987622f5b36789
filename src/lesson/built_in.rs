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
pub(super) const BUILT_IN: &[Folder] = &[
    lesson!("00-sockets"),
    lesson!("02-datagram"),
    lesson!("03-handshake"),
    lesson!("04-states"),
    lesson!("08-data"),
    lesson!("10-stream-or-datagram"),
    lesson!("13-four-way-close"),
    lesson!("14-three-segment-close"),
    lesson!("15-half-close"),
    lesson!("40-article"),
];
