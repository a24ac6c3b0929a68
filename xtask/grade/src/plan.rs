//! What is to be graded: every different answer once, whoever handed it in; and which part of it is this shard's.
use crate::bundle::{Bundle, Task, hex};
use crate::hidden::Check;
use crate::intake::{Class, Handed};
use crate::sandbox::Backend;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::env;
use xtask::exit::usage;

/// Raised when an outcome may differ for the same answer.
const FORMAT: u32 = 1;

/// One answer to grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// By what it is known in the journal.
    pub key: String,
    /// The exercise.
    pub exercise: String,
    /// The answer's content, by hash.
    pub sha: String,
    /// How many students handed it in.
    pub students: usize,
    /// The first of them, in the class's order.
    pub first: String,
}

impl Job {
    /// Whose it is, in a few words: `ann`, `ann and 2 more`.
    pub fn whose(&self) -> String {
        match self.students {
            0 | 1 => self.first.clone(),
            more => format!("{} and {} more", self.first, more - 1),
        }
    }
}

/// By what the judgement of an answer is known: all that it depends on.
pub fn key(task: &Task, hidden: &[Check], repeat: u32, backend: Backend, sha: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{FORMAT}\n{}\n{}\n{repeat}\n{backend}\n{sha}\n", task.id, task.hash));
    for check in hidden.iter().filter(|check| check.exercise == task.id) {
        hash.update(&check.hash);
    }
    hex(&hash.finalize())
}

/// Every different answer of the class, in the order of the keys: no student comes first.
pub fn jobs(class: &Class, bundle: &Bundle, hidden: &[Check], repeat: u32, backend: Backend) -> Vec<Job> {
    let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
    for student in &class.students {
        for (exercise, handed) in &student.answers {
            let (Handed::Answer { sha, .. }, Some(task)) = (handed, bundle.find(exercise)) else { continue };
            let key = key(task, hidden, repeat, backend, sha);
            let job = jobs.entry(key.clone()).or_insert_with(|| Job {
                key,
                exercise: exercise.clone(),
                sha: sha.clone(),
                students: 0,
                first: student.id.clone(),
            });
            job.students += 1;
        }
    }
    jobs.into_values().collect()
}

/// A part of the work: this one of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    pub index: u64,
    /// How many there are.
    pub count: u64,
}

impl Shard {
    /// `3/64`, or `auto`: what Slurm, Kubernetes, GitLab and their like say in the environment.
    ///
    /// # Errors
    /// It is no part of a whole, or nothing says which.
    pub fn parse(text: &str, count: Option<u64>) -> Result<Shard> {
        let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let shard = if text == "auto" {
            // Slurm counts from wherever the array begins.
            let slurm = number("SLURM_ARRAY_TASK_ID").map(|id| {
                let first = number("SLURM_ARRAY_TASK_MIN").unwrap_or(0);
                (id.saturating_sub(first), number("SLURM_ARRAY_TASK_COUNT"))
            });
            let kubernetes = number("JOB_COMPLETION_INDEX").map(|index| (index, None));
            // GitLab counts from 1.
            let gitlab =
                number("CI_NODE_INDEX").map(|index| (index.saturating_sub(1), number("CI_NODE_TOTAL")));
            let Some((index, known)) = slurm.or(kubernetes).or(gitlab) else {
                return usage(
                    "--shard auto: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and CI_NODE_INDEX is set",
                );
            };
            let Some(count) = count.or(known) else {
                return usage("--shard auto: say with --shards how many there are");
            };
            Shard { index, count }
        } else {
            let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
            let Some((index, count)) = parts else {
                return usage(format!("--shard {text}: write 0/64 for the first of 64, or auto"));
            };
            Shard { index, count }
        };
        if shard.index >= shard.count {
            return usage(format!(
                "--shard {}/{}: shards are numbered from 0 to {}",
                shard.index,
                shard.count,
                shard.count.saturating_sub(1)
            ));
        }
        Ok(shard)
    }

    /// Whether a job belongs to it: by the job's key alone, so that it is the same on every machine.
    pub fn has(&self, job: &Job) -> bool {
        let digits = u64::from_str_radix(&job.key[..15], 16).unwrap_or(0);
        digits % self.count == self.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_in_exactly_one_shard() {
        let jobs: Vec<Job> = (0..500)
            .map(|n| Job {
                key: hex(&Sha256::digest(format!("{n}"))),
                exercise: String::new(),
                sha: String::new(),
                students: 1,
                first: String::new(),
            })
            .collect();
        for count in [1, 2, 7, 64] {
            let sizes: Vec<usize> = (0..count)
                .map(|index| jobs.iter().filter(|job| Shard { index, count }.has(job)).count())
                .collect();
            assert_eq!(sizes.iter().sum::<usize>(), jobs.len());
            assert!(count > 8 || sizes.iter().all(|size| *size > 40), "{sizes:?}");
        }
    }

    #[test]
    fn shards_are_counted_from_nought() {
        assert_eq!(Shard::parse("0/2", None).unwrap(), Shard { index: 0, count: 2 });
        for wrong in ["2/2", "0/0", "1", "a/b", "-1/2"] {
            assert!(Shard::parse(wrong, None).is_err(), "{wrong}");
        }
    }
}
