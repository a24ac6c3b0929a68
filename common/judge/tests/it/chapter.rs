//! The check of a chapter's transcripts, on a package made for the purpose.
use judge::chapter::{check_every_demo_shown, check_transcripts};
use std::fs;
use std::os::unix::fs::symlink;
use std::panic;
use std::path::PathBuf;

/// What stands behind every demo here.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/demo.sh");

/// A package directory with a chapter and demos; removed when it is dropped.
///
/// Its demos need no building: they are links to one script, where cargo would have put the programs.
struct Package(PathBuf);

impl Package {
    fn new(name: &str, readme: &str, demos: &[&str]) -> Self {
        let root = std::env::temp_dir().join(format!("judge-it-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("src/bin")).unwrap();
        fs::write(root.join("README.md"), readme).unwrap();
        for name in demos {
            fs::write(root.join(format!("src/bin/{name}.rs")), "").unwrap();
            // A run that was stopped may have left one behind.
            let _ = fs::remove_file(program_dir().join(name));
            symlink(SCRIPT, program_dir().join(name)).unwrap();
        }
        Package(root)
    }

    /// What the check complains about; empty when it does not.
    fn complaint(&self) -> String {
        let dir = self.0.to_str().unwrap().to_string();
        let complaint = panic::catch_unwind(|| check_transcripts(&dir)).err();
        complaint.map_or(String::new(), |payload| payload.downcast_ref::<String>().unwrap().clone())
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        for demo in fs::read_dir(self.0.join("src/bin")).unwrap() {
            let _ = fs::remove_file(program_dir().join(demo.unwrap().path().file_stem().unwrap()));
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Where cargo puts programs: above the directory of this test.
fn program_dir() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf()
}

/// A chapter's block with this info string and these lines.
fn block(info: &str, lines: &[&str]) -> String {
    format!("# A chapter\n\n```{info}\n{}\n```\n", lines.join("\n"))
}

#[test]
fn a_true_chapter_passes() {
    let one = r"$ cargo run -q -p x --bin d991_true -- hello\ntook-12-ms\nx\ny\nend";
    let readme = block("console", &[one, "hello", "took-[..]-ms", "...", "end"])
        + &block(
            "console,any-order",
            &[r"$ WHO=me cargo run -q -p x --bin d992_env -- b\na", "me", "a", "b"],
        )
        + &block("console,fails", &["$ cargo run -q -p x --bin d993_fails -- a 101 error", "a", "error"]);
    assert_eq!(Package::new("true", &readme, &["d991_true", "d992_env", "d993_fails"]).complaint(), "");
}

#[test]
fn a_difference_is_shown_with_its_line_and_the_command() {
    let command = r"$ cargo run -q -p x --bin d994_differs -- one\n2\nthree";
    let readme = block("console", &[command, "one", "two", "three"]);
    let wanted = r"the chapter and its demos differ

README.md line 4: the demo prints something else (- README, + demo)
    one
  - two
  + 2
    three
  to see it: cargo run -q -p x --bin d994_differs -- one\n2\nthree";
    assert_eq!(Package::new("differs", &readme, &["d994_differs"]).complaint(), wanted);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let readme = block("console", &["$ cargo run -q -p x --bin d995_fails -- x 3", "x"])
        + &block("console,fails", &["$ cargo run -q -p x --bin d996_does_not -- x", "x"])
        + &block("console", &["$ cargo run --bin d997_no_package", "x"]);
    let demos = ["d995_fails", "d996_does_not", "d997_no_package"];
    let complaint = Package::new("all", &readme, &demos).complaint();
    for part in [
        "src/bin/d997_no_package.rs is in no transcript of README.md",
        "README.md line 4: the exit code is not 0, should be 0 (a demo that is meant to fail: ```console,fails)",
        "README.md line 10: the exit code is 0, should be another",
        "README.md line 16: `cargo run --bin d997_no_package` lacks a package or a program",
    ] {
        assert!(complaint.contains(part), "no `{part}` in\n{complaint}");
    }
}

#[test]
fn a_demo_that_is_not_shown_is_told() {
    let package = Package::new("shown", "# Nothing\n", &["d998_hidden"]);
    let dir = package.0.to_str().unwrap().to_string();
    let complaint = panic::catch_unwind(|| check_every_demo_shown(&dir)).unwrap_err();
    let complaint = complaint.downcast_ref::<String>().unwrap();
    assert!(complaint.contains("src/bin/d998_hidden.rs is in no transcript"), "{complaint}");
}
