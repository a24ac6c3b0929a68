//! A terminal that a test sits at: keys are sent, and what is on the screen is waited for.
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough on a loaded machine, with a first build inside; only a test that fails comes to its end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A tmux server of its own, ended when this is dropped.
pub struct Tmux {
    socket: String,
}

impl Tmux {
    /// A terminal of 120 columns and 50 rows in which a shell runs in `folder`; none, and a word about it, where there
    /// is no tmux.
    pub fn start(folder: &Path, environment: &[(&str, String)]) -> Option<Tmux> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        if Command::new("tmux").arg("-V").stdout(Stdio::null()).status().is_err() {
            eprintln!(
                "skipped: tmux is not installed, and this test sits at a terminal (`apt-get install tmux`)"
            );
            return None;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let tmux = Tmux { socket: format!("interleave-{}-{number}", std::process::id()) };
        let mut start = tmux.command();
        // Nobody's settings; a shell that greets with nothing.
        start.args(["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50", "-c"]).arg(folder);
        start.args(["env", "-u", "NO_COLOR", "-u", "CARGO_MANIFEST_DIR", "-u", "RUSTFLAGS", "PS1=shell> "]);
        start.args(environment.iter().map(|(name, value)| format!("{name}={value}"))).arg("sh");
        assert!(start.status().unwrap().success(), "tmux does not start");
        tmux.until("shell>");
        Some(tmux)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-L").arg(&self.socket);
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.command().args(words).output().unwrap();
        assert!(output.status.success(), "tmux {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Presses keys by tmux's names: `h`, `Enter`, `C-c`, `Down`.
    pub fn press(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    /// Types a text as it is, and Enter.
    pub fn line(&self, text: &str) {
        self.run(&["send-keys", "-l", text]);
        self.press(&["Enter"]);
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    /// Makes the terminal another size.
    pub fn resize(&self, columns: u32, rows: u32) {
        self.run(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// Waits until the screen shows this text, wherever its lines are broken; gives the screen.
    #[track_caller]
    pub fn until(&self, text: &str) -> String {
        self.until_all(&[text])
    }

    /// Waits until the screen shows all these texts at once.
    #[track_caller]
    pub fn until_all(&self, texts: &[&str]) -> String {
        self.wait(
            |flat| texts.iter().all(|text| flat.contains(text)),
            &format!("the screen to show {texts:?}"),
        )
    }

    /// Sends SIGTERM to the program of that name that the shell has started.
    pub fn end(&self, name: &str) {
        let shell = self.run(&["display-message", "-p", "#{pane_pid}"]);
        let output = Command::new("ps").args(["-o", "pid=,comm=", "--ppid", shell.trim()]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.ends_with(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        let pid = line.split_whitespace().next().unwrap().parse().unwrap();
        kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
    }

    /// Waits until the screen does not show this text any more.
    #[track_caller]
    pub fn until_none(&self, text: &str) {
        self.wait(|flat| !flat.contains(text), &format!("the screen to be without {text:?}"));
    }

    /// Waits until the screen shows anything but `before`.
    #[track_caller]
    pub fn until_other(&self, before: &str) {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let before = flat(before);
        self.wait(|now| now != before, "another screen");
    }

    #[track_caller]
    fn wait(&self, holds: impl Fn(&str) -> bool, what: &str) -> String {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
            if holds(&flat) {
                return screen;
            }
            assert!(begin.elapsed() < PATIENCE, "waited in vain for {what}; the screen:\n{screen}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // What runs in it hears that its terminal is gone.
        let _ = self.command().arg("kill-server").stderr(Stdio::null()).status();
    }
}
