//! The rows of the catalogue that are about no answer's text: what is handed in beside it, and the grader's own host.
use crate::build::{self, Bench};
use crate::bundle::{Bundle, SELFTEST, Task};
use crate::intake::{Class, Handed};
use crate::journal::{Journal, Record};
use crate::judging::Grader;
use crate::outcome::{Outcome, Verdict};
use crate::report::csv::guarded;
use crate::sandbox::Sandbox;
use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tar::{EntryType, Header};

/// Where a row is tried.
pub struct Ground<'a> {
    /// The boxes.
    pub sandbox: &'a Sandbox,
    /// What was prepared.
    pub bundle: &'a Bundle,
    /// The exercise.
    pub task: &'a Task,
    /// Its right answer.
    pub solution: &'a str,
    /// An empty folder.
    pub folder: PathBuf,
}

/// A row of the catalogue.
pub struct Row {
    /// Its number there.
    pub number: u32,
    /// What is tried.
    pub name: &'static str,
    /// What must come of it.
    pub must: &'static str,
    /// Tries it; an error says what came instead.
    pub run: fn(&Ground) -> Result<()>,
}

/// All of them.
pub const ROWS: &[Row] = &[
    row(14, "settings of cargo beside the answer", "noted, not used", |ground| {
        ground.powerless(".cargo/config.toml", "[build]\nrustc-wrapper = \"/bin/evil\"", "settings of cargo")
    }),
    row(15, "a build script beside the answer", "noted, not used", |ground| {
        ground.powerless("build.rs", "fn main() { panic!() }", "a build script")
    }),
    row(16, "a crate of procedural macros beside the answer", "noted, not used", |ground| {
        ground.powerless("evil/Cargo.toml", "[lib]\nproc-macro = true", "a manifest")
    }),
    row(17, "a manifest with dependencies of its own", "noted, not used", |ground| {
        ground.powerless("Cargo.toml", "[patch.crates-io]\nrayon = { path = \"evil\" }", "a manifest")
    }),
    row(18, "a choice of compiler", "noted, not used", |ground| {
        ground.powerless("rust-toolchain.toml", "[toolchain]\npath = \"evil\"", "a choice of compiler")
    }),
    row(19, "an edited judge and an edited crate of the course", "counted, not used", |ground| {
        ground.powerless("common/judge/src/lib.rs", "pub fn fail() {}", "other files; not used")?;
        ground.powerless("lessons/9-selftest/tests/e901_count.rs", "fn main() {}", "")
    }),
    row(20, "writes to what all answers are compiled with", "nothing can be written", shared_is_sealed),
    row(20, "what the compiler remembers, after an answer", "as before", nothing_is_remembered),
    row(21, "two answers with one old time", "two answers", times_say_nothing),
    row(22, "links, devices and pipes in place of the answer", "REJECTED, one by one", links_are_refused),
    row(23, "paths that lead outside, and bombs", "REJECTED, for the student alone", archives_are_refused),
    row(25, "names that are formulas", "quoted", names_are_data),
    row(59, "an empty file, no text, a folder, nothing", "REJECTED or missing", no_answer_at_all),
    row(60, "a grader that was killed while it wrote", "the last line is judged again", torn_journal),
    row(60, "a compiler that is not there", "GRADER_ERROR, no score", fails_closed),
];

const fn row(number: u32, name: &'static str, must: &'static str, run: fn(&Ground) -> Result<()>) -> Row {
    Row { number, name, must, run }
}

