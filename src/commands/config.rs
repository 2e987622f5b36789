//! The config file, `$XDG_CONFIG_HOME/sockscope/config.toml` (without the variable in `~/.config`). What the command
//! line says outranks it.

use std::io;
use std::path::PathBuf;

use serde::Deserialize;

use super::keep::shown;
use super::regular;
use crate::failure::Failure;
use crate::text::Message;

/// It is not longer.
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

/// Reads it; all is as usual where there is none.
pub fn load() -> Result<Config, Failure> {
    let Some(folder) = super::folder("XDG_CONFIG_HOME", ".config") else {
        return Ok(Config::default());
    };
    let path = folder.join("sockscope").join("config.toml");
    let named = |key| Message::new(key).text("path", shown(&path));
    match regular::text(&path, LARGEST) {
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
