//! `grade __box`: the program that builds a box around itself and then becomes what runs in it.
//!
//! Three processes: the outer one, which the grader sees and can end; the first one inside, which ends with the outer
//! one, collects orphans and takes everything else with it when it ends; and the boxed one. It is started afresh by
//! the grader and has one thread, so that forking is safe.
use super::spec::{Calls, Proc, Spec};
use super::{bwrap, mounts, seccomp};
use anyhow::{Context, Result, bail};
use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Gid, Pid, Uid, fork, getpid, setgroups, sethostname, setresgid, setresuid};
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// What the box ends with when it could not be built: nothing was judged then.
pub const NOT_BUILT: i32 = 125;

/// Where the numbers of users begin that no account has; each box gets one of its own, so that limits per user are
/// limits per box.
const FIRST_USER: u32 = 1_900_000_000;

/// The user inside, where a namespace of users translates.
const INSIDE_USER: u32 = 65_534;

/// Builds the box that the arguments describe and runs what belongs into it.
pub fn main(words: &[OsString]) -> ExitCode {
    let code = match enter(words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("grade box: {error:#}");
            NOT_BUILT
        }
    };
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

fn enter(words: &[OsString]) -> Result<i32> {
    let [backend, parent, spec] = words else { bail!("three arguments are needed") };
    let spec: Spec = serde_json::from_str(spec.to_str().context("the description is not UTF-8")?)?;
    end_with_parent(parent.to_str().and_then(|text| text.parse().ok()).context("no parent")?)?;
    for group in &spec.cgroups {
        let procs = group.join("cgroup.procs");
        fs::write(&procs, getpid().to_string())
            .with_context(|| format!("cannot enter {}", procs.display()))?;
    }
    match backend.to_str() {
        Some("native") => native(&spec),
        Some("bwrap") => {
            let mut command = bwrap::command(&spec)?;
            if Uid::effective().is_root() && spec.calls == Calls::Program {
                // All it needs is open already.
                become_user(own_user())?;
            }
            // bubblewrap itself writes the files that it puts into the box; nothing is writable there.
            let mut limited = spec.clone();
            limited.limits.file_bytes = limited.limits.file_bytes.max(64 << 20);
            limit(&limited)?;
            Err(command.exec()).context("cannot start bwrap")
        }
        Some("none") => {
            limit(&spec)?;
            Err(plain(&spec).exec()).context("cannot start the program")
        }
        _ => bail!("no such backend"),
    }
}

/// Ends this process when the grader's thread that started it ends; that thread waits for it, so only the grader's
/// own end comes first.
fn end_with_parent(parent: i32) -> Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if parent != 0 && nix::unistd::getppid() != Pid::from_raw(parent) {
        bail!("the grader is gone");
    }
    Ok(())
}

