//! The built-in exercises, embedded. `tests/exercises.rs` compares this table with the folder.

/// One exercise: its folder's name, and its files by name.
type ExerciseFolder = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! exercise {
    ($folder:literal, $($file:literal),+) => {
        (
            $folder,
            &[
                $((
                    $file,
                    include_str!(concat!("../../lessons/exercises/", $folder, "/", $file)),
                )),+
            ],
        )
    };
}

/// All, in the order in which they are best done.
#[rustfmt::skip]
pub(super) const BUILT_IN: &[ExerciseFolder] = &[
    exercise!("hello", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-answer.py", "wrong-close.py"),
    exercise!("echo", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-close.py", "wrong-late.py", "wrong-part.py"),
    exercise!("half-close", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-close.py", "wrong-early.py", "wrong-silent.py"),
    exercise!("framing", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-length.py", "wrong-long.py", "wrong-two.py"),
    exercise!("many-clients", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-first.py", "wrong-limit.py"),
    exercise!("restart", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-reuse.py", "wrong-silent.py"),
    exercise!("article", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-close.py", "wrong-listen.py", "wrong-once.py"),
    exercise!("time-out", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-forever.py", "wrong-impatient.py"),
    exercise!("connect-nonblocking", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-blocking.py", "wrong-early.py", "wrong-spin.py"),
    exercise!("short-writes", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-part.py", "wrong-spin.py"),
    exercise!("sigpipe", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-goes-on.py", "wrong-pipe.c"),
    exercise!("keep-alive", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-close.py", "wrong-none.py"),
    exercise!("udp-request", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-once.py", "wrong-peer.py", "wrong-twice.py"),
    exercise!("http-lite", "exercise.toml", "en.md", "zh.md", "solution.py", "solution.c", "wrong-missing.py", "wrong-ok.py", "wrong-pieces.py"),
];
