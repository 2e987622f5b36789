//! The config file, `$XDG_CONFIG_HOME/sockscope/config.toml` (without the variable in `~/.config`). What the command
//! line says outranks it.

use std::io;
use std::path::PathBuf;

use serde::Deserialize;

use super::{regular_file, shown};
use crate::failure::Failure;
use crate::text::Message;

/// Bytes that a config file has at most.
const LARGEST: u64 = 64 * 1024;

/// What can be configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A folder of lessons: `lessons = "/home/teacher/lessons"`.
    pub lessons: Option<PathBuf>,
    /// The file itself; empty where there is none.
    #[serde(skip)]
    pub file: PathBuf,
}

/// Reads the config file; without one nothing is configured.
pub fn load() -> Result<Config, Failure> {
    let Some(folder) = xdg_folder("XDG_CONFIG_HOME", ".config") else {
        return Ok(Config::default());
    };
    let path = folder.join("sockscope").join("config.toml");
    let named = |key| Message::new(key).text("path", shown(&path));
    match regular_file::text(&path, LARGEST) {
        Ok(text) => match toml::from_str(&text) {
            Ok(config) => Ok(Config {
                file: path,
                ..config
            }),
            Err(error) => {
                let why = Message::new("error-plain").text("text", error.message().to_owned());
                Err(Failure::usage(named("error-config")).why(why))
            }
        },
        // A home that cannot be read (as after sudo -u) has nothing to say.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(Config::default())
        }
        Err(error) => Err(Failure::of_io(named("error-open"), &error)),
    }
}

/// A folder of the XDG Base Directory Specification: that of the variable if it is absolute, else the usual one in
/// the home; none where there is no home.
pub fn xdg_folder(variable: &str, usual: &str) -> Option<std::path::PathBuf> {
    let set = std::env::var_os(variable).map(std::path::PathBuf::from);
    set.filter(|path| path.is_absolute())
        .or_else(|| Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(usual)))
}