fn native(spec: &Spec) -> Result<i32> {
    let outer_user = Uid::effective();
    let root = outer_user.is_root();
    let mut spaces = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    if !root {
        spaces |= CloneFlags::CLONE_NEWUSER;
    }
    let outer_group = Gid::effective();
    unshare(spaces).context("cannot make namespaces (see `cargo xtask grade doctor`)")?;
    if !root {
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{INSIDE_USER} {outer_user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{INSIDE_USER} {outer_group} 1"))?;
    }
    let user = root.then(own_user);
    match split()? {
        ForkResult::Parent { child } => status_of(child),
        ForkResult::Child => first_inside(spec, user),
    }
}

#[expect(unsafe_code, reason = "the first process of a namespace can only come from a fork")]
fn split() -> Result<ForkResult> {
    // SAFETY: this program was started for the box and has only this one thread, so nothing can be held half-way.
    unsafe { fork() }.context("cannot fork")
}

/// The first process inside: builds the rest, starts the program and waits for all that is left.
fn first_inside(spec: &Spec, user: Option<u32>) -> Result<i32> {
    // Its parent has one thread and waits for it.
    end_with_parent(0)?;
    sethostname("box")?;
    mounts::build(spec, user)?;
    let program = match split()? {
        ForkResult::Child => return become_program(spec, user),
        ForkResult::Parent { child } => child,
    };
    loop {
        // Orphans of the program come here as well.
        match waitpid(None::<Pid>, None) {
            Ok(WaitStatus::Exited(pid, code)) if pid == program => return Ok(code),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == program => return Ok(128 + signal as i32),
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => bail!("the program is lost: {error}"),
        }
    }
}

fn become_program(spec: &Spec, user: Option<u32>) -> Result<i32> {
    // It ends with the first process inside because the kernel ends the namespace then.
    if let Some(user) = user {
        become_user(user)?;
    }
    limit(spec)?;
    // Privileges end here: the program's user has none, and none can be gained by starting another program.
    prctl::set_no_new_privs()?;
    seal(spec)?;
    for program in seccomp::programs(spec.calls)? {
        seccompiler::apply_filter(&program).context("cannot filter system calls")?;
    }
    Err(plain(spec).exec()).with_context(|| format!("cannot start {}", spec.command[0]))
}

/// A user of its own for each box; this process's number is unique as long as it lives.
fn own_user() -> u32 {
    FIRST_USER + getpid().as_raw().cast_unsigned() % 4_000_000
}

fn become_user(user: u32) -> Result<()> {
    setgroups(&[]).context("cannot leave the groups")?;
    setresgid(Gid::from_raw(user), Gid::from_raw(user), Gid::from_raw(user))?;
    setresuid(Uid::from_raw(user), Uid::from_raw(user), Uid::from_raw(user))?;
    // Changing the user takes this back.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    Ok(())
}

fn plain(spec: &Spec) -> Command {
    let mut command = Command::new(&spec.command[0]);
    command.args(&spec.command[1..]).env_clear().envs(spec.env.iter().map(|(name, value)| (name, value)));
    command
}

/// Limits of each process, which hold whatever the host allows besides.
fn limit(spec: &Spec) -> Result<()> {
    let limits = &spec.limits;
    let set = |what: Resource, most: u64| {
        setrlimit(what, most, most).with_context(|| format!("cannot limit {what:?} to {most}"))
    };
    set(Resource::RLIMIT_CORE, 0)?;
    // The signal that asks can be caught, the one a second later cannot.
    setrlimit(Resource::RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)?;
    set(Resource::RLIMIT_FSIZE, limits.file_bytes)?;
    set(Resource::RLIMIT_NOFILE, 256)?;
    set(Resource::RLIMIT_MEMLOCK, 0)?;
    set(Resource::RLIMIT_MSGQUEUE, 0)?;
    // Address space would be the wrong measure: 64 idle threads reserve a gigabyte and use nine megabytes. Data that
    // is written to includes whole stacks, so this is only the outermost bound; what is really used is watched.
    set(Resource::RLIMIT_DATA, limits.memory_bytes.saturating_mul(3))?;
    // Where a group counts the tasks it also tells that there were too many: it shall be met first.
    let more = if spec.cgroups.is_empty() { 0 } else { 32 };
    set(Resource::RLIMIT_NPROC, limits.tasks + more)
}

/// What may be opened, decided by the kernel whatever the mounts say.
fn seal(spec: &Spec) -> Result<()> {
    let abi = ABI::V6;
    let all = AccessFs::from_all(abi);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .scope(Scope::from_all(abi))?
        .create()?;
    let mut allow = |path: &str, access: BitFlags<AccessFs>| -> Result<()> {
        let fd = PathFd::new(path).with_context(|| path.to_owned())?;
        (&mut ruleset).add_rule(PathBeneath::new(fd, access))?;
        Ok(())
    };
    let read = AccessFs::from_read(abi);
    match spec.proc {
        Proc::Own => allow("/", read)?,
        Proc::Names | Proc::Status => {
            for mount in &spec.mounts {
                let file = !fs::metadata(&mount.to).with_context(|| mount.to.clone())?.is_dir();
                allow(&mount.to, if file { read & AccessFs::from_file(abi) } else { read })?;
            }
            // Its names may be listed; what is in it may be opened only where the program is hidden from its user.
            let contents: BitFlags<AccessFs> = AccessFs::ReadDir | AccessFs::ReadFile;
            let names = AccessFs::ReadDir.into();
            allow("/proc", if spec.proc == Proc::Status { contents } else { names })?;
        }
    }
    if let Some((_, to)) = &spec.writable {
        allow(to, all)?;
    }
    if spec.calls == Calls::Tool || spec.starts_programs {
        allow("/dev/null", AccessFs::ReadFile | AccessFs::WriteFile)?;
    }
    let status = ruleset.restrict_self()?;
    let open = status.ruleset == RulesetStatus::NotEnforced || spec.proc == Proc::Status;
    if open && !spec.trusted && File::open(&spec.command[0]).is_ok() {
        // A program that its user may not read is not readable through `/proc` either.
        bail!(
            "nothing closes `/proc` here, and the program's file can be read: its memory would be open to it"
        );
    }
    Ok(())
}

fn status_of(child: Pid) -> Result<i32> {
    loop {
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(code),
            Ok(WaitStatus::Signaled(_, signal, _)) => return Ok(128 + signal as i32),
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => bail!("the box is lost: {error}"),
        }
    }
}
