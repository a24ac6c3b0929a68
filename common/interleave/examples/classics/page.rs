//! The page: `docs/explorer.md`.

use crate::cell::{Cell, Engine, Outcome};
use crate::litmus;
use crate::table::Coverage;
use crate::{LIMIT, Row};
use std::fmt::Write as _;
use std::time::Duration;

/// The whole page.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut page = String::from(
        "# The explorer, measured\n\n\
         What `interleave` finds, what it proves and what it cannot show, beside the two other explorers of Rust threads. \
         Everything here is written by\n\
         `cargo run --release -p interleave --example classics -- --write docs/explorer.md`; counts are the same every time,\n\
         times depend on the machine.\n\n",
    );
    summary(&mut page, rows);
    pairs(&mut page, rows, "Wrong twins: schedules and time until the failure", |row| &row.wrong);
    pairs(&mut page, rows, "Right twins: schedules and time until everything was tried", |row| &row.right);
    slower(&mut page, rows);
    behaviours(&mut page);
    page
}

fn of(cells: &[Cell], engine: Engine) -> Cell {
    *cells.iter().find(|cell| cell.engine == engine).expect("every engine has its cell")
}

fn title(engine: Engine) -> &'static str {
    match engine {
        Engine::Interleave => "interleave",
        Engine::LoomBounded => "loom, 3 pre-emptions",
        Engine::Loom => "loom",
        Engine::ShuttleDfs => "shuttle, depth first",
        Engine::ShuttleRandom => "shuttle, random and PCT",
    }
}

fn summary(page: &mut String, rows: &[Row]) {
    let _ = writeln!(
        page,
        "## In short\n\n{} pairs of programs, wrong and right, the same text for all three libraries. A cell has {} s.\n\
         *Found* counts wrong twins reported, of those that the library has the types for; *rejected* are right twins\n\
         reported: false alarms. Random search proves nothing, so it has no *proved*.\n",
        rows.len(),
        LIMIT.as_secs()
    );
    page.push_str("| | found | median time to the failure | right twins proved | right twins rejected |\n|---|---|---|---|---|\n");
    for engine in Engine::ALL {
        let wrong: Vec<Cell> = expressible(rows.iter().map(|row| of(&row.wrong, engine)));
        let right: Vec<Cell> = expressible(rows.iter().map(|row| of(&row.right, engine)));
        let count = |cells: &[Cell], outcome| cells.iter().filter(|cell| cell.outcome == outcome).count();
        let mut times: Vec<Duration> =
            wrong.iter().filter(|cell| cell.outcome == Outcome::Failed).map(|cell| cell.time).collect();
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let proved = match engine {
            Engine::ShuttleRandom => "—".into(),
            _ => format!("{} of {}", count(&right, Outcome::Proved), right.len()),
        };
        let _ = writeln!(
            page,
            "| {} | {} of {} | {} | {proved} | {} |",
            title(engine),
            count(&wrong, Outcome::Failed),
            wrong.len(),
            milliseconds(median),
            count(&right, Outcome::Failed),
        );
    }
    let bounded: Vec<&Row> = rows.iter().filter(|row| row.pair.coverage != Coverage::Whole).collect();
    if !bounded.is_empty() {
        let names: Vec<String> = bounded.iter().map(|row| format!("`{}`", row.pair.name)).collect();
        let _ = writeln!(
            page,
            "\nInterleave's default stops short of every schedule for {}: there it says \"every schedule with at most 3 \
             unlucky moments\".",
            names.join(" and ")
        );
    }
}

fn expressible(cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    cells.filter(|cell| cell.outcome != Outcome::Inexpressible).collect()
}

fn pairs(page: &mut String, rows: &[Row], heading: &str, cells: fn(&Row) -> &[Cell]) {
    let _ = writeln!(page, "\n## {heading}\n");
    let wrong = heading.starts_with("Wrong");
    page.push_str("| program |");
    if wrong {
        page.push_str(" the bug | fails as |");
    }
    for engine in Engine::ALL {
        let _ = write!(page, " {} |", title(engine));
    }
    page.push_str(if wrong { "\n|---|---|---|" } else { "\n|---|" });
    page.push_str("---|---|---|---|---|\n");
    for row in rows {
        let _ = write!(page, "| `{}` |", row.pair.name);
        if wrong {
            let _ = write!(page, " {} | {:?} |", row.pair.what, row.pair.kind);
        }
        for engine in Engine::ALL {
            let _ = write!(page, " {} |", shown(of(cells(row), engine), wrong));
        }
        page.push('\n');
    }
}

