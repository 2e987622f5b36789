//! `sockscope serve`: the classroom page.

use std::net::{IpAddr, Ipv4Addr};

use clap::Args;

use crate::cli::form::Forms;
use crate::cli::values;
use crate::failure::Failure;
use crate::model::Span;
use crate::observe::caller;
use crate::serve::{self, ServeOptions};
use crate::session::{Console, Ending};
use crate::text::Message;

/// `sockscope serve`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-serve", after_help = "help-serve-examples")]
pub struct ServeArgs {
    /// The port, 0–65535; 0: one that is free.
    #[arg(short, long, value_name = "PORT", default_value = "8080", value_parser = values::any_port, help = "help-serve-port")]
    pub port: u16,
    /// The address: loopback, unless another is asked for.
    #[arg(long, value_name = "ADDRESS", value_parser = values::address, help = "help-serve-bind")]
    pub bind: Option<IpAddr>,
    /// Where a proxy shows it.
    #[arg(long, value_name = "URL", value_parser = values::origin, help = "help-serve-origin")]
    pub origin: Vec<String>,
    /// Whose pages may frame it.
    #[arg(long, value_name = "URL", value_parser = values::origin, help = "help-serve-embed")]
    pub embed: Vec<String>,
    /// How long the listening server is kept when nobody uses it; for tests.
    #[arg(long, value_name = "TIME", default_value = "300s", value_parser = values::limit, hide = true, help = "help-serve-idle")]
    pub idle: Span,
}

/// Serves until it is asked to end.
pub fn run(args: &ServeArgs, console: &Console) -> Result<Ending, Failure> {
    // Its runs are copies of this program, which make namespaces of their own.
    caller::pass_on().map_err(|error| Failure::of_io(Message::new("error-serve-start"), &error))?;
    let options = ServeOptions {
        address: args.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        port: args.port,
        origins: args.origin.clone(),
        embed: args.embed.clone(),
        idle: args.idle,
    };
    serve::run(options, Forms::of(super::definition()), console)
}
