//! What is measured: suites of tables of cases.
use crate::meter::Sample;
use anyhow::Result;

/// One page of figures.
pub struct Suite {
    /// What is typed, and the stem of its files in `docs/measured`.
    pub name: &'static str,
    /// The page's heading, after "Measured: ".
    pub title: &'static str,
    /// What the page is about, in Markdown.
    pub intro: &'static str,
    /// Makes its tables; nothing is measured or started before.
    pub tables: fn(Size) -> Result<Vec<Table>>,
}

/// Whether cases do the work that is worth measuring, or as little as shows that they work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For figures.
    Full,
    /// For the test that runs every case once.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "figures of small work would mislead; only the test asks for it")
    )]
    Small,
}

impl Size {
    /// One of two amounts of work.
    pub fn pick<T>(self, full: T, small: T) -> T {
        match self {
            Size::Full => full,
            Size::Small => small,
        }
    }
}

/// Cases that do the same work in different ways. The first is what the others are compared with.
pub struct Table {
    /// Part of the names of files: `counter`.
    pub name: &'static str,
    /// The heading.
    pub title: String,
    /// What the work is and what to look at, in Markdown.
    pub about: String,
    /// What the work consists of, in the singular: `visit`. Costs are also given for one of it.
    pub unit: &'static str,
    /// How often each case is run, unless the command says otherwise.
    pub rounds: usize,
    /// The ways.
    pub cases: Vec<Case>,
}

/// One way to do the work.
pub struct Case {
    /// What stands in the table.
    pub name: String,
    /// How many units one run does.
    pub units: u64,
    /// Whether a first run makes the next ones faster: not one of a program that starts anew each time.
    pub warms_up: bool,
    /// Does it.
    pub work: Work,
}

/// What to run, and who holds the watch.
pub enum Work {
    /// Is measured by the runner: wall clock, and the CPU time of this process and of children that have ended.
    Here(Box<dyn FnMut() -> Result<()>>),
    /// Measures itself, because only part of what it does counts: a Python program without the start of Python.
    Itself(Box<dyn FnMut() -> Result<Sample>>),
}

impl Case {
    /// A case that the runner measures.
    pub fn here(name: impl Into<String>, units: u64, work: impl FnMut() -> Result<()> + 'static) -> Case {
        Case { name: name.into(), units, warms_up: true, work: Work::Here(Box::new(work)) }
    }

    /// A case that measures itself.
    pub fn itself(
        name: impl Into<String>,
        units: u64,
        work: impl FnMut() -> Result<Sample> + 'static,
    ) -> Case {
        Case { name: name.into(), units, warms_up: true, work: Work::Itself(Box::new(work)) }
    }
    /// The same case, which keeps something alive that it needs: a server.
    pub fn holding(self, needed: impl Sized + 'static) -> Case {
        let work = match self.work {
            Work::Here(mut work) => Work::Here(Box::new(move || {
                let _needed = &needed;
                work()
            })),
            Work::Itself(mut work) => Work::Itself(Box::new(move || {
                let _needed = &needed;
                work()
            })),
        };
        Case { work, ..self }
    }
}
