//! The chat server of lesson 1: how many lines it delivers, and what each costs.
mod party;

use crate::figures::count;
use crate::python;
use crate::suite::{Case, Size, Suite, Table};
use anyhow::Result;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use party::{Party, Talk};
use std::env;
use std::path::PathBuf;
use std::process::Command;

pub const SUITE: Suite = Suite {
    name: "chat",
    title: "the chat server",
    intro: "\
The project of lesson 1, `p109_chat_server`, under load: clients on the loopback talk in bursts, and everybody hears
everybody else. A *delivery* is one line for one client. The times are from the first word of the first burst until
everybody has heard the last word of the last; the CPU time is the server's alone. Each run checks that every client has
heard every byte.",
    tables,
};

fn tables(size: Size) -> Result<Vec<Table>> {
    Ok(vec![
        table(size, "hundred", Talk { clients: 100, talkers: 10, lines: 500, bursts: 10 }),
        table(size, "thousand", Talk { clients: 1_000, talkers: 200, lines: 25, bursts: 3 }),
    ])
}

fn table(size: Size, name: &'static str, full: Talk) -> Table {
    let talk = size.pick(full, Talk { clients: 5, talkers: 2, lines: 3, bursts: 2 });
    let mut cases = Vec::new();
    if python::version().is_some() {
        // As many lines would take minutes.
        let less = Talk { bursts: 1, lines: talk.lines.div_ceil(5), ..talk };
        cases.push(case("Python, threads, a write each delivery", less, || python::command("chat")));
    }
    if let Some(server) = server() {
        let start = move || {
            let mut command = Command::new(&server);
            command.args(["--port", "0", "--rate", "0", "--clients", "2000"]);
            command
        };
        cases.push(case("p109_chat_server", talk, start));
    }
    Table {
        name,
        title: format!("{} clients, {} of them talk", count(talk.clients as u64), talk.talkers),
        about: "\
Both servers have a thread that reads for each client. The one in Python writes each line to each client by itself, under a
lock. Ours puts it into an outbox for each client, and whatever has come together there is sent with one call of the system."
            .into(),
        unit: "delivery",
        rounds: 3,
        cases,
    }
}

fn case(name: &str, talk: Talk, server: impl Fn() -> Command + 'static) -> Case {
    Case::itself(name, talk.deliveries(), move || {
        may_open(talk.clients);
        Party::start(&mut server(), &talk)?.talk(&talk)
    })
}

/// The program, which the command that builds this one builds, too.
fn server() -> Option<PathBuf> {
    let here = env::current_exe().ok()?;
    // A test lies a folder deeper.
    here.ancestors().skip(1).take(2).map(|folder| folder.join("p109_chat_server")).find(|path| path.is_file())
}

/// Every client is an open file.
fn may_open(clients: usize) {
    let wanted = clients as u64 + 100;
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < wanted
    {
        // If it is not allowed, connecting will say so.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard);
    }
}
