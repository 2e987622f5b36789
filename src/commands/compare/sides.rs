//! `--with SETTING` and `--without SETTING`: two runs that differ in that alone, in the order in which they were
//! asked for.
//!
//! By hand, because the order of two options is not to be had from a derived definition.

use clap::builder::PossibleValue;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueEnum, value_parser};

use crate::script::Toggle;

/// The two options and whether each means "with".
const OPTIONS: [(&str, bool, &str); 2] = [
    ("with", true, "help-with"),
    ("without", false, "help-without"),
];

/// What was asked for: each with whether it is on, in the order of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// At most one of each kind.
    pub asked: Vec<(Toggle, bool)>,
}

impl ValueEnum for Toggle {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl Args for Sides {
    fn augment_args(command: Command) -> Command {
        let option = |(name, _, help): (&'static str, bool, &'static str)| {
            Arg::new(name)
                .long(name)
                .value_name("SETTING")
                .value_parser(value_parser!(Toggle))
                .help(help)
        };
        command.args(OPTIONS.map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Sides {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut asked: Vec<(usize, (Toggle, bool))> = OPTIONS
            .iter()
            .filter(|(name, ..)| matches.value_source(name) == Some(ValueSource::CommandLine))
            .filter_map(|(name, on, _)| {
                let switch = *matches.get_one::<Toggle>(name)?;
                Some((matches.index_of(name)?, (switch, *on)))
            })
            .collect();
        asked.sort_by_key(|(place, _)| *place);
        let asked = asked.into_iter().map(|(_, side)| side).collect();
        Ok(Self { asked })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Cli, VerbArgs};
    use clap::Parser as _;

    fn asked(line: &str) -> Vec<(Toggle, bool)> {
        match Cli::try_parse_from(line.split(' ')).map(|cli| cli.verb) {
            Ok(VerbArgs::Compare(compare)) => compare.sides.asked,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_order_is_that_of_the_command_line() {
        let (on, off) = ((Toggle::Sack, true), (Toggle::Sack, false));
        assert_eq!(
            asked("sockscope compare --with sack --without sack"),
            [on, off]
        );
        assert_eq!(
            asked("sockscope compare --without=sack --bytes 5 --with sack"),
            [off, on]
        );
        assert_eq!(asked("sockscope compare --without sack"), [off]);
        assert_eq!(asked("sockscope compare"), []);
    }
}
