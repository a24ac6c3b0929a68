//! From an answer's text to a program, by calls of the compiler in boxes: cargo never sees a submission.
use crate::bundle::Task;
use crate::memory;
use crate::sandbox::Sandbox;
use crate::sandbox::spec::{Calls, Limits, Mount, Proc, Spec};
use crate::sandbox::watch::{self, Alone, Ended};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use xtask::diagnostics::{self, Diagnostic};
use xtask::workspace::Workspace;

/// The compiler that everything is built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// Its folder.
    pub sysroot: PathBuf,
    /// What it says of itself.
    pub version: String,
}

impl Toolchain {
    /// The one that the course uses, by its absolute path: a submission cannot choose another.
    pub fn find(workspace: &Workspace) -> Result<Toolchain> {
        let say = |words: &[&str]| -> Result<String> {
            let finished = xtask::process::capture(workspace.rustc().args(words))?;
            if !finished.status.success() {
                bail!("rustc {words:?} ended with {}: {}", finished.status, finished.stderr.trim());
            }
            Ok(finished.stdout.trim().to_owned())
        };
        Ok(Toolchain { sysroot: say(&["--print", "sysroot"])?.into(), version: say(&["-vV"])? })
    }
}

/// What became of a call of the compiler.
#[derive(Debug)]
pub enum Built {
    /// It was compiled.
    Done,
    /// It was refused, with at least one error.
    Refused(Vec<Diagnostic>),
    /// The compiler could not finish within its limits.
    Limit(Ended),
}

/// A folder for one answer, gone when this is dropped.
#[derive(Debug)]
pub struct Bench {
    /// Where it is.
    pub folder: PathBuf,
}

impl Bench {
    /// A new one below `parent`, for this user only.
    pub fn new(parent: &Path) -> Result<Bench> {
        let folder = parent.join("benches").join(random_name()?);
        fs::create_dir_all(folder.join("out"))
            .with_context(|| format!("cannot make {}", folder.display()))?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        Ok(Bench { folder })
    }

    /// What the compiler writes.
    pub fn out(&self) -> PathBuf {
        self.folder.join("out")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // What is left is cleared with the next start.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// 32 hexadecimal digits that nobody can guess.
pub fn random_name() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).context("/dev/urandom")?;
    Ok(crate::bundle::hex(&bytes))
}

/// Compiles the answer that lies at `answer` into `libexercise.rlib`, seeing nothing but itself and the prepared crates.
pub fn answer(
    sandbox: &Sandbox,
    toolchain: &Toolchain,
    task: &Task,
    answer: &Path,
    bench: &Bench,
) -> Result<Built> {
    let inside = task.answer_inside();
    let root = bench.folder.join("root.rs");
    fs::write(
        &root,
        format!(
            "//! What makes a crate of an answer; generated.\n\
             extern crate interleave as std;\n\
             #[path = {:?}]\n\
             mod answer;\n\
             pub use answer::*;\n",
            inside.trim_start_matches('/')
        ),
    )?;
    let mut spec = compiler(toolchain, task, bench, false);
    spec.mounts.push(Mount::new(answer, inside));
    spec.mounts.push(Mount::new(root, "/root.rs"));
    spec.command.extend(
        [
            "--crate-name=exercise",
            "--crate-type=rlib",
            "--emit=link",
            // Not an answer's to lift: `forbid` on the command line stands above every attribute.
            "-Funsafe_code",
            "-Flong_running_const_eval",
            "-Ccodegen-units=1",
            "root.rs",
        ]
        .map(str::to_owned),
    );
    run(sandbox, &spec)
}

/// Compiles the judge `name` of the folder `judges` and links it with the answer, into the program `name`.
///
/// `remembers`: with the incremental cache in the folder `memory` below the output.
pub fn judge(
    sandbox: &Sandbox,
    toolchain: &Toolchain,
    task: &Task,
    judges: &Path,
    name: &str,
    bench: &Bench,
    remembers: bool,
) -> Result<Built> {
    let mut spec = compiler(toolchain, task, bench, true);
    let tests = format!("/{}/tests", task.folder);
    spec.mounts.push(Mount::new(judges, &tests));
    spec.mounts.push(Mount::new(&task.sources, format!("/{}/src", task.folder)));
    spec.command.extend([
        format!("--crate-name={name}"),
        "--crate-type=bin".to_owned(),
        "--emit=link".to_owned(),
        "--cfg=exercise_crate".to_owned(),
        "-Awarnings".to_owned(),
        "--extern=exercise=/out/libexercise.rlib".to_owned(),
        format!("{}/{name}.rs", &tests[1..]),
    ]);
    // One unit is cheapest to make; with a memory, the more units the less must be made again.
    spec.command.push(if remembers {
        format!("-Cincremental=/out/{}", memory::NAME)
    } else {
        "-Ccodegen-units=1".to_owned()
    });
    spec.env.push(("CARGO_MANIFEST_DIR".to_owned(), format!("/{}", task.folder)));
    spec.env.push(("CARGO_PKG_NAME".to_owned(), task.lesson.clone()));
    run(sandbox, &spec)
}

