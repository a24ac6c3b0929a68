//! A chat server in a process of its own, and clients that speak to it over plain TCP.
mod guard;

use guard::{HANG, pid, watch};
use nix::sys::signal::{Signal, kill};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;

/// A server process, which ends with its owner.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    output: BufReader<ChildStdout>,
    /// Dropped when the server need not be watched any more.
    _watched: mpsc::Sender<()>,
}

/// The server as a command.
pub fn server(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_p109_chat_server"));
    command.args(options).stdin(Stdio::null());
    command
}

impl Server {
    /// Starts one on a free port and reads where it listens.
    pub fn start(options: &[&str]) -> Server {
        let mut command = server(options);
        let mut child =
            command.args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let watched = watch(&child);
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").expect("the first line is the address");
        Server { address: address.parse().unwrap(), child, output, _watched: watched }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(pid(&self.child), signal).unwrap();
    }

    /// Waits for its end: the exit code, and what it printed after the address.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let mut complaints = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        // Connections that were refused or broken are no reason to complain.
        assert!(complaints.lines().all(|line| line.starts_with("stopping as soon")), "{complaints}");
        (self.child.wait().unwrap().code(), rest)
    }

    /// Sends SIGTERM and makes sure that the server ends in order.
    pub fn stop(self) {
        self.signal(Signal::SIGTERM);
        let (code, said) = self.ended();
        assert!(code == Some(0) && said.contains("all threads joined"), "exit code {code:?}: {said}");
    }

    /// A client that has not yet read anything.
    pub fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).unwrap())
    }

    /// A client with a name.
    pub fn join(&self, name: &str) -> Client {
        let mut client = self.connect();
        client.expect("* Welcome. What is your name?");
        client.say(name);
        client.expect_start(&format!("* Hello {name}. "));
        client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One end of a connection to the server.
pub struct Client {
    reader: BufReader<TcpStream>,
}

impl Client {
    fn new(stream: TcpStream) -> Client {
        stream.set_read_timeout(Some(HANG)).unwrap();
        stream.set_write_timeout(Some(HANG)).unwrap();
        Client { reader: BufReader::new(stream) }
    }

    pub fn stream(&self) -> &TcpStream {
        self.reader.get_ref()
    }

    /// Sends a line.
    pub fn say(&self, line: &str) {
        self.send(format!("{line}\n").as_bytes());
    }

    /// Sends bytes as they are.
    pub fn send(&self, bytes: &[u8]) {
        self.stream().write_all(bytes).unwrap();
    }

    /// The next line, without its end. `None` at the end.
    pub fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the server answers");
        if line.is_empty() {
            return None;
        }
        assert!(line.ends_with('\n'), "half a line: {line:?}");
        Some(line.trim_end_matches('\n').to_owned())
    }

    /// The next line; there must be one.
    pub fn line(&mut self) -> String {
        self.next().expect("the server has hung up")
    }

    #[track_caller]
    pub fn expect(&mut self, line: &str) {
        assert_eq!(self.line(), line);
    }

    #[track_caller]
    pub fn expect_start(&mut self, start: &str) {
        let line = self.line();
        assert!(line.starts_with(start), "{line:?}, wanted {start:?}");
    }

    /// Reads on until the server hangs up.
    pub fn rest(mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// The names that are in the room, as the server tells them.
    pub fn who(&mut self) -> Vec<String> {
        self.say("/who");
        loop {
            let line = self.line();
            if let Some((_, names)) = line.split_once(" here: ").filter(|_| line.starts_with("* ")) {
                return names.split(", ").map(str::to_owned).collect();
            }
        }
    }
}
