//! The file system of a box: an empty one of bounded size, and in it what belongs there, read-only.
use super::spec::{Proc, Spec};
use anyhow::{Context, Result};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{Gid, Uid, chdir, chown, pivot_root};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// All that the box's own file system may hold: names, no contents.
const ROOT_SIZE: &str = "size=1m,nr_inodes=4096,mode=755";

/// The host's root while the box is built.
const HOST: &str = "/host";
/// The box's root while it is built.
const ROOT: &str = "/root";

/// Replaces this process's file system by the box's.
pub fn build(spec: &Spec, user: Option<u32>) -> Result<()> {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .context("cannot keep mounts private")?;
    // A place from which both the host and the box can be seen. What was below `/tmp` is seen through the host's root.
    mount(Some("tmpfs"), "/tmp", Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some(ROOT_SIZE))
        .context("cannot mount a tmpfs")?;
    fs::create_dir("/tmp/host")?;
    fs::create_dir("/tmp/root")?;
    pivot_root("/tmp", "/tmp/host").context("cannot change the root")?;
    chdir("/")?;
    mount(Some("tmpfs"), ROOT, Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some(ROOT_SIZE))
        .context("cannot mount the root")?;

    for item in &spec.mounts {
        bind(&item.from, &item.to, false)?;
    }
    if let Some((from, to)) = &spec.writable {
        if let Some(user) = user {
            chown(&on_host(from), Some(Uid::from_raw(user)), Some(Gid::from_raw(user)))?;
        }
        bind(from, to, true)?;
    }
    fs::create_dir_all(format!("{ROOT}/proc"))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), &*format!("{ROOT}/proc"), Some("proc"), flags, none).context("cannot mount /proc")?;
    if spec.proc == Proc::Own {
        // Compilers look for their tools by the names that systems have for them.
        for (link, target) in [("bin", "usr/bin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")] {
            if fs::symlink_metadata(format!("{ROOT}/{link}")).is_err() {
                symlink(target, format!("{ROOT}/{link}"))?;
            }
        }
    }
    if spec.proc == Proc::Own || spec.starts_programs {
        bind(Path::new("/dev/null"), "/dev/null", true)?;
    }

    pivot_root(ROOT, &*format!("{ROOT}/proc")).context("cannot enter the box")?;
    chdir("/")?;
    // The host's root lies over the box's `/proc` now, and goes.
    umount2("/proc", MntFlags::MNT_DETACH).context("cannot leave the host")?;
    let sealed =
        MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(none, "/", none, sealed, none).context("cannot seal the box")
}

fn on_host(path: &Path) -> PathBuf {
    Path::new(HOST).join(path.strip_prefix("/").unwrap_or(path))
}

/// Shows `from` of the host as `to`, for reading or also for writing.
fn bind(from: &Path, to: &str, writable: bool) -> Result<()> {
    let none = None::<&str>;
    // Links are followed here, among trusted files; below the host's root an absolute one would lead astray.
    let from = on_host(from);
    let to = format!("{ROOT}{to}");
    let context = || format!("cannot put {} into the box", from.display());
    if fs::metadata(&from).with_context(context)?.is_dir() {
        fs::create_dir_all(&to)?;
    } else {
        fs::create_dir_all(Path::new(&to).parent().unwrap_or(Path::new(ROOT)))?;
        File::create(&to)?;
    }
    mount(Some(&from), &*to, none, MsFlags::MS_BIND | MsFlags::MS_REC, none).with_context(context)?;
    let mut flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_NOSUID;
    if !writable {
        flags |= MsFlags::MS_RDONLY;
    }
    // What the host holds back stays held back: the kernel insists.
    let held = statvfs(&*to)?.flags();
    for (one, other) in [
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
        (FsFlags::ST_RDONLY, MsFlags::MS_RDONLY),
    ] {
        if held.contains(one) {
            flags |= other;
        }
    }
    mount(none, &*to, none, flags, none).with_context(context)
}
