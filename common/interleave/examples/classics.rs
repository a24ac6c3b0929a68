//! Interleave, loom and shuttle on the same classic bugs, in the same run: `docs/explorer.md` is what this prints.
//!
//! `cargo run --release -p interleave --example classics [-- --write docs/explorer.md]`
//!
//! Every cell is a process of its own, with a time limit: loom ends its process at a deadlock, and a search without
//! end must not keep the others from theirs.

#![allow(clippy::duplicate_mod, reason = "one text, three libraries: that is the comparison")]

#[path = "classics/cell.rs"]
mod cell;
#[path = "../tests/classics/litmus.rs"]
mod litmus;
#[path = "classics/page.rs"]
mod page;
#[path = "../tests/classics/table.rs"]
mod table;
#[path = "../tests/classics/libraries/interleave.rs"]
mod with_interleave;
#[path = "../tests/classics/libraries/loom.rs"]
mod with_loom;
#[path = "../tests/classics/libraries/shuttle.rs"]
mod with_shuttle;

use cell::{Cell, Engine};
use std::time::Duration;
use table::Twin;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--cell", engine, name, twin] => cell::run_here(engine, name, twin),
        [] => print!("{}", page::text(&measure())),
        ["--write", path] => {
            let text = page::text(&measure());
            if let Err(error) = std::fs::write(path, text) {
                eprintln!("cannot write {path}: {error}; run this from the workspace's root");
                std::process::exit(1);
            }
        }
        _ => {
            eprintln!("usage: classics [--write docs/explorer.md]");
            std::process::exit(2);
        }
    }
}

/// What every engine did with one twin of one pair.
struct Row {
    pair: table::Pair,
    wrong: Vec<Cell>,
    right: Vec<Cell>,
}

/// How long one cell may take.
const LIMIT: Duration = Duration::from_secs(2);

fn measure() -> Vec<Row> {
    let pairs = with_interleave::pairs();
    let many = pairs.len();
    let rows = pairs.into_iter().enumerate().map(|(n, pair)| {
        eprint!("\r{:>3} of {many}  {:<40}", n + 1, pair.name);
        let cells = |twin| Engine::ALL.iter().map(|engine| cell::measure(*engine, pair.name, twin)).collect();
        Row { pair, wrong: cells(Twin::Wrong), right: cells(Twin::Right) }
    });
    let rows = rows.collect();
    eprintln!();
    rows
}
