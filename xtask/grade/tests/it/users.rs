//! The grader as an ordinary user, from a folder that was prepared by another.
use crate::scratch::{bank, class, folder, grade, run, said};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// A user who owns nothing.
const NOBODY: u32 = 65_534;

#[test]
fn an_ordinary_user_grades_from_a_prepared_folder() {
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!(
            "SKIPPED: only root can become somebody else; the other tests are an ordinary user's already"
        );
        return;
    }
    // Where everybody may read.
    let place = std::env::temp_dir().join(format!("grade-users-{}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    let prepared = place.join("prepared");
    let (output, code) = run(&mut grade(&["prepare", "--only", "302", "--to", prepared.to_str().unwrap()]));
    assert_eq!(code, 0, "{}", said(&output));
    let own = folder("users");
    let class = class(
        &own,
        &[("ann", &bank("solutions/e302_bank.rs")), ("ben", &bank("wrong/e302_bank/higher_first.rs"))],
    );
    let copied = place.join("class");
    let copy = Command::new("cp").arg("-r").arg(&class).arg(&copied).status().unwrap();
    assert!(copy.success());
    let home = place.join("home");
    fs::create_dir_all(&home).unwrap();
    nix::unistd::chown(&home, Some(NOBODY.into()), Some(NOBODY.into())).unwrap();
    for backend in ["native", "bwrap"] {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(prepared.join("grade"));
        command.args([
            "run",
            copied.to_str().unwrap(),
            "--prepared",
            prepared.to_str().unwrap(),
            "--only",
            "302",
        ]);
        command
            .args(["--backend", backend, "--out"])
            .arg(home.join(backend))
            .current_dir(&home)
            .env("HOME", &home);
        let (output, code) = run(&mut command);
        assert_eq!(code, 0, "{backend}: {}", said(&output));
        let verdicts = crate::class::verdicts(&home.join(backend));
        assert_eq!((verdicts["ann"].as_str(), verdicts["ben"].as_str()), ("PASS", "DEADLOCK"), "{backend}");
    }
    fs::remove_dir_all(&place).unwrap();
}
