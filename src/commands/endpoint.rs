//! `sockscope endpoint`: the classroom page's own two programs, in a lab of its own. Nobody else has a use for it: no help names it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::spelling;
use crate::failure::Failure;
use crate::observe::endpoints::{self, EndpointWords};
use crate::session::{Console, Ending};
use crate::text::Message;

/// `sockscope endpoint`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-endpoint", hide = true)]
pub struct EndpointArgs {
    /// Which of the two.
    #[arg(value_name = "WHICH", help = "help-endpoint-which")]
    pub which: EndpointChoice,
    /// The folder of the pipes by which it is told what to do.
    #[arg(long, value_name = "DIR", help = "help-endpoint-control")]
    pub control: PathBuf,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointChoice {
    /// Who connects.
    Client,
    /// Who listens.
    Server,
}
spelling!(EndpointChoice: Client "client", Server "server");

/// Does as it is told.
pub fn run(args: &EndpointArgs, console: &Console) -> Result<Ending, Failure> {
    let name = match args.which {
        EndpointChoice::Client => "client",
        EndpointChoice::Server => "server",
    };
    let words = EndpointWords {
        i_am: console.catalogue.word("serve-i-am") + " ",
        client_says: console.catalogue.word("serve-client-says") + " ",
    };
    endpoints::obey(&args.control, name, &words)
        .map_err(|error| Failure::of_io(Message::new("error-endpoint"), &error))?;
    Ok(Ending::Done)
}
