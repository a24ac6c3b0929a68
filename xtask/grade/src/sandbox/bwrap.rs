//! The second backend: the same box built by bubblewrap, for hosts that allow it and as a check of the first.
use super::seccomp;
use super::spec::{Calls, Proc, Spec};
use anyhow::{Context, Result};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::IntoRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The call of bubblewrap that builds the box. It inherits open files, so this process must become it.
pub fn command(spec: &Spec) -> Result<Command> {
    let mut command = Command::new("bwrap");
    command.args(["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]);
    command.args(["--cap-drop", "ALL", "--hostname", "box", "--uid", "65534", "--gid", "65534"]);
    for mount in &spec.mounts {
        if spec.calls == Calls::Program && mount.from.is_file() {
            // Copied, so that the box's user need not reach it. A program that its user may not read is not readable
            // through `/proc` either: its memory stays closed to itself.
            let file = File::open(&mount.from).with_context(|| mount.from.display().to_string())?;
            let is_program = file.metadata()?.permissions().mode() & 0o111 != 0;
            let mode = match mount.to == spec.command[0] {
                true => "0111",
                false if is_program => "0555",
                false => "0444",
            };
            command.args(["--perms", mode, "--ro-bind-data"]);
            command.arg(pass_on(file)?.to_string()).arg(&mount.to);
        } else {
            command.arg("--ro-bind").arg(&mount.from).arg(&mount.to);
        }
    }
    if let Some((from, to)) = &spec.writable {
        command.arg("--bind").arg(from).arg(to);
    }
    command.args(["--proc", "/proc"]);
    if spec.proc == Proc::Own {
        for (link, target) in [("/bin", "usr/bin"), ("/lib", "usr/lib"), ("/lib64", "usr/lib64")] {
            if Path::new(link).exists() && !spec.mounts.iter().any(|mount| mount.to == link) {
                command.args(["--symlink", target, link]);
            }
        }
    }
    if spec.proc == Proc::Own || spec.starts_programs {
        command.args(["--dev-bind", "/dev/null", "/dev/null"]);
    }
    command.args(["--chdir", "/", "--remount-ro", "/"]);
    for (name, value) in &spec.env {
        command.args(["--setenv", name, value]);
    }
    for program in seccomp::programs(spec.calls)? {
        command.arg("--add-seccomp-fd").arg(inherited(&seccomp::bytes(&program))?.to_string());
    }
    command.arg("--").args(&spec.command);
    Ok(command)
}

/// An open file with these contents that the next program inherits, without a name anywhere.
fn inherited(bytes: &[u8]) -> Result<i32> {
    let path = std::env::temp_dir().join(format!("grade-seccomp-{}", std::process::id()));
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    file.write_all(bytes)?;
    file.seek(SeekFrom::Start(0))?;
    pass_on(file)
}

/// Lets the next program inherit an open file; its number there.
fn pass_on(file: File) -> Result<i32> {
    fcntl(&file, FcntlArg::F_SETFD(FdFlag::empty())).context("cannot pass on a file")?;
    Ok(file.into_raw_fd())
}
