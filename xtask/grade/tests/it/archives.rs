//! Archives: what is taken out of good ones, and that bad ones harm nobody.
use crate::scratch::folder;
use flate2::Compression;
use flate2::write::GzEncoder;
use grade::intake::{Class, Handed};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tar::{EntryType, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const EXERCISE: &str = "e302_bank";

fn take_in(folder: &Path, source: &Path) -> Class {
    Class::take_in(&[source.to_owned()], &[EXERCISE.to_owned()], &folder.join("answers")).unwrap()
}

fn zip(path: &Path, files: &[(&str, &[u8])]) {
    let mut writer = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
}

/// Name, kind, target of a link, and content of an entry.
type Raw<'a> = (&'a [u8], EntryType, &'a [u8], &'a [u8]);

/// A tar archive of raw entries: the library itself refuses to write what an attacker writes.
fn tar(path: &Path, entries: &[Raw]) {
    let mut bytes = Vec::new();
    for (name, kind, link, content) in entries {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link);
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    fs::write(path, bytes).unwrap();
}

/// What a student handed in: its first line, or why it was refused.
fn got(class: &Class, folder: &Path, student: &str) -> String {
    let Some(student) = class.students.iter().find(|known| known.id.starts_with(student)) else {
        return format!("no {student}: {:?}", class.notes);
    };
    match &student.answers[EXERCISE] {
        Handed::Answer { sha, .. } => {
            let text = fs::read_to_string(folder.join("answers").join(format!("{sha}.rs"))).unwrap();
            text.lines().next().unwrap_or("").to_owned()
        }
        Handed::Refused(why) => format!("refused: {why}"),
        Handed::Missing => "missing".to_owned(),
    }
}

#[test]
fn a_moodle_export_with_an_archive_inside() {
    let folder = folder("moodle");
    zip(
        &folder.join("own.zip"),
        &[("work/lessons/3-sync/exercises/e302_bank.rs", b"// ben's"), ("work/Cargo.toml", b"")],
    );
    let own = fs::read(folder.join("own.zip")).unwrap();
    let export = folder.join("export.zip");
    zip(
        &export,
        &[
            ("Ann Example_101_assignsubmission_file_/e302_bank.rs", b"// ann's"),
            (
                "Ann Example_101_assignsubmission_file_/.cargo/config.toml",
                b"[build]\nrustc-wrapper = \"/bin/evil\"",
            ),
            ("Ben Example_102_assignsubmission_file_/own.zip", &own),
        ],
    );
    let class = take_in(&folder, &export);
    assert_eq!(got(&class, &folder, "Ann"), "// ann's");
    assert_eq!(got(&class, &folder, "Ben"), "// ben's");
    let notes = class.students[0].notes.join("\n");
    assert!(notes.contains(".cargo/config.toml: settings of cargo; not used"), "{notes}");
    assert_eq!(class.students[1].platform_id, "102");
}

#[test]
fn what_reaches_outside_is_refused_for_the_student_concerned_only() {
    let folder = folder("slip");
    let class = folder.join("class");
    fs::create_dir_all(&class).unwrap();
    for (name, evil) in [
        ("up", "../../../../tmp/evil"),
        ("root", "/tmp/evil"),
        ("drive", "C:\\evil"),
        ("back", "a\\..\\..\\b"),
    ] {
        zip(&class.join(format!("{name}.zip")), &[("e302_bank.rs", b"// fine"), (evil, b"evil")]);
    }
    let file = EntryType::Regular;
    tar(
        &class.join("tarup.tar"),
        &[(b"e302_bank.rs", file, b"", b"// fine"), (b"../evil", file, b"", b"evil")],
    );
    tar(
        &class.join("nul.tar"),
        &[(b"e302_bank.rs", file, b"", b"// fine"), (b"\xff\xfe.rs", file, b"", b"evil")],
    );
    zip(&class.join("good.zip"), &[("e302_bank.rs", b"// fine")]);
    let class = take_in(&folder, &class);
    for evil in ["up", "root", "drive", "back", "tarup", "nul"] {
        let got = got(&class, &folder, evil);
        assert!(got.starts_with("refused:"), "{evil}: {got}");
    }
    assert_eq!(got(&class, &folder, "good"), "// fine");
    assert!(!Path::new("/tmp/evil").exists());
}

