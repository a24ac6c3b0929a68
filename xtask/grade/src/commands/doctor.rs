//! `grade doctor`: what this host can do.
use super::{Command, Exit};
use crate::sandbox::spec::{Calls, Limits, Mount, Proc, Spec};
use crate::sandbox::watch::{self, Alone};
use crate::sandbox::{Backend, Sandbox};
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use xtask::screen::Screen;

pub const COMMAND: Command = Command {
    name: "doctor",
    takes: "",
    summary: "Say what this host can do: backends, limits, tools",
    help: "\
Builds a box with each backend and looks at it from inside. Grading takes the first that works.

Example: cargo xtask grade doctor
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    super::parse("doctor", raw, &[], &[], 0)?;
    let mut good = false;
    let user = nix::unistd::Uid::effective();
    println!(
        "user             {}",
        if user.is_root() { "root".to_owned() } else { format!("{user}, an ordinary user") }
    );
    for backend in [Backend::Native, Backend::Bwrap] {
        let sandbox = Sandbox::new(backend);
        let name = format!("backend {backend}");
        match trial(&sandbox) {
            Ok(()) => {
                good = true;
                println!("{name:<15}  works");
            }
            Err(error) => told(&format!("{name:<15}  does not work: {error:#}")),
        }
    }
    let sandbox = Sandbox::new(Backend::Native);
    println!("limits           {}", sandbox.groups.name());
    println!(
        "landlock         {}",
        if sandbox.landlock { "yes" } else { "no: programs are made unreadable instead" }
    );
    for (tool, what) in [("sbatch", "Slurm's arrays"), ("parallel", "GNU parallel's shards")] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|path| path.is_file());
        let place =
            found.map_or(format!("not here; only {what} would need it"), |path| path.display().to_string());
        told(&format!("{tool:<15}  {place}"));
    }
    println!();
    if good {
        told("ready: `cargo xtask grade run SUBMISSIONS` grades in boxes");
        return Ok(Exit::Fine);
    }
    told(
        "not ready: an ordinary user needs user namespaces (sysctl kernel.unprivileged_userns_clone=1, \
         kernel.apparmor_restrict_unprivileged_userns=0), or run as root, or install bubblewrap. \
         `--allow-weak` grades without boxes: only for submissions that you trust.",
    );
    Ok(Exit::Configuration)
}

/// Prints a line; what is too wide for the terminal goes on below its second column.
fn told(line: &str) {
    print!("{}", Screen::stdout().fitted(&format!("{line}\n")));
}

/// Builds a box with a shell in it and has a look around there.
///
/// # Errors
/// The box cannot be built, or is not as tight as it must be.
pub fn trial(sandbox: &Sandbox) -> Result<()> {
    let mut mounts = vec![Mount::new("/usr", "/usr")];
    for folder in ["/bin", "/lib", "/lib64"] {
        let is_link = fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_symlink());
        if !is_link && Path::new(folder).is_dir() {
            mounts.push(Mount::new(folder, folder));
        }
    }
    let script = "\
        [ \"$(id -u)\" != 0 ] || [ ! -w /usr ] || echo 'the user is root'
        [ -z \"$(ls -A /home /root /etc /tmp 2>/dev/null)\" ] || echo 'the host can be seen'
        (echo > /made) 2>/dev/null && echo 'the root can be written to'
        (echo > /usr/made) 2>/dev/null && echo 'the host can be written to'
        [ \"$(ls /sys/class/net 2>/dev/null)\" = '' ] || echo 'the network can be seen'
        [ $(ls -d /proc/[0-9]* | wc -l) -lt 8 ] || echo 'other processes can be seen'
        unshare -U true 2>/dev/null && echo 'namespaces can be made'
        echo looked";
    let spec = Spec {
        purpose: "trial",
        mounts,
        writable: None,
        proc: Proc::Own,
        starts_programs: true,
        trusted: true,
        command: ["/usr/bin/sh", "-c", script].map(str::to_owned).into(),
        env: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
        calls: Calls::Tool,
        limits: Limits { cpu_s: 10, wall_s: 30, ..Limits::COMPILE },
        cgroups: Vec::new(),
    };
    let ended = watch::run(sandbox, &spec, Stdio::null(), 4096, &mut Alone)?;
    if sandbox.backend == Backend::None {
        return Ok(());
    }
    match ended.stdout.trim() {
        "looked" => Ok(()),
        said => bail!("the box is not tight: {said} {} (code {})", ended.stderr.trim(), ended.code),
    }
}
