//! What held before: a judgement depends on nothing but what its fingerprint is made of, so it need not be made again.
use crate::compile::{Answer, fingerprint};
use crate::files;
use crate::workspace::Workspace;
use std::fs;
use std::path::PathBuf;

/// What is known of one answer from an earlier run.
pub struct Verified {
    path: PathBuf,
    workspace: Workspace,
    now: Option<String>,
    wanted: String,
}

impl Verified {
    /// What is known of `answer`, which is called `name` and must get `wanted`.
    pub fn of(workspace: &Workspace, answer: &Answer, name: &str, wanted: &str) -> Verified {
        // One place for all who verify, whichever of them it was; the compiler's list of sources is there, too.
        let folder = Answer { slot: "verify", ..*answer }.folder(workspace);
        let path = folder.join("held").join(name.replace('/', "-"));
        let mut verified =
            Verified { path, workspace: workspace.clone(), now: None, wanted: wanted.to_owned() };
        verified.now = verified.fingerprint(answer);
        verified
    }

    fn fingerprint(&self, answer: &Answer) -> Option<String> {
        // Where it cannot be made, nothing is known, and the answer is judged.
        let number = fingerprint(&self.workspace, &Answer { slot: "verify", ..*answer }).ok()??;
        Some(format!("{number:016x} {}", self.wanted))
    }

    /// What was found, if it held and nothing has changed since.
    pub fn held(&self) -> Option<String> {
        let record = fs::read_to_string(&self.path).ok()?;
        let (fingerprint, text) = record.split_once('\n')?;
        (Some(fingerprint) == self.now.as_deref()).then(|| text.to_owned())
    }

    /// Remembers that it held.
    pub fn remember(&self, answer: &Answer, text: &str) {
        // Before the first judgement nobody knew of what the judge is made. Without a fingerprint, or without a file, it
        // is judged again: slower, and as right.
        if let Some(now) = self.now.clone().or_else(|| self.fingerprint(answer)) {
            let _ = files::replace(&self.path, format!("{now}\n{text}"));
        }
    }
}