impl Ground<'_> {
    fn take_in(&self, source: &Path) -> Result<Class> {
        Class::take_in(&[source.to_owned()], &[SELFTEST.to_owned()], &self.folder.join("answers"))
    }

    /// A file beside a right answer: the answer alone is taken, and the notes say `word`.
    fn powerless(&self, path: &str, text: &str, word: &str) -> Result<()> {
        let own = self.folder.join("class").join("eve");
        let evil = own.join(path);
        fs::create_dir_all(evil.parent().unwrap_or(&own))?;
        fs::write(&evil, text)?;
        fs::write(own.join(format!("{SELFTEST}.rs")), self.solution)?;
        let class = self.take_in(&self.folder.join("class"))?;
        ensure!(self.stored()? == [self.solution.to_owned()], "more than the answer was taken");
        let notes = class.students[0].notes.join("\n");
        ensure!(notes.contains(word), "the notes do not say so: {notes}");
        Ok(())
    }

    /// The texts that were taken for answers.
    fn stored(&self) -> Result<Vec<String>> {
        let entries = fs::read_dir(self.folder.join("answers"))?;
        entries.map(|entry| Ok(String::from_utf8_lossy(&fs::read(entry?.path())?).into_owned())).collect()
    }

    fn grader(&self) -> Grader<'_> {
        Grader { sandbox: self.sandbox, bundle: self.bundle, hidden: &[], repeat: 1, rules: true }
    }
}