#[test]
fn links_and_devices_are_never_followed() {
    let folder = folder("links");
    let class = folder.join("class");
    for student in ["ann", "ben", "cy"] {
        fs::create_dir_all(class.join(student)).unwrap();
    }
    symlink("/etc/passwd", class.join("ann/e302_bank.rs")).unwrap();
    nix::unistd::mkfifo(&class.join("ben/e302_bank.rs"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    fs::create_dir(class.join("cy/e302_bank.rs")).unwrap();
    for (name, kind) in [
        ("sym", EntryType::Symlink),
        ("hard", EntryType::Link),
        ("char", EntryType::Char),
        ("fifo", EntryType::Fifo),
    ] {
        tar(&class.join(format!("{name}.tar")), &[(b"e302_bank.rs", kind, b"/etc/passwd", b"")]);
    }
    let taken = take_in(&folder, &class);
    for (student, what) in [
        ("ann", "is a link"),
        ("ben", "is no ordinary file"),
        ("cy", "is a folder"),
        ("sym", "is a link"),
        ("hard", "is a link"),
        ("char", "is no ordinary file"),
        ("fifo", "is no ordinary file"),
    ] {
        let got = got(&taken, &folder, student);
        assert!(got.starts_with("refused:") && got.contains(what), "{student}: {got}");
    }
}

#[test]
fn bombs_go_off_nowhere() {
    let folder = folder("bombs");
    let class = folder.join("class");
    fs::create_dir_all(&class).unwrap();
    let zeros = vec![0; 64 << 20];
    // What is no answer is never unpacked, and of an answer no more than an answer may have.
    zip(&class.join("pad.zip"), &[("pad.bin", &zeros), ("e302_bank.rs", b"// fine")]);
    zip(&class.join("self.zip"), &[("e302_bank.rs", &zeros)]);
    let mut gz = GzEncoder::new(File::create(class.join("stream.tar.gz")).unwrap(), Compression::best());
    let inner = folder.join("inner.tar");
    tar(
        &inner,
        &[
            (b"pad.bin", EntryType::Regular, b"", &zeros),
            (b"e302_bank.rs", EntryType::Regular, b"", b"// late"),
        ],
    );
    gz.write_all(&fs::read(&inner).unwrap()).unwrap();
    gz.finish().unwrap();
    fs::write(class.join("broken.zip"), b"PK\x03\x04 no archive").unwrap();
    let taken = take_in(&folder, &class);
    assert_eq!(got(&taken, &folder, "pad"), "// fine");
    assert!(
        got(&taken, &folder, "stream").contains("far more than it is"),
        "{}",
        got(&taken, &folder, "stream")
    );
    assert!(got(&taken, &folder, "broken").contains("no zip archive"));
    let stored: u64 =
        fs::read_dir(folder.join("answers")).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    assert!(stored < 1 << 20, "{stored} bytes were stored");
}

#[test]
fn names_are_data() {
    let folder = folder("names");
    let class = folder.join("class");
    for name in ["=HYPERLINK(\"x\")", "ann, \"the\" one", "\u{202e}nna", "-rf", "..a", "A", "a"] {
        fs::create_dir_all(class.join(name)).unwrap();
        fs::write(class.join(name).join("e302_bank.rs"), "// fine").unwrap();
    }
    let taken = take_in(&folder, &class);
    let mut ids: Vec<String> = taken.students.iter().map(|student| student.id.to_lowercase()).collect();
    assert_eq!(ids.len(), 7);
    assert!(
        ids.iter().all(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || "._-~".contains(c))),
        "{ids:?}"
    );
    ids.dedup();
    assert_eq!(ids.len(), 7, "two students share a file name where letters' case does not count");
    let same: Vec<PathBuf> =
        fs::read_dir(folder.join("answers")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(same.len(), 1, "the same content is kept once");
}
