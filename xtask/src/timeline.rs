//! The real timeline of a demo: what its threads did, drawn from a run on real threads.
//!
//! Demos use the real `std`. For a timeline the same text is compiled once more, with the course's `std` in its place,
//! which outside a check is the real one and can tell what it does.
use crate::exit::usage;
use crate::lessons::{Demo, Lesson};
use crate::workspace::Workspace;
use crate::{compile, files, interrupt};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Of each thread so much is drawn; a demo that counts to a million would fill a library.
const EVENTS_OF_A_THREAD: usize = 40;

/// Tells the program where to put the page.
const PAGE: &str = "INTERLEAVE_TIMELINE";

/// Runs a demo and draws what its threads did into `page`.
pub fn draw(
    workspace: &Workspace,
    lesson: &Lesson,
    demo: &Demo,
    page: &Path,
    args: &[OsString],
) -> Result<ExitStatus> {
    let bin = lesson.folder.join("src/bin");
    let path = bin.join(&demo.id).with_extension("rs");
    let Some(text) = files::read_if_there(&path)? else {
        return usage(format!("{} has several files; a timeline is drawn of demos with one", demo.id));
    };
    let folder = workspace.cache().join(&lesson.name).join("timelines");
    let source = folder.join(&demo.id).with_extension("rs");
    // What is there of an older run must not pass for the page of this one.
    if let Err(error) = std::fs::remove_file(page)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error).with_context(|| format!("cannot replace {}", page.display()));
    }
    files::replace(&source, recorded(&text)?)?;
    let program = compile::program(workspace, lesson, &source, &folder, &workspace.short(&bin))?;
    let mut command = Command::new(program);
    command.current_dir(&workspace.root).args(args).env(PAGE, page);
    let status = interrupt::in_foreground(&mut command)?;
    if !page.is_file() {
        bail!("{} ended with {status} before its timeline could be drawn", demo.id);
    }
    Ok(status)
}

/// The demo with its `std` exchanged and its `main` recorded. All is put behind the text, so that its lines keep their
/// numbers.
fn recorded(text: &str) -> Result<String> {
    let (before, after) = text
        .split_once("\nfn main()")
        .context("a demo has a line that begins with `fn main()`; there is none to record")?;
    Ok(format!(
        "{before}\nfn recorded_main(){after}\n\
         extern crate interleave as std;\n\
         fn main() -> impl std::process::Termination {{\n    \
             let (result, recording) = interleave::record_at_most({EVENTS_OF_A_THREAD}, recorded_main);\n    \
             let page = std::env::var_os({PAGE:?}).expect(\"the runner says where\");\n    \
             std::fs::write(page, recording.story().html()).expect(\"the page can be written\");\n    \
             result\n\
         }}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::recorded;

    #[test]
    fn lines_keep_their_numbers() {
        let demo = "//! What it is.\nuse std::thread;\n\nfn main() {\n    thread::yield_now();\n}\n";
        let text = recorded(demo).unwrap();
        for (index, line) in demo.lines().enumerate() {
            let same = text.lines().nth(index).unwrap().replace("recorded_main", "main");
            assert_eq!(same, line);
        }
        assert!(text.contains("extern crate interleave as std;"));
        assert!(recorded("//! Nothing to run.\n").is_err());
    }
}
