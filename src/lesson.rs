//! Lessons as data: the format, its checker, the shelf of built-in lessons, narration, questions.
