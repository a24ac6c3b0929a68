//! `grade merge`: puts the journals of shards together.
use super::{Command, Exit, report_cmd, status};
use crate::journal::{self, Journal};
use crate::setup;
use anyhow::Result;
use std::ffi::OsString;
use std::path::PathBuf;
use xtask::files;

pub const COMMAND: Command = Command {
    name: "merge",
    takes: "[JOURNAL…]",
    summary: "Put the journals of shards together and report",
    help: "\
Adds the journals that are named, and those in the folder, into journal.jsonl, and writes the reports. It may be done
again and in any order: the result is the same. Judgements that differ for the same answer are reported.

  --out DIR, --config FILE, --only …    as for `grade report`

Example: cargo xtask grade merge --out grades shard-*/journal.*.jsonl
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["out", "config", "only", "canvas-template", "moodle-template", "backend", "prepared"];
    let args = super::parse("merge", raw, &["allow-weak"], &values, usize::MAX)?;
    let out = setup::out(&args);
    let mut paths = status::journals(&out)?;
    paths.extend(args.words.iter().map(PathBuf::from));
    let merged = journal::merge(paths.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?);
    let mut text = String::new();
    for record in merged.records.values() {
        text += &serde_json::to_string(record)?;
        text.push('\n');
    }
    let whole = out.join("journal.jsonl");
    // Nobody may be writing to it.
    drop(Journal::open(&whole)?);
    files::replace(&whole, text)?;
    eprintln!("{} journals, {} judgements", paths.len(), merged.records.len());
    report_cmd::report(&args)
}
