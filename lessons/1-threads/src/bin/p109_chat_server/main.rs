//! A chat server with two threads for each client. Start it, then talk to it: `nc 127.0.0.1 4109`.
//!
//! The map, from the outside in: `server` lets clients in and sees the last one out, `client` is the life of one of them,
//! `room` knows who is there and what everybody hears, `outbox` is what one of them has still to be sent. `lines` and
//! `words` take apart what comes in, `throttle` slows down who talks too fast, `stop` ends it all, and `say` has a word
//! for whoever started it.
mod client;
mod lines;
mod options;
mod outbox;
mod room;
mod say;
mod server;
mod stop;
mod throttle;
mod words;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use options::Asked;
use say::{complain, tell};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::env;
use std::io;
use std::net::TcpListener;
use std::process::{self, ExitCode};
use stop::Stop;

fn main() -> ExitCode {
    let options = match options::parse(env::args_os().skip(1)) {
        Ok(Asked::Help) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Asked::Serve(options)) => options,
        Err(problem) => {
            complain(format_args!("p109_chat_server: {problem}\n`--help` says what there is"));
            return ExitCode::from(2);
        }
    };
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            complain(format_args!("p109_chat_server: {problem}"));
            ExitCode::FAILURE
        }
    }
}

fn serve(options: &options::Options) -> Result<(), String> {
    let address = &options.listen;
    let listener = TcpListener::bind(address.as_str())
        .map_err(|error| format!("cannot listen on {address}: {error}; `--port 0` takes any free port"))?;
    let odd = |error: io::Error| format!("{address}: {error}");
    let stop = Stop::new(&listener).map_err(odd)?;
    stop_on_signals(stop.clone()).map_err(odd)?;
    may_open(options.limits.clients);
    // Whoever starts this program reads the port here.
    tell(format_args!("listening on {}", listener.local_addr().map_err(odd)?));
    let served = server::run(listener, &stop, &options.limits).map_err(odd)?;
    tell(format_args!("stopped: everybody was told, {} clients served, all threads joined", served.clients));
    Ok(())
}

/// Ctrl-C, `kill` and a closed terminal ask the server to stop. The second time they do not ask.
///
/// In a signal handler itself nearly nothing is allowed, not even to take a lock. `signal-hook` only notes the signal there
/// and hands it to a thread of ours, in which everything is.
fn stop_on_signals(stop: Stop) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    client::thread("signals").spawn(move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            // First the deed, then the words: they are for a terminal that may be what was just closed.
            stop.request();
            complain("stopping as soon as everybody has hung up; once more, and it ends at once");
        }
        if let Some(signal) = signals.next() {
            // What a shell reports of a program that a signal has ended.
            process::exit(128 + signal);
        }
    })?;
    Ok(())
}

/// Every client is an open file, and many systems allow 1,024 unless they are asked.
fn may_open(clients: usize) {
    /// Standard input and output, the listener, refused guests, and some to spare.
    const BESIDE_CLIENTS: u64 = 100;
    let wanted = clients as u64 + BESIDE_CLIENTS;
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if soft < wanted && setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard).is_err() || hard < wanted {
        complain(format_args!(
            "note: the system allows {hard} open files, so there may be fewer clients than {clients}"
        ));
    }
}
