//! The door: who comes in, who is refused, and how everybody gets out in the end.
use crate::client;
use crate::room::Room;
use crate::say::complain;
use crate::stop::Stop;
use crate::words::SERVER;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What keeps one client from spoiling it for the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Clients at a time. Each costs two threads, so there must be an end to it.
    pub clients: usize,
    /// Bytes of a line. A client that never ends its line would fill the memory.
    pub line: usize,
    /// Bytes a second that a client may say for long; 0 is no limit. One who is faster is slowed down, not thrown out.
    pub rate: usize,
    /// Bytes that may wait to be sent to one client. A client that does not read would fill the memory, too.
    pub outbox: usize,
    /// How long a client may take to accept what is written, and to hang up at the end. Otherwise one that does nothing
    /// could hold up the end of the server.
    pub patience: Duration,
    /// How long a newcomer may take to give a name. Those who say nothing would keep others out.
    pub naming: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            clients: 500,
            line: 1_000,
            rate: 8 << 10,
            outbox: 256 << 10,
            patience: Duration::from_secs(5),
            naming: Duration::from_secs(60),
        }
    }
}

/// What there is to say about a server that has stopped.
#[derive(Debug, PartialEq)]
pub struct Served {
    /// How many clients were let in.
    pub clients: u64,
}

/// Lets clients in until `stop` is requested; returns when the last thread has ended.
///
/// # Errors
/// None that a client can cause: a connection that fails is that client's affair.
pub fn run(listener: TcpListener, stop: &Stop, limits: &Limits) -> io::Result<Served> {
    let room = Arc::new(Room::new());
    // One for each client, of the thread that reads. It joins its writer itself.
    let mut clients: Vec<JoinHandle<()>> = Vec::new();
    let mut refused = Refused::default();
    let mut served = 0;
    loop {
        let connection = listener.accept();
        if stop.requested() {
            break;
        }
        // Those who have left are joined here, or the list would grow for ever. A look at each of them for every
        // newcomer is good enough for thousands; for more one would have them report their end.
        for gone in clients.extract_if(.., |client| client.is_finished()) {
            joined(gone);
        }
        match connection {
            Ok((stream, _)) if clients.len() >= limits.clients => {
                let all = limits.clients;
                refused.refuse(
                    stream,
                    &format!("{SERVER} The room is full, all {all} places are taken. Try later.\n"),
                );
            }
            Ok((stream, _)) => match start(stream, &room, limits) {
                Ok(client) => {
                    clients.push(client);
                    served += 1;
                }
                Err(error) => complain(format_args!("cannot start a thread for a client: {error}")),
            },
            Err(error) => {
                // A client that has hung up already, or no file left to open. The first needs nothing. The second would
                // come back at once, as fast as the processor can, until somebody leaves; so we take a breath.
                complain(format_args!("cannot accept: {error}"));
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
    // From here on the system refuses newcomers. Those inside are told; their outboxes close, so their writers end when
    // all is sent, and their readers when the client hangs up or patience does. Nobody needs to be killed.
    drop(listener);
    room.close(&format!("{SERVER} The server stops. Goodbye.\n"));
    clients.into_iter().for_each(joined);
    Ok(Served { clients: served })
}

fn start(stream: TcpStream, room: &Arc<Room>, limits: &Limits) -> io::Result<JoinHandle<()>> {
    let (room, limits) = (Arc::clone(room), limits.clone());
    client::thread("reader").spawn(move || client::serve(stream, &room, &limits))
}

fn joined(client: JoinHandle<()>) {
    if client.join().is_err() {
        // Its message is on standard error already. One client is lost; the others never notice.
        complain("the thread of a client has panicked; this is a mistake in the server");
    }
}

/// Connections that were refused, kept open for a while.
///
/// If we closed at once, and the client has sent something that nobody reads, the system would answer with a reset, and
/// the reset might overtake our words. So the newest stay until others have come.
#[derive(Default)]
struct Refused {
    newest: VecDeque<TcpStream>,
}

impl Refused {
    const KEPT: usize = 64;

    fn refuse(&mut self, mut stream: TcpStream, words: &str) {
        // Whoever is gone needs no answer. A few words always fit into a new connection, so this cannot block.
        let _ = stream.write_all(words.as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
        self.newest.push_back(stream);
        if self.newest.len() > Self::KEPT {
            self.newest.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::net::Ipv4Addr;

    /// The server takes its listener and its stop signal from the caller, so a test needs neither a port nor a signal.
    #[test]
    fn a_server_stops_when_its_caller_says_so() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::new(&listener).unwrap();
        let server = thread::spawn({
            let stop = stop.clone();
            move || run(listener, &stop, &Limits::default()).unwrap()
        });
        let mut client = BufReader::new(TcpStream::connect(address).unwrap());
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        assert!(line.contains("name"), "{line}");
        stop.request();
        stop.request();
        let mut rest = String::new();
        client.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("Goodbye"), "{rest}");
        drop(client);
        assert_eq!(server.join().unwrap(), Served { clients: 1 });
        assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    }
}
