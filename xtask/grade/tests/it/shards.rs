//! Shards, by hand, by GNU parallel and by Slurm: merged they are one run.
use crate::class::verdicts;
use crate::scratch::{class, folder, grade, handful, installed, root, run, said, until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A class and what a single run says of it.
fn one_run(name: &str) -> (PathBuf, PathBuf, PathBuf) {
    let folder = folder(name);
    let handful = handful();
    let students: Vec<(&str, &str)> = handful.iter().map(|(who, text, _)| (*who, text.as_str())).collect();
    let class = class(&folder, &students);
    let whole = folder.join("whole");
    let words = ["run", class.to_str().unwrap(), "--only", "302", "--out", whole.to_str().unwrap()];
    let (output, code) = run(&mut grade(&words));
    assert_eq!(code, 0, "{}", said(&output));
    (folder, class, whole)
}

/// Merges twice; the reports must be those of the single run.
fn merged_is_whole(parts: &Path, whole: &Path) {
    for _ in 0..2 {
        let (output, code) = run(&mut grade(&["merge", "--only", "302", "--out", parts.to_str().unwrap()]));
        assert_eq!(code, 0, "{}", said(&output));
        for name in ["gradebook.csv", "junit.xml", "results/cy/e302_bank.json", "staff/index.html"] {
            assert_eq!(fs::read(parts.join(name)).unwrap(), fs::read(whole.join(name)).unwrap(), "{name}");
        }
    }
    assert_eq!(verdicts(parts), verdicts(whole));
}

#[test]
fn shards_by_gnu_parallel() {
    if !installed("parallel") {
        eprintln!("SKIPPED: GNU parallel is not installed");
        return;
    }
    let (folder, class, whole) = one_run("parallel");
    let parts = folder.join("parts");
    let mut command = Command::new("parallel");
    command.args(["--will-cite", "-j2", "--joblog"]).arg(folder.join("joblog")).args([
        "--resume",
        "--halt",
        "now,fail=1",
    ]);
    command.arg(env!("CARGO_BIN_EXE_grade")).args([
        "run",
        class.to_str().unwrap(),
        "--only",
        "302",
        "--jobs",
        "1",
    ]);
    command
        .args(["--out", parts.to_str().unwrap(), "--shard", "{}/3", ":::", "0", "1", "2"])
        .current_dir(root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    merged_is_whole(&parts, &whole);
}

/// A Slurm of one node, on loopback, of this test alone.
struct Slurm {
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Slurm {
    fn start(folder: PathBuf) -> Result<Slurm, String> {
        for program in ["slurmctld", "slurmd", "munged", "sbatch", "squeue"] {
            if !installed(program) && !Path::new("/usr/sbin").join(program).is_file() {
                return Err(format!("{program} is not installed"));
            }
        }
        if !nix::unistd::Uid::effective().is_root() {
            return Err("Slurm's daemons need root here".to_owned());
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
        let f = folder.display();
        for name in ["spool", "state"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        fs::write(
            folder.join("slurm.conf"),
            format!(
                "ClusterName=grade\nSlurmctldHost={host}(127.0.0.1)\nSlurmUser=root\nAuthType=auth/munge\n\
                 AuthInfo=socket={f}/munge.socket\nCredType=cred/munge\nMpiDefault=none\nProctrackType=proctrack/linuxproc\n\
                 TaskPlugin=task/none\nSelectType=select/cons_tres\nSelectTypeParameters=CR_Core\nReturnToService=2\n\
                 SlurmctldPort=36817\nSlurmdPort=36818\nSlurmctldPidFile={f}/ctld.pid\nSlurmdPidFile={f}/d.pid\n\
                 SlurmdSpoolDir={f}/spool\nStateSaveLocation={f}/state\nSlurmctldLogFile={f}/ctld.log\n\
                 SlurmdLogFile={f}/d.log\nAccountingStorageType=accounting_storage/none\nJobAcctGatherType=jobacct_gather/none\n\
                 NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN\n\
                 PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP\n"
            ),
        )
        .unwrap();
        let key = folder.join("munge.key");
        fs::write(&key, fs::read("/proc/sys/kernel/random/uuid").unwrap().repeat(4)).unwrap();
        fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let mut slurm = Slurm { folder: folder.clone(), daemons: Vec::new() };
        let munged = [
            "--foreground".to_owned(),
            "--force".to_owned(),
            format!("--key-file={}", key.display()),
            format!("--socket={f}/munge.socket"),
            format!("--pid-file={f}/munge.pid"),
            format!("--log-file={f}/munge.log"),
            format!("--seed-file={f}/munge.seed"),
        ];
        slurm.daemon("munged", &munged);
        until("munged", || folder.join("munge.socket").exists());
        slurm.daemon("slurmctld", &["-D".to_owned()]);
        slurm.daemon("slurmd", &["-D".to_owned()]);
        let mut up = false;
        for _ in 0..300 {
            let output = slurm.client("sinfo").args(["-h", "-o", "%T"]).output().unwrap();
            up = String::from_utf8_lossy(&output.stdout).trim() == "idle";
            if up {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let log = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        if up {
            Ok(slurm)
        } else {
            Err(format!("Slurm does not come up here: {}{}", log("ctld.log"), log("d.log")))
        }
    }

    fn daemon(&mut self, name: &str, words: &[String]) {
        let path = Path::new("/usr/sbin").join(name);
        let log = fs::File::create(self.folder.join(format!("{name}.out"))).unwrap();
        let child = Command::new(path)
            .args(words)
            .env("SLURM_CONF", self.folder.join("slurm.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.daemons.push(child);
    }

    fn client(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("SLURM_CONF", self.folder.join("slurm.conf"));
        command
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

#[test]
fn shards_by_slurm() {
    let (folder, class, whole) = one_run("slurm");
    let slurm = match Slurm::start(folder.join("slurm")) {
        Ok(slurm) => slurm,
        Err(why) => {
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    let parts = folder.join("parts");
    fs::create_dir_all(&parts).unwrap();
    let script = folder.join("job.sh");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\n#SBATCH --array=1-2\n#SBATCH --requeue\n#SBATCH --ntasks=1\n#SBATCH --output={}/slurm-%a.log\n\
             cd {}\nexec {} run {} --only 302 --out {} --shard auto --jobs 1\n",
            folder.display(),
            root().display(),
            env!("CARGO_BIN_EXE_grade"),
            class.display(),
            parts.display()
        ),
    )
    .unwrap();
    let output = slurm.client("sbatch").arg("--wait").arg(&script).output().unwrap();
    let log = |n: u32| fs::read_to_string(folder.join(format!("slurm-{n}.log"))).unwrap_or_default();
    assert!(output.status.success(), "{}{}{}", said(&output), log(1), log(2));
    let journals = fs::read_dir(&parts).unwrap().flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.ends_with("-of-2.jsonl")
    });
    assert_eq!(journals.count(), 2, "a journal from each task of the array");
    merged_is_whole(&parts, &whole);
}
