//! Words for whoever started the server, if anybody still reads them.
//!
//! `println!` and `eprintln!` panic when nothing can be written, and nothing can once the terminal is closed. Whoever was
//! just about to stop the server, or to let the next client in, would not come to it any more. These two only try.
use std::fmt::Display;
use std::io::{self, Write};

/// Says a line on standard output, at once, also through a pipe.
pub fn tell(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
}

/// Says on standard error what does not go as it should.
pub fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
