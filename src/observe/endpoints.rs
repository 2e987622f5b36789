//! The two programs of the classroom page's lab, written as an article about sockets writes them: a server that listens, accepts and
//! receives for ever, a client that connects, sends, shuts down and closes.
//!
//! They are ordinary programs in the hosts of an ordinary lab (`sockscope lab`), and their calls are seen as anybody's are. What they
//! do is what the article's page does, with its oversights: each round calls listen() again, and what was accepted is never closed.
//! Each does something when it is told to by a line from a named pipe, and says what became of it by a line into another.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use socket2::{Domain, Protocol, Socket, Type};

/// The article's port.
pub const PORT: u16 = 7070;
/// Its backlog.
const BACKLOG: i32 = 5;
/// Its buffer, in bytes.
const BUFFER: usize = 1024;
/// Where the server is in a lab, and where the client is.
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

/// What both say, in the language of who looks on.
#[derive(Clone, Debug)]
pub struct EndpointWords {
    /// The client sends it, with its address behind it.
    pub i_am: String,
    /// The server prints it before what it received.
    pub client_says: String,
}

/// Does as it is told until nobody tells anything any more.
///
/// # Errors
/// When the pipes cannot be opened or read.
pub fn obey(folder: &Path, name: &str, words: &EndpointWords) -> io::Result<()> {
    let told = File::open(folder.join(format!("{name}.told")))?;
    let says = OpenOptions::new()
        .write(true)
        .open(folder.join(format!("{name}.says")))?;
    let says = Arc::new(Mutex::new(says));
    for line in BufReader::new(told).lines() {
        match line?.as_str() {
            "listen" => {
                let says = Arc::clone(&says);
                let words = words.clone();
                thread::spawn(move || {
                    if let Err(error) = serve(&says, &words) {
                        say(&says, &failed(&error));
                    }
                });
            }
            "connect" => {
                let became = call(words);
                say(
                    &says,
                    &became.map_or_else(|error| failed(&error), |()| "done".to_owned()),
                );
            }
            _ => break,
        }
    }
    Ok(())
}

/// The addresses of this machine's interfaces, without loopback and those that are for one link alone: where others may reach it.
#[must_use]
pub fn addresses() -> Vec<IpAddr> {
    let all = pnet::datalink::interfaces().into_iter();
    let all = all.filter(pnet::datalink::NetworkInterface::is_up);
    all.flat_map(|interface| interface.ips)
        .map(|network| network.ip())
        .filter(|address| match address {
            IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
            IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
        })
        .collect()
}

fn say(says: &Mutex<File>, line: &str) {
    let mut says = says.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever listened has gone: the next line that is told will not come.
    let _ = writeln!(says, "{line}");
}

fn failed(error: &io::Error) -> String {
    let name = error
        .raw_os_error()
        .map(|number| format!("{:?}", nix::errno::Errno::from_raw(number)));
    format!("failed {}", name.unwrap_or_default())
}

fn stream() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
}

fn at(address: Ipv4Addr) -> socket2::SockAddr {
    SocketAddr::V4(SocketAddrV4::new(address, PORT)).into()
}

/// The article's server.
fn serve(says: &Mutex<File>, words: &EndpointWords) -> io::Result<()> {
    let socket = stream()?;
    socket.set_reuse_address(true)?;
    socket.bind(&at(SERVER))?;
    let mut accepted = Vec::new();
    let mut buffer = [0; BUFFER];
    loop {
        socket.listen(BACKLOG)?;
        if accepted.is_empty() {
            say(says, "listening");
        }
        let (mut peer, _) = socket.accept()?;
        let read = peer.read(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..read]);
        print(&format!("{}{text}", words.client_says))?;
        accepted.push(peer);
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// The article's client.
fn call(words: &EndpointWords) -> io::Result<()> {
    let socket = stream()?;
    socket.connect(&at(SERVER))?;
    socket.send(format!("{}{CLIENT}", words.i_am).as_bytes())?;
    socket.shutdown(Shutdown::Both)
}
