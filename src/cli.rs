//! The command line, as clap types.
//!
//! Every help text here is a key of the catalogue (`help = "help-port"`); [`words`] puts the reader's
//! language in its place before clap sees an argument, headings and defaults included. [`values`] checks
//! values with their ranges, [`mistake`] turns clap's errors into ours.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::Span;
use crate::text::Lang;

mod fanout;
pub mod grid;
pub mod mistake;
pub mod sides;
pub mod values;
pub mod words;

pub use fanout::FanoutArgs;

/// The whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "sockscope",
    version,
    about = "help-about",
    after_help = "help-examples",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true
)]
pub struct Cli {
    /// Language; also found before anything is parsed, so that help and errors speak it.
    #[arg(long, global = true, value_name = "LANG", value_parser = values::lang, help = "help-lang")]
    pub lang: Option<Lang>,
    /// When to colour.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help = "help-color"
    )]
    pub color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    pub verb: VerbArgs,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum VerbArgs {
    /// A TCP exchange.
    #[command(about = "help-tcp", after_help = "help-tcp-examples")]
    Tcp(Box<TcpArgs>),
    /// A UDP exchange.
    #[command(about = "help-udp", after_help = "help-udp-examples")]
    Udp(Box<UdpArgs>),
    /// The same messages over both.
    #[command(about = "help-compare", after_help = "help-compare-examples")]
    Compare(CompareArgs),
    /// Lessons.
    #[command(about = "help-lesson", after_help = "help-lesson-examples")]
    Lesson(LessonArgs),
    /// A file, told.
    #[command(about = "help-explain", after_help = "help-explain-examples")]
    Explain(ExplainArgs),
    /// Any program in the lab.
    #[command(about = "help-lab", after_help = "help-lab-examples")]
    Lab(LabArgs),
    /// What this machine allows.
    #[command(about = "help-doctor", after_help = "help-doctor-examples")]
    Doctor,
    /// Shell completions.
    #[command(about = "help-completions", after_help = "help-completions-examples")]
    Completions(CompletionsArgs),
    /// The manual page.
    #[command(about = "help-man", after_help = "help-man-examples")]
    Man,
}

/// `sockscope tcp`.
#[derive(Clone, Debug, Args)]
#[expect(missing_docs, reason = "each is documented at its type")]
pub struct TcpArgs {
    #[command(flatten)]
    pub talk: TalkArgs,
    #[command(flatten)]
    pub stream: StreamArgs,
    #[command(flatten)]
    pub net: NetArgs,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

/// `sockscope udp`: the messages and nothing else. No graph is drawn of them: who asks for one is told why.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("plot", |arg| arg.hide(true)), mut_arg("chart", |arg| arg.hide(true)))]
#[expect(missing_docs, reason = "each is documented at its type")]
pub struct UdpArgs {
    #[command(flatten)]
    pub talk: TalkArgs,
    #[command(flatten)]
    pub net: NetArgs,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

/// `sockscope compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareArgs {
    /// Two files instead of two runs.
    #[arg(
        value_name = "A",
        requires = "second",
        conflicts_with_all = [
            "message", "bytes", "chunk", "port", "recv_buffer", "delay", "mtu", "hop_mtu", "hop_silent", "arp", "fault",
            "seed", "rate", "queue", "ipv6", "with", "without", "to_many", "receivers"
        ],
        help = "help-compare-first"
    )]
    pub first: Option<PathBuf>,
    /// The second of them.
    #[arg(value_name = "B", help = "help-compare-second")]
    pub second: Option<PathBuf>,
    /// TCP with and without something, instead of TCP and UDP.
    #[command(flatten)]
    pub sides: sides::Sides,
    /// What is said.
    #[command(flatten)]
    pub talk: TalkArgs,
    /// Over which wire.
    #[command(flatten)]
    pub wire: WireArgs,
    /// IPv6 instead of IPv4.
    #[arg(short = '6', long = "ipv6", help = "help-ipv6")]
    pub ipv6: bool,
    /// One sender, several receivers.
    #[command(flatten)]
    pub many: FanoutArgs,
    /// Both stories as well.
    #[arg(long, help = "help-ladders")]
    pub ladders: bool,
    /// Many runs instead of two.
    #[command(flatten)]
    pub grid: grid::GridArgs,
    /// How it is shown.
    #[command(flatten)]
    pub show: ShowArgs,
}