fn shown(cell: Cell, wrong: bool) -> String {
    let measured = format!("{}, {}", cell.schedules, milliseconds(cell.time));
    match (cell.outcome, wrong) {
        (Outcome::Failed, true) | (Outcome::Proved, false) => measured,
        (Outcome::Failed, false) => "**false alarm**".into(),
        (Outcome::Proved | Outcome::Tried, true) => format!("**missed** ({})", cell.schedules),
        (Outcome::Tried, false) if cell.time >= LIMIT => {
            format!("over {} s ({})", LIMIT.as_secs(), cell.schedules)
        }
        (Outcome::Tried, false) if cell.engine == Engine::Interleave => format!("bounded: {measured}"),
        (Outcome::Tried, false) => "no proof".into(),
        (Outcome::Unfinished, _) => format!("over {} s", LIMIT.as_secs()),
        (Outcome::Inexpressible, _) => "—".into(),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Where another one is more than twice as fast, at finding or at proving.
fn slower(page: &mut String, rows: &[Row]) {
    let _ = writeln!(
        page,
        "\n## Where another is faster\n\n\
         Searches in which interleave takes more than twice as long as the quickest of the others that comes to the same\n\
         answer (loom's bounded search counts as an answer for a wrong twin only). The list leaves out differences under\n\
         5 ms: a check that starts threads of the operating system has that much to begin with.\n"
    );
    let (mut lines, mut small) = (Vec::new(), 0);
    for row in rows {
        for (what, cells, wanted) in
            [("find", &row.wrong, Outcome::Failed), ("prove", &row.right, Outcome::Proved)]
        {
            let mine = of(cells, Engine::Interleave);
            let others = cells.iter().filter(|cell| {
                let weaker = wanted == Outcome::Proved && cell.engine == Engine::LoomBounded;
                cell.engine != Engine::Interleave && !weaker && cell.outcome == wanted
            });
            let Some(best) = others.min_by_key(|cell| cell.time) else { continue };
            let late = mine.outcome != wanted || mine.time > best.time * 2;
            if late && mine.outcome == wanted && mine.time < best.time + Duration::from_millis(5) {
                small += 1;
            } else if late {
                lines.push(format!(
                    "* `{}`, to {what}: {} in {} schedules; {} {} in {}\n",
                    row.pair.name,
                    if mine.outcome == wanted { milliseconds(mine.time) } else { "not at all".into() },
                    mine.schedules,
                    title(best.engine),
                    milliseconds(best.time),
                    best.schedules,
                ));
            }
        }
    }
    let _ = writeln!(
        page,
        "{} of {} searches, and {small} more by less than 5 ms:\n",
        lines.len(),
        rows.len() * 2
    );
    page.push_str(&lines.concat());
    page.push_str(
        "\nWhat remains has two causes. Threads are real ones, so that thread-locals, panics while unwinding and debuggers are as\n\
         they always are: a turn that passes from one to another is a switch by the operating system, on one core, where the\n\
         coroutines of the others take a tenth of that. And orders that come to the same are merged where they meet, while\n\
         loom's reduction looks ahead and leaves many of them out; threads that poll meet late. Looking ahead does not go\n\
         together with trying the simplest schedule first (Coons, Musuvathi and McKinley, OOPSLA 2013), which comes first here.\n",
    );
}

fn behaviours(page: &mut String) {
    page.push_str(
        "\n## Weak behaviours\n\n\
         What C++20, and so Rust, allows, and what the explorer shows. Nothing that is forbidden is shown; what is allowed\n\
         and never shown would need a store to take effect at another time than it was executed.\n\n\
         | test | threads | outcome | C++20 | here | outcomes |\n|---|---|---|---|---|---|\n",
    );
    for litmus in litmus::all() {
        let outcomes = litmus.outcomes();
        let shown = outcomes.contains(litmus.asked);
        assert_eq!(shown, litmus.shown, "{}: the tests promise otherwise", litmus.name);
        let _ = writeln!(
            page,
            "| {} | `{}` | `{}` | {} | {} | {} |",
            litmus.name,
            litmus.program,
            litmus.outcome,
            if litmus.allowed { "allowed" } else { "forbidden" },
            match (shown, litmus.allowed) {
                (true, _) => "shown",
                (false, true) => "**not shown**",
                (false, false) => "never",
            },
            outcomes.len(),
        );
    }
}