fn shared_is_sealed(ground: &Ground) -> Result<()> {
    let bench = Bench::new(&ground.bundle.scratch)?;
    let script = "
        for place in /crates/0 /toolchain /toolchain/lib /usr /lessons /; do
            (echo > $place/made) 2>/dev/null && echo \"$place can be written to\"
        done
        for file in /crates/*/*.rlib; do (echo >> $file) 2>/dev/null && echo \"$file can be written to\"; done
        (echo > /out/made) || echo 'the output cannot be written to'
        echo looked";
    let ended = build::look(ground.sandbox, &ground.bundle.toolchain, ground.task, &bench, script)?;
    ensure!(ended.stdout.trim() == "looked", "{} {}", ended.stdout.trim(), ended.stderr.trim());
    Ok(())
}

fn nothing_is_remembered(ground: &Ground) -> Result<()> {
    let before = hash(&ground.task.memory())?;
    let text = format!("{}\npub struct Mine(pub [u64; 7]);\n", ground.solution);
    let outcome = ground.grader().grade(ground.task, text.as_bytes())?;
    ensure!(outcome.verdict == Verdict::Pass, "it got {}: {}", outcome.verdict, outcome.sentence);
    ensure!(before == hash(&ground.task.memory())?, "the answer left something behind");
    Ok(())
}

/// Names and contents of all below a folder.
fn hash(folder: &Path) -> Result<String> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    let mut hash = Sha256::new();
    for entry in entries {
        hash.update(entry.file_name().as_encoded_bytes());
        let path = entry.path();
        if path.is_dir() { hash.update(self::hash(&path)?) } else { hash.update(fs::read(&path)?) }
    }
    Ok(crate::bundle::hex(&hash.finalize()))
}

fn times_say_nothing(ground: &Ground) -> Result<()> {
    let class = ground.folder.join("class");
    fs::create_dir_all(&class)?;
    for (student, text) in [("ann.tar", "// ann's"), ("ben.tar", "// ben's")] {
        fs::write(class.join(student), tar(&[("e901_count.rs", EntryType::Regular, text.as_bytes())]))?;
    }
    ground.take_in(&class)?;
    let mut stored = ground.stored()?;
    stored.sort();
    ensure!(stored == ["// ann's", "// ben's"], "{stored:?}");
    Ok(())
}

fn links_are_refused(ground: &Ground) -> Result<()> {
    let class = ground.folder.join("class");
    fs::create_dir_all(class.join("own"))?;
    symlink("/etc/passwd", class.join("own/e901_count.rs"))?;
    let kinds = [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo];
    for (number, kind) in kinds.into_iter().enumerate() {
        fs::write(class.join(format!("s{number}.tar")), tar(&[("e901_count.rs", kind, b"")]))?;
    }
    all_refused(&ground.take_in(&class)?, kinds.len() + 1)?;
    ensure!(ground.stored()?.is_empty(), "something was read");
    Ok(())
}

fn archives_are_refused(ground: &Ground) -> Result<()> {
    let class = ground.folder.join("class");
    fs::create_dir_all(&class)?;
    let file = EntryType::Regular;
    let evils = ["../../evil", "/tmp/evil", "C:\\evil", "a\\..\\..\\evil"];
    for (number, evil) in evils.into_iter().enumerate() {
        let bytes = tar(&[("e901_count.rs", file, b"// fine"), (evil, file, b"evil")]);
        fs::write(class.join(format!("s{number}.tar")), bytes)?;
    }
    let mut bomb = GzEncoder::new(fs::File::create(class.join("bomb.tar.gz"))?, Compression::best());
    bomb.write_all(&tar(&[("pad", file, &vec![0; 64 << 20]), ("e901_count.rs", file, b"// late")]))?;
    bomb.finish()?;
    all_refused(&ground.take_in(&class)?, evils.len() + 1)
}

fn all_refused(class: &Class, count: usize) -> Result<()> {
    let refused = class.students.iter().filter(|s| matches!(s.answers[SELFTEST], Handed::Refused(_))).count();
    ensure!(refused == count, "{refused} of {count} were refused: {:?}", class.notes);
    Ok(())
}

/// A tar archive as an attacker writes it: the library refuses to.
fn tar(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, kind, content) in entries {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.as_mut_bytes()[157..168].copy_from_slice(b"/etc/passwd");
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mtime(0);
        header.set_mode(0o644);
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn names_are_data(ground: &Ground) -> Result<()> {
    for evil in ["=HYPERLINK(\"x\")", "+1", "-1", "@sum", " =1", "\t=1", "\u{ff1d}1", "|calc"] {
        let cell = guarded(evil);
        ensure!(cell.starts_with('\''), "{evil:?} became {cell:?}");
    }
    let class = ground.folder.join("class");
    for name in ["=HYPERLINK(\"x\")", "ann, \"the\" one", "\u{202e}nna", "-rf", "..a"] {
        fs::create_dir_all(class.join(name))?;
        fs::write(class.join(name).join("e901_count.rs"), "// fine")?;
    }
    let class = ground.take_in(&class)?;
    let plain = |id: &str| id.chars().all(|c| c.is_ascii_alphanumeric() || "._-~".contains(c));
    ensure!(class.students.len() == 5 && class.students.iter().all(|s| plain(&s.id)), "{:?}", class.students);
    Ok(())
}

fn no_answer_at_all(ground: &Ground) -> Result<()> {
    for text in [&b""[..], b" \n", b"fn f() {}\0", b"\xff\xfe"] {
        let outcome = ground.grader().grade(ground.task, text)?;
        ensure!(outcome.verdict == Verdict::Rejected, "{text:?} got {}", outcome.verdict);
    }
    let class = ground.folder.join("class");
    fs::create_dir_all(class.join("ann/e901_count.rs"))?;
    fs::create_dir_all(class.join("ben"))?;
    fs::write(class.join("ben/README.md"), "later")?;
    let class = ground.take_in(&class)?;
    all_refused(&class, 1)?;
    ensure!(class.students.iter().any(|s| s.answers[SELFTEST] == Handed::Missing), "{:?}", class.students);
    Ok(())
}

fn torn_journal(ground: &Ground) -> Result<()> {
    let path = ground.folder.join("journal.jsonl");
    let record = |key: &str| Record {
        key: key.to_owned(),
        exercise: SELFTEST.to_owned(),
        sha: String::new(),
        outcome: Outcome::new(Verdict::Pass, "", ""),
    };
    let mut journal = Journal::open(&path)?;
    journal.add(record("one"))?;
    journal.add(record("two"))?;
    drop(journal);
    let bytes = fs::read(&path)?;
    fs::write(&path, &bytes[..bytes.len() - 9])?;
    let journal = Journal::open(&path)?;
    ensure!(journal.find("one").is_some() && journal.find("two").is_none(), "{:?}", journal.records().keys());
    ensure!(journal.dropped > 0, "nothing was dropped");
    Ok(())
}

fn fails_closed(ground: &Ground) -> Result<()> {
    let mut bundle = ground.bundle.clone();
    bundle.toolchain.sysroot = ground.folder.join("no-toolchain");
    fs::create_dir_all(&bundle.toolchain.sysroot).context("cannot make a folder")?;
    let grader = Grader { bundle: &bundle, ..ground.grader() };
    match grader.grade(ground.task, ground.solution.as_bytes()) {
        Err(_) => Ok(()),
        Ok(outcome) => anyhow::bail!("it got {} and not an error", outcome.verdict),
    }
}