/// What is said, over either transport.
#[derive(Clone, Debug, Args)]
pub struct TalkArgs {
    /// Messages of the client, one send each.
    #[arg(
        short,
        long,
        value_name = "TEXT",
        help = "help-message",
        conflicts_with = "bytes"
    )]
    pub message: Vec<String>,
    /// That many bytes instead.
    #[arg(long, value_name = "N", value_parser = values::bytes, help = "help-bytes")]
    pub bytes: Option<u64>,
    /// Handed over in pieces of that size.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::bytes,
        requires = "bytes",
        help = "help-chunk"
    )]
    pub chunk: Option<u64>,
    /// The server's port.
    #[arg(
        short,
        long,
        value_name = "PORT",
        default_value = "7070",
        value_parser = values::port,
        help = "help-port"
    )]
    pub port: u16,
    /// Size of the buffer that is handed to recv().
    #[arg(
        long,
        value_name = "N",
        default_value = "1024",
        value_parser = values::recv_buffer,
        help = "help-recv-buffer"
    )]
    pub recv_buffer: u32,
}

/// What only a stream has.
#[derive(Clone, Debug, Args)]
pub struct StreamArgs {
    /// What the server sends after each message.
    #[arg(long, value_name = "TEXT", help = "help-reply")]
    pub reply: Option<String>,
    /// The server sends back what came.
    #[arg(long, help = "help-echo", conflicts_with_all = ["reply", "duplex"])]
    pub echo: bool,
    /// Both sides send at once.
    #[arg(long, help = "help-duplex", conflicts_with = "reply")]
    pub duplex: bool,
    /// Backlog of listen().
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        value_parser = values::backlog,
        help = "help-backlog"
    )]
    pub backlog: u16,
    /// How the connection is closed.
    #[arg(long, value_name = "HOW", default_value = "four", help = "help-close")]
    pub close: CloseChoice,
    /// Nagle's algorithm off.
    #[arg(long, help = "help-nodelay")]
    pub nodelay: bool,
    /// TCP_MAXSEG.
    #[arg(long, value_name = "N", value_parser = values::mss, help = "help-mss")]
    pub mss: Option<u16>,
    /// SO_RCVBUF of the server.
    #[arg(long, value_name = "N", value_parser = values::socket_buffer, help = "help-rcvbuf")]
    pub rcvbuf: Option<u32>,
    /// SO_SNDBUF of the client.
    #[arg(long, value_name = "N", value_parser = values::socket_buffer, help = "help-sndbuf")]
    pub sndbuf: Option<u32>,
}

/// The wire in between.
#[derive(Clone, Debug, Args)]
pub struct WireArgs {
    /// One-way delay.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "20ms",
        value_parser = values::delay,
        help = "help-delay"
    )]
    pub delay: Span,
    /// MTU of the hosts' interfaces.
    #[arg(
        long,
        value_name = "N",
        default_value = "1500",
        value_parser = values::mtu,
        help = "help-mtu"
    )]
    pub mtu: u32,
    /// MTU of a narrower place in the middle of the wire.
    #[arg(long, value_name = "N", value_parser = values::mtu, help = "help-hop-mtu")]
    pub hop_mtu: Option<u32>,
    /// That place drops what is too big without an ICMP message.
    #[arg(long, requires = "hop_mtu", help = "help-hop-silent")]
    pub hop_silent: bool,
    /// Neighbours are learned instead of known.
    #[arg(long, help = "help-arp")]
    pub arp: bool,
    /// How it misbehaves.
    #[command(flatten)]
    pub misbehave: MisbehaveArgs,
}

/// How the wire misbehaves.
#[derive(Clone, Debug, Default, Args)]
pub struct MisbehaveArgs {
    /// Fault rules, in order: the first that matches decides.
    #[arg(long, value_name = "RULE", help = "help-fault")]
    pub fault: Vec<String>,
    /// Seed of random rules.
    #[arg(long, value_name = "N", value_parser = values::seed, help = "help-seed")]
    pub seed: Option<u64>,
    /// Bits per second.
    #[arg(long, value_name = "RATE", value_parser = values::rate, help = "help-rate")]
    pub rate: Option<u64>,
    /// Packets that wait at most.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::queue,
        requires = "rate",
        help = "help-queue"
    )]
    pub queue: Option<u32>,
}

/// Which network, and where.
#[derive(Clone, Debug, Args)]
pub struct NetArgs {
    /// The wire in between.
    #[command(flatten)]
    pub wire: WireArgs,
    /// IPv6 instead of IPv4.
    #[arg(short = '6', long = "ipv6", help = "help-ipv6")]
    pub ipv6: bool,
    /// The machine's own loopback instead of the lab.
    #[arg(
        long,
        value_name = "INTERFACE",
        help = "help-on",
        conflicts_with_all = ["delay", "mtu", "hop_mtu", "arp", "fault", "seed", "rate", "queue"]
    )]
    pub on: Option<String>,
}

