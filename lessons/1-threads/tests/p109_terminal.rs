//! The chat server, when the terminal it was started in has been closed: it ends as it should, though nobody can read that.
#[path = "chat/guard.rs"]
mod guard;

use guard::{HANG, pid, watch};
use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

/// Closing a terminal sends SIGHUP. With `nohup`, or in `tmux`, the server outlives it, and somebody sends another signal.
#[test]
fn a_signal_ends_it_in_order_when_its_terminal_is_closed() {
    for signal in [Signal::SIGHUP, Signal::SIGTERM, Signal::SIGINT] {
        let (mut server, terminal, address) = start();
        let ended = watch(&server);
        let mut client = BufReader::new(TcpStream::connect(address).unwrap());
        client.get_ref().set_read_timeout(Some(HANG)).unwrap();
        let mut heard = String::new();
        client.read_line(&mut heard).unwrap();
        client.get_ref().write_all(b"ada\n").unwrap();
        client.read_line(&mut heard).unwrap();
        assert!(heard.contains("Hello ada"), "{heard}");

        drop(terminal);
        kill(pid(&server), signal).unwrap();
        client.read_to_string(&mut heard).unwrap();
        assert!(heard.ends_with("* The server stops. Goodbye.\n"), "{signal}: {heard}");
        drop(client);
        let status = server.wait().unwrap();
        drop(ended);
        assert_eq!(status.code(), Some(0), "{signal}: {status}");
        assert!(TcpListener::bind(address).is_ok() || TcpStream::connect(address).is_err());
    }
}

/// And when it is closed before a word was printed, it serves all the same.
#[test]
fn a_server_that_never_had_a_terminal_serves() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    let mut server = Command::new(env!("CARGO_BIN_EXE_p109_chat_server"))
        .args(["--port", &free.port().to_string()])
        .stdin(Stdio::null())
        .stdout(closed.try_clone().unwrap())
        .stderr(closed)
        .spawn()
        .unwrap();
    let ended = watch(&server);
    // There is no word from it by which one could know that it listens.
    let stream = loop {
        match TcpStream::connect(free) {
            Ok(stream) => break stream,
            Err(_) => assert_eq!(server.try_wait().unwrap(), None, "it has ended"),
        }
        thread::yield_now();
    };
    let mut heard = String::new();
    BufReader::new(&stream).read_line(&mut heard).unwrap();
    assert!(heard.contains("What is your name?"), "{heard}");
    drop(stream);
    kill(pid(&server), Signal::SIGTERM).unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(0));
    drop(ended);
}

/// A server, the terminal it prints to, and where it listens.
fn start() -> (Child, BufReader<File>, SocketAddr) {
    let pty = openpty(None, None).unwrap();
    // The copies are closed in every program that is started; so the terminal is gone when the test closes it.
    let (terminal, inside) = (pty.master.try_clone().unwrap(), pty.slave.try_clone().unwrap());
    drop(pty);
    let server = Command::new(env!("CARGO_BIN_EXE_p109_chat_server"))
        .args(["--port", "0"])
        .stdin(Stdio::null())
        .stdout(inside.try_clone().unwrap())
        .stderr(inside)
        .spawn()
        .unwrap();
    let mut terminal = BufReader::new(File::from(terminal));
    let mut line = String::new();
    terminal.read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ").expect("the first line is the address");
    (server, terminal, address.parse().unwrap())
}
