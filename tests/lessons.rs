//! The built-in lessons: all of the folder are on the shelf as they stand there, each passes the static check,
//! in both languages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sockscope::lesson::{Shelf, check, report};
use sockscope::text::{Catalogue, Lang};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons")
}

/// The lessons' folders with their files, as they stand on the disk.
fn on_disk() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).expect("lessons/ is there") {
        let path = entry.expect("readable").path();
        if !path.is_dir() {
            continue;
        }
        let mut files = BTreeMap::new();
        for file in std::fs::read_dir(&path).expect("readable") {
            let file = file.expect("readable").path();
            let name = file
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            files.insert(name, std::fs::read_to_string(&file).expect("UTF-8"));
        }
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        all.insert(name, files);
    }
    all
}

#[test]
fn the_shelf_holds_the_folder() {
    let shelf: BTreeMap<String, BTreeMap<String, String>> = Shelf::built_in()
        .sources()
        .map(|source| {
            let files = source
                .files
                .iter()
                .map(|file| (file.name.clone(), file.text.clone()))
                .collect();
            (source.folder.clone(), files)
        })
        .collect();
    let disk = on_disk();
    assert_eq!(
        shelf.keys().collect::<Vec<_>>(),
        disk.keys().collect::<Vec<_>>(),
        "add the lesson to the table in src/lesson/built_in.rs"
    );
    assert!(shelf == disk, "a file differs, or is one too many");
}

#[test]
fn every_lesson_passes_the_static_check() {
    let shelf = Shelf::built_in();
    let catalogue = Catalogue::new(Lang::En);
    let mut wrong = String::new();
    for source in shelf.sources() {
        match check(source, &shelf) {
            Ok(lesson) => {
                for lang in Lang::ALL {
                    if !lesson.narrations.contains_key(lang.tag()) {
                        wrong.push_str(&format!("{} lacks {}.md\n", source.folder, lang.tag()));
                    }
                }
            }
            Err(faults) => wrong.push_str(&report(&faults, &catalogue, 100, false)),
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