/// How it is shown.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Which view.
    #[arg(
        short,
        long,
        value_name = "VIEW",
        default_value = "ladder",
        help = "help-format"
    )]
    pub format: FormatChoice,
    /// Without the plain sentences.
    #[arg(short, long, help = "help-quiet")]
    pub quiet: bool,
    /// For a projector.
    #[arg(long, help = "help-project")]
    pub project: bool,
    /// Columns.
    #[arg(long, value_name = "COLUMNS", value_parser = values::width, help = "help-width")]
    pub width: Option<u16>,
}

/// How fast it is told.
#[derive(Clone, Debug, Default, Args)]
pub struct PaceArgs {
    /// One moment per key.
    #[arg(long, conflicts_with = "slow", help = "help-step")]
    pub step: bool,
    /// So many times slower.
    #[arg(long, value_name = "TIMES", value_parser = values::slow, help = "help-slow")]
    pub slow: Option<f64>,
}

/// Where it is kept.
#[derive(Clone, Debug, Args)]
pub struct KeepArgs {
    /// The file.
    #[arg(short, long, value_name = "FILE", help = "help-save")]
    pub save: Option<PathBuf>,
    /// Whose frames are its packets.
    #[arg(
        long,
        value_name = "HOST",
        default_value = "client",
        help = "help-vantage"
    )]
    pub vantage: VantageChoice,
    /// The first TCP connection as graphs.
    #[arg(long, value_name = "FILE", help = "help-plot")]
    pub plot: Option<PathBuf>,
    /// The same in the terminal.
    #[arg(long, help = "help-chart")]
    pub chart: bool,
    /// Over whatever is there.
    #[arg(long, help = "help-force")]
    pub force: bool,
}

/// `sockscope lesson`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LessonArgs {
    /// Which, by number, short name or path; none: the list.
    #[arg(value_name = "NAME", help = "help-lesson-name")]
    pub name: Option<String>,
    /// Without its questions.
    #[arg(long, help = "help-no-ask")]
    pub no_ask: bool,
    /// With the answers to its questions.
    #[arg(long, conflicts_with = "no_ask", help = "help-teacher")]
    pub teacher: bool,
    /// A hand-in is written.
    #[arg(
        long,
        value_name = "FILE",
        requires = "save",
        conflicts_with_all = ["no_ask", "teacher"],
        help = "help-report"
    )]
    pub report: Option<PathBuf>,
    /// Whose lessons.
    #[command(flatten)]
    pub own: OwnLessonsArgs,
    /// How its wire misbehaves beside what the lesson says.
    #[command(flatten)]
    pub misbehave: MisbehaveArgs,
    /// How it is shown.
    #[command(flatten)]
    pub show: ShowArgs,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Where it is kept.
    #[command(flatten)]
    pub keep: KeepArgs,
    /// Something else than running one.
    #[command(subcommand)]
    pub verb: Option<LessonVerbArgs>,
}

/// What else can be done with lessons.
#[derive(Clone, Debug, Subcommand)]
pub enum LessonVerbArgs {
    /// The shelf.
    #[command(about = "help-lesson-list")]
    List {
        /// Whose lessons.
        #[command(flatten)]
        own: OwnLessonsArgs,
    },
    /// What was done is forgotten.
    #[command(about = "help-lesson-reset")]
    Reset,
    /// Run and see whether its expectations hold.
    #[command(about = "help-lesson-check", after_help = "help-lesson-check-examples")]
    Check {
        /// Which: a name, a path, or all.
        #[arg(value_name = "NAME", default_value = "all", help = "help-lesson-which")]
        which: String,
        /// Whose lessons.
        #[command(flatten)]
        own: OwnLessonsArgs,
    },
    /// A new one to fill in.
    #[command(about = "help-lesson-new", after_help = "help-lesson-new-examples")]
    New {
        /// The folder to make.
        #[arg(value_name = "PATH", help = "help-lesson-path")]
        path: PathBuf,
    },
    /// One that is being written, checked at every save.
    #[command(about = "help-lesson-watch", after_help = "help-lesson-watch-examples")]
    Watch {
        /// Its folder.
        #[arg(value_name = "PATH", help = "help-lesson-watched")]
        path: PathBuf,
    },
    /// Hand-ins, marked again.
    #[command(
        about = "help-lesson-verify",
        after_help = "help-lesson-verify-examples"
    )]
    Verify {
        /// A hand-in, or a folder of them.
        #[arg(value_name = "FILE", help = "help-lesson-hand-in")]
        path: PathBuf,
        /// The recording.
        #[arg(value_name = "RECORDING", help = "help-lesson-recording")]
        recording: Option<PathBuf>,
        /// Whose lessons.
        #[command(flatten)]
        own: OwnLessonsArgs,
    },
}

