//! The languages that there is a catalogue for.

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English: also where nothing was asked for, or something that there is no catalogue for.
    #[default]
    En,
    /// Chinese, in simplified characters.
    Zh,
}

impl Lang {
    /// All, in the order in which help lists them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// Its BCP 47 tag, as `--lang` takes it: `en`, `zh`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// Its catalogue as written.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("en.ftl"),
            Self::Zh => include_str!("zh.ftl"),
        }
    }

    /// The language of this tag or locale name (`zh`, `zh-CN`, `zh_TW.UTF-8`); none when there is no
    /// catalogue for it. `C` and `POSIX` are English, as everywhere.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let base = name.split(['_', '-', '.', '@']).next().unwrap_or("");
        if matches!(base, "C" | "POSIX") {
            return Some(Self::En);
        }
        Self::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(base))
    }

    /// The language of a locale, by the first that is set of LC_ALL, LC_MESSAGES and LANG (POSIX §8.2),
    /// which are handed over in this order. English where none is known.
    #[must_use]
    pub fn of_locale<'a>(variables: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        variables
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty())
            .and_then(Self::of)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_name_gives_its_language() {
        assert_eq!(Lang::of("zh_CN.UTF-8"), Some(Lang::Zh));
        assert_eq!(Lang::of("ZH"), Some(Lang::Zh));
        assert_eq!(Lang::of("C.UTF-8"), Some(Lang::En));
        assert_eq!(Lang::of("de_DE"), None);
        assert_eq!(Lang::of(""), None);
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |all: [Option<&str>; 3]| Lang::of_locale(all);
        assert_eq!(of([None, None, Some("zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(of([Some(""), None, Some("zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(of([Some("C"), None, Some("zh_CN.UTF-8")]), Lang::En);
        assert_eq!(of([Some("de_DE"), Some("zh_CN"), None]), Lang::En);
        assert_eq!(of([None, None, None]), Lang::En);
    }
}