/// A box with the compiler and the prepared crates.
///
/// An answer cannot name the judge: it has nothing to say to it.
fn compiler(toolchain: &Toolchain, task: &Task, bench: &Bench, names_judge: bool) -> Spec {
    let mut mounts = vec![Mount::new(&toolchain.sysroot, "/toolchain"), Mount::new("/usr", "/usr")];
    for folder in ["/bin", "/lib", "/lib64", "/etc/alternatives"] {
        let is_link = fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_symlink());
        if !is_link && Path::new(folder).is_dir() {
            mounts.push(Mount::new(folder, folder));
        }
    }
    let mut command: Vec<String> = [
        "/toolchain/bin/rustc",
        "--edition=2024",
        "-Cdebuginfo=0",
        "-Cstrip=debuginfo",
        // One file that needs no library: the run box holds nothing else.
        "-Ctarget-feature=+crt-static",
        "--error-format=json",
        "--json=diagnostic-rendered-ansi",
        "--out-dir=/out",
    ]
    .map(str::to_owned)
    .into();
    for (at, folder) in task.search.iter().enumerate() {
        mounts.push(Mount::new(folder, format!("/crates/{at}")));
        command.push(format!("-Ldependency=/crates/{at}"));
    }
    for (name, path) in task.externs.iter().filter(|(name, _)| names_judge || name != "judge") {
        let file = path.file_name().unwrap_or_default();
        // A library lies in one of the folders, or its copy for people beside them; then it comes along by itself.
        let place = task.search.iter().position(|folder| path.parent() == Some(folder));
        let inside = match place {
            Some(at) => format!("/crates/{at}/{}", file.display()),
            None => {
                let inside = format!("/crates/named/{}", file.display());
                mounts.push(Mount::new(path, &inside));
                inside
            }
        };
        command.push(format!("--extern={name}={inside}"));
    }
    let env = [("PATH", "/toolchain/bin:/usr/bin:/bin"), ("TMPDIR", "/out"), ("LANG", "C")];
    Spec {
        purpose: if names_judge { "judge's compiler" } else { "answer's compiler" },
        mounts,
        writable: Some((bench.out(), "/out".to_owned())),
        proc: Proc::Own,
        starts_programs: true,
        trusted: true,
        command,
        env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        calls: Calls::Tool,
        limits: Limits::COMPILE,
        cgroups: Vec::new(),
    }
}

/// Looks around with a shell where an answer is compiled.
pub fn look(
    sandbox: &Sandbox,
    toolchain: &Toolchain,
    task: &Task,
    bench: &Bench,
    script: &str,
) -> Result<Ended> {
    let mut spec = compiler(toolchain, task, bench, false);
    spec.command = ["/usr/bin/sh", "-c", script].map(str::to_owned).into();
    watch::run(sandbox, &spec, Stdio::null(), MESSAGES, &mut Alone)
}

/// How much of the compiler's messages is read: an answer can make it say a hundred megabytes.
const MESSAGES: usize = 2 << 20;

fn run(sandbox: &Sandbox, spec: &Spec) -> Result<Built> {
    let ended = watch::run(sandbox, spec, Stdio::null(), MESSAGES, &mut Alone)?;
    if ended.stopped.is_some() {
        // Too many messages are errors all the same, and the first of them were read.
        let errors = diagnostics::errors(&ended.stderr);
        return Ok(if ended.stopped == Some(watch::Stopped::Output) && !errors.is_empty() {
            Built::Refused(errors)
        } else {
            Built::Limit(ended)
        });
    }
    if ended.code == 0 {
        return Ok(Built::Done);
    }
    let errors = diagnostics::errors(&ended.stderr);
    if !errors.is_empty() {
        return Ok(Built::Refused(errors));
    }
    // A thread that it could not start: without control groups, other boxes of this user count as well.
    if ended.stderr.contains("Resource temporarily unavailable") {
        bail!("the compiler could not start a thread: this user has too many");
    }
    // The compiler itself broke: a stack that overflowed, memory that it did not get.
    if ended.signal().is_some() || ended.code == 101 {
        return Ok(Built::Limit(ended));
    }
    bail!("rustc ended with code {} and no error message: {}", ended.code, ended.stderr.trim())
}