/// A teacher's own lessons.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnLessonsArgs {
    /// The folder in which they are.
    #[arg(long, value_name = "DIR", help = "help-lessons")]
    pub lessons: Option<PathBuf>,
}

/// `sockscope explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = "help-file")]
    pub file: PathBuf,
    /// How it is shown.
    #[command(flatten)]
    pub show: ShowArgs,
    /// A copy with our sentences as packet comments.
    #[arg(short, long, value_name = "FILE", help = "help-explain-save")]
    pub save: Option<PathBuf>,
    /// A TCP connection as graphs.
    #[arg(long, value_name = "FILE", help = "help-plot")]
    pub plot: Option<PathBuf>,
    /// The same in the terminal.
    #[arg(long, help = "help-chart")]
    pub chart: bool,
    /// Over whatever is there.
    #[arg(long, help = "help-force")]
    pub force: bool,
    /// One TCP connection.
    #[arg(long, value_name = "N", value_parser = values::stream, help = "help-stream")]
    pub stream: Option<u32>,
    /// One packet's bytes.
    #[arg(long, value_name = "N", value_parser = values::frame, conflicts_with_all = ["stream", "filter", "plot", "chart", "save", "step", "slow"], help = "help-frame")]
    pub frame: Option<u32>,
    /// Only these packets.
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["plot", "chart", "save", "step", "slow"], help = "help-filter")]
    pub filter: Option<String>,
    /// How fast a recording is told.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// The summary, of a recording of ours too.
    #[arg(long, conflicts_with_all = ["stream", "frame", "format", "step", "slow"], help = "help-summary")]
    pub summary: bool,
    /// Every connection in the summary.
    #[arg(long, help = "help-all")]
    pub all: bool,
}

/// `sockscope lab`.
#[derive(Clone, Debug, Args)]
pub struct LabArgs {
    /// Command for the client.
    #[arg(long, value_name = "CMD", help = "help-lab-client")]
    pub client: Option<String>,
    /// Command for the server.
    #[arg(long, value_name = "CMD", help = "help-lab-server")]
    pub server: Option<String>,
    /// The wire in between.
    #[command(flatten)]
    pub wire: WireArgs,
    /// What programs print is shown as it is.
    #[arg(long, help = "help-lab-raw-output")]
    pub raw_output: bool,
    /// Only the wire, nobody looks.
    #[arg(
        long,
        conflicts_with_all = ["format", "quiet", "project", "save", "vantage", "plot", "chart", "force"],
        help = "help-lab-bare"
    )]
    pub bare: bool,
    /// How it is shown.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Where it is kept.
    #[command(flatten)]
    pub keep: KeepArgs,
}

/// `sockscope completions`.
#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell.
    #[arg(value_name = "SHELL", help = "help-shell")]
    pub shell: clap_complete::Shell,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseChoice {
    /// FIN, ACK, FIN, ACK.
    Four,
    /// FIN, FIN ACK, ACK.
    Three,
    /// The server still sends after the client's FIN.
    Half,
    /// RST.
    Reset,
}

/// Which view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatChoice {
    /// Client left, server right.
    Ladder,
    /// One line per packet.
    Lines,
    /// Every byte.
    Bytes,
    /// For programs.
    Json,
}

/// Whose frames are a saved file's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VantageChoice {
    /// The client's interface.
    Client,
    /// The server's interface.
    Server,
}

/// Spelling of an argument's values: by hand, so that no English sentence rides along into help and completions.
macro_rules! spelling {
    ($type:ident: $($variant:ident $word:literal),+) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),+]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(match self { $(Self::$variant => $word),+ }))
            }
        }
    };
}

spelling!(ColorChoice: Auto "auto", Always "always", Never "never");
spelling!(CloseChoice: Four "four", Three "three", Half "half", Reset "reset");
spelling!(FormatChoice: Ladder "ladder", Lines "lines", Bytes "bytes", Json "json");
spelling!(VantageChoice: Client "client", Server "server");
