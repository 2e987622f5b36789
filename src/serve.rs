//! The classroom page: HTTP for browsers, runs as children of this process, what they tell.
//!
//! ```text
//!   browser ══ HTTP ══► guard ──► routes ──► pages (views::html::classroom)
//!      ▲                             │
//!      │                             └─► runs ──starts──► a copy of this program ──► its own lab
//!      └═ events ◄── log ◄── what it prints, line by line ◄──┘
//! ```
//!
//! - [`guard`]: who may ask for what, before anything is done: hosts, origins, the token; what every answer says of itself
//! - [`routes`]: the one table of all routes; the document that describes them is made of it ([`openapi`])
//! - [`request`]: bodies, within limits; [`reply`]: what is given back
//! - [`runs`]: children, with their limits, and what is kept of them; [`log`]: what one has told, to any number of listeners
//! - [`article`]: the lab of the article's two endpoints
//!
//! This process never makes a namespace: the kernel refuses a user namespace to a process with threads, and a crash shall cost one lab.
//! It has one thread: it only passes on what its children tell. The runtime exists in this folder only, and only while it serves.

mod article;
mod guard;
mod log;
mod openapi;
mod reply;
mod request;
mod routes;
mod runs;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix as signals;
use tokio::sync::Semaphore;

use crate::cli::form::Forms;
use crate::failure::{Code, Failure};
use crate::model::Span;
use crate::observe::endpoints;
use crate::session::{Console, Ending};
use crate::text::{Lang, Message};

use guard::Guard;
use runs::Runs;

/// So many connections at once; further ones are closed.
const MOST_CONNECTIONS: usize = 1_000;
/// So long a request's header may take, and a connection may be idle.
const HEADER: Duration = Duration::from_secs(10);
/// So large a header may be.
const LARGEST_HEADER: usize = 32 * 1024;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where it listens.
    pub address: IpAddr,
    /// On which port; 0 is one that is free.
    pub port: u16,
    /// Under which other origins a proxy shows it.
    pub origins: Vec<String>,
    /// Whose pages may frame it.
    pub embed: Vec<String>,
    /// How long the listening server is kept when nobody uses it.
    pub idle: Span,
}

/// Who is asking.
#[derive(Clone, Copy, Debug)]
struct Visitor {
    /// Where they are.
    peer: SocketAddr,
    /// Which of our addresses they reached.
    here: SocketAddr,
}

/// What all requests share.
#[derive(Debug)]
struct Classroom {
    guard: Guard,
    forms: Forms,
    runs: Runs,
    article: article::Article,
    /// What there is to be asked for.
    routes: &'static [openapi::PageRoute],
    /// The language of who has none.
    lang: Lang,
}

/// Serves until it is asked to end; then everything that it started ends.
///
/// # Errors
/// When it cannot listen there.
pub fn run(options: ServeOptions, forms: Forms, console: &Console) -> Result<Ending, Failure> {
    let started = |error: io::Error| Failure::of_io(Message::new("error-serve-start"), &error);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(started)?;
    let ended = runtime.block_on(serve(options, forms, console));
    // Nobody is waited for: children are killed where they are dropped.
    runtime.shutdown_background();
    ended
}

async fn serve(options: ServeOptions, forms: Forms, console: &Console) -> Result<Ending, Failure> {
    let started = |error: io::Error| Failure::of_io(Message::new("error-serve-start"), &error);
    let asked = SocketAddr::new(options.address, options.port);
    let listener = TcpListener::bind(asked).await.map_err(|error| {
        let what = Message::new("error-serve-listen").text("address", asked.to_string());
        Failure::of_io(what, &error).try_this(Message::new("error-serve-listen-try"))
    })?;
    let here = listener.local_addr().map_err(started)?;
    let guard = Guard::new(&options, here).map_err(started)?;
    say_where(&guard, here, console)?;
    let shared = Arc::new(Classroom {
        guard,
        forms,
        runs: Runs::new().map_err(started)?,
        article: article::Article::new(options.idle.to_duration()),
        routes: routes::ROUTES,
        lang: console.catalogue.lang(),
    });
    let router = routes::router(&shared);
    let mut ends = [
        signals::SignalKind::interrupt(),
        signals::SignalKind::terminate(),
        signals::SignalKind::hangup(),
    ]
    .map(signals::signal)
    .into_iter()
    .collect::<io::Result<Vec<_>>>()
    .map_err(started)?;
    let [interrupt, terminate, hangup] = ends.as_mut_slice() else {
        return Err(started(io::ErrorKind::Other.into()));
    };
    tokio::select! {
        () = accept(&listener, &router) => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    shared.runs.end_all();
    Ok(Ending::Said(Code::Interrupted))
}

/// The addresses, for who started it.
fn say_where(guard: &Guard, here: SocketAddr, console: &Console) -> Result<(), Failure> {
    let say = |message: &Message| console.print(&format!("{}\n", console.say(message)));
    let link = |address: IpAddr| {
        let at = SocketAddr::new(address, here.port());
        match guard.invitation() {
            None => format!("http://{at}/"),
            Some(token) => format!("http://{at}/#token={token}"),
        }
    };
    let everywhere = here.ip().is_unspecified();
    let own = match here.ip() {
        address if !everywhere => address,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    say(&Message::new("serve-here").text("address", link(own)))?;
    if everywhere {
        for address in endpoints::addresses() {
            say(&Message::new("serve-also").text("address", link(address)))?;
        }
    }
    if guard.invitation().is_some() {
        say(&Message::new("serve-opens"))?;
    }
    Ok(())
}

async fn accept(listener: &TcpListener, router: &Router) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // No descriptor is free: one will be when a connection ends.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Who finds no room is not kept waiting.
        let (Ok(place), Ok(here)) = (Arc::clone(&room).try_acquire_owned(), stream.local_addr())
        else {
            continue;
        };
        let router = router.clone().layer(Extension(Visitor { peer, here }));
        tokio::spawn(async move {
            connection(stream, router).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // An event is sent when it is there.
    let _ = stream.set_nodelay(true);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(LARGEST_HEADER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // Who breaks a connection off, or never says what is wanted, is told nothing.
    let _ = served.await;
}
