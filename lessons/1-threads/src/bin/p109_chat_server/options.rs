//! What can be said on the command line.
use crate::server::Limits;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::time::Duration;

pub const HELP: &str = "\
A chat server. Talk to it with `nc 127.0.0.1 4109`, in as many terminals as you like.

Usage: cargo run -q -p threads --bin p109_chat_server -- [OPTIONS]

  --listen ADDRESS    where to listen (127.0.0.1:4109)
  --port PORT         the same on 127.0.0.1; 0 takes any free port
  --clients N         how many may be there at a time (500)
  --line BYTES        how long a line may be (1000)
  --rate BYTES        how much a client may say in a second before it is slowed down; 0 is no limit (8192)
  --outbox BYTES      how much may wait to be sent to a client before the client is too slow (262144)
  --patience SECONDS  how long a client may take to accept what is sent, and to hang up (5)
  --naming SECONDS    how long a newcomer may take to give a name (60)

The first line of output says where it listens. Ctrl-C or SIGTERM stops it: everybody is told, what waits is sent, all
threads are joined. A second Ctrl-C ends it at once. Exit codes: 0 stopped in order, 1 could not serve, 2 wrong usage.

Example: cargo run -q -p threads --bin p109_chat_server -- --port 0
";

/// What to do.
#[derive(Debug, PartialEq)]
pub enum Asked {
    Help,
    Serve(Options),
}

#[derive(Debug, PartialEq)]
pub struct Options {
    pub listen: String,
    pub limits: Limits,
}

/// Reads the command line; the error says what is wrong with it.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut options = Options { listen: "127.0.0.1:4109".into(), limits: Limits::default() };
    read(Parser::from_args(words), &mut options)
        .map_err(|error| error.to_string())
        .map(|help| if help { Asked::Help } else { Asked::Serve(options) })
}

/// An outbox holds as many lines of the greatest length, and always what is told at once.
const OUTBOX_IN_LINES: usize = 10;

/// Whether help was asked for.
fn read(mut parser: Parser, options: &mut Options) -> Result<bool, lexopt::Error> {
    let limits = &mut options.limits;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("help") | Arg::Short('h') => return Ok(true),
            Arg::Long("listen") => options.listen = parser.value()?.string()?,
            Arg::Long("port") => options.listen = format!("127.0.0.1:{}", parser.value()?.parse::<u16>()?),
            Arg::Long("clients") => limits.clients = at_least(1, &mut parser)?,
            Arg::Long("line") => limits.line = at_least(10, &mut parser)?,
            Arg::Long("rate") => limits.rate = at_least(0, &mut parser)?,
            Arg::Long("outbox") => limits.outbox = at_least(16_384, &mut parser)?,
            Arg::Long("patience") => limits.patience = seconds(&mut parser)?,
            Arg::Long("naming") => limits.naming = seconds(&mut parser)?,
            other => return Err(other.unexpected()),
        }
    }
    // A client is told at most so many lines at once; if they filled its outbox, everybody would be too slow.
    let least = OUTBOX_IN_LINES * limits.line;
    if limits.outbox < least {
        return Err(format!(
            "--outbox {} is too little for --line {}: {least} or more",
            limits.outbox, limits.line
        )
        .into());
    }
    Ok(false)
}

fn at_least(least: usize, parser: &mut Parser) -> Result<usize, lexopt::Error> {
    let number: usize = parser.value()?.parse()?;
    if number < least { Err(format!("{number} is too few: {least} or more").into()) } else { Ok(number) }
}

/// Up to an hour: nobody waits longer, and the system's own clocks have limits.
fn seconds(parser: &mut Parser) -> Result<Duration, lexopt::Error> {
    let seconds: f64 = parser.value()?.parse()?;
    if !(0.01..=3_600.0).contains(&seconds) {
        return Err(format!("{seconds} is no good: from 0.01 to 3600 seconds").into());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Asked, String> {
        parse(words.split_whitespace().map(OsString::from))
    }

    #[test]
    fn options_are_read() {
        let Ok(Asked::Serve(options)) = parsed("--port 0 --clients 7 --patience 0.5") else {
            panic!("these are good options")
        };
        assert_eq!(options.listen, "127.0.0.1:0");
        assert_eq!((options.limits.clients, options.limits.patience), (7, Duration::from_millis(500)));
        assert_eq!(parsed("--port 0 --help"), Ok(Asked::Help));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            "--prot 0",
            "--port",
            "--port 70000",
            "--clients 0",
            "--clients many",
            "--patience -1",
            "--patience NaN",
            "--naming 1e99",
            "--outbox 10",
            "--outbox 20000 --line 5000",
            "4109",
        ] {
            assert!(parsed(words).is_err(), "{words}");
        }
    }
}
