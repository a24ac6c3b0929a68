//! The pages about the models of a lesson's judges: one for each exercise, and one that adds up.
use super::models::{Covered, Wrong};
use super::stress::Stress;
use crate::files;
use crate::lessons::Lesson;
use crate::screen::count;
use crate::select::Chosen;
use crate::workspace::Workspace;
use anyhow::Result;
use judge::Judgement;
use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// How wide a picture is.
const COLUMNS: usize = 110;

/// The columns of a lesson's page after the exercise: those of the first table, those of the second.
const COVERED: &str = "models | of them every schedule | the others, up to | schedules | time, ms";
const FOUND: &str = "wrong answers | no schedule to blame | 0 unlucky moments | 1 | 2 | more | compared | explorer \
                     | real runs | in the first | later | never";
const OF_COVERED: usize = 5;
const OF_ALL: usize = 17;

/// Writes the page of one exercise and its rows in that of the lesson; says where.
pub fn write(
    workspace: &Workspace,
    chosen: Chosen<'_>,
    covered: &Covered,
    stress: usize,
) -> Result<Vec<PathBuf>> {
    let (lesson, exercise) = chosen;
    let above = workspace.root.join(format!("docs/models-{}.md", lesson.name));
    let page = workspace.root.join(format!("docs/models-{}/{}.md", lesson.name, exercise.id));
    files::replace(&page, exercise_page(workspace, chosen, covered, stress)?)?;
    let before = files::read_if_there(&above)?.unwrap_or_default();
    files::replace(&above, lesson_page(lesson, &before, covered, stress))?;
    Ok(vec![page, above])
}

/// The tables of one exercise: Markdown, which is as easy to read at a terminal.
pub fn tables(covered: &Covered, stress: usize, with_links: bool) -> String {
    let mut text = String::new();
    if covered.models.is_empty() {
        text += "No model: the judge runs the answer itself.\n";
    } else {
        text += "| model | layer | covered | time |\n|---|---|---|---:|\n";
    }
    for model in &covered.models {
        let millis = model.micros as f64 / 1_000.0;
        text += &format!("| {} | {} | {} | {millis:.0} ms |\n", model.what, model.layer, model.note);
    }
    text += "\n| wrong answer | verdict | found by | unlucky moments | schedule |";
    text += &if stress > 0 {
        format!(" {} real runs |\n|---|---|---|---:|---:|---|\n", grouped(stress))
    } else {
        "\n|---|---|---|---:|---:|\n".to_owned()
    };
    for wrong in &covered.wrong {
        let (schedule, cost) = match wrong.found() {
            Some((schedule, cost)) => (schedule.to_string(), cost.to_string()),
            None => ("–".to_owned(), "–".to_owned()),
        };
        let slug = &wrong.slug;
        let name = if with_links { format!("[{slug}](#{slug})") } else { slug.clone() };
        let Judgement { verdict, layer, .. } = &wrong.judgement;
        text += &format!("| {name} | {verdict} | {layer} | {cost} | {schedule} |");
        text += &if stress > 0 { format!(" {} |\n", stress_cell(wrong, stress)) } else { "\n".to_owned() };
    }
    text
}

fn stress_cell(wrong: &Wrong, wanted: usize) -> String {
    match &wrong.stress {
        None => String::new(),
        Some(Stress::NotPossible) => "not possible: needs the explorer's time".to_owned(),
        Some(Stress::Missed { runs, its_own }) => {
            let runs = if *runs < wanted { format!(" in {}", grouped(*runs)) } else { String::new() };
            let own = if *its_own { "" } else { " by the other models: its own needs the explorer's time" };
            format!("**missed**{runs}{own}")
        }
        Some(Stress::Caught { run: Some(run), verdict }) => format!("{verdict}, in run {}", grouped(*run)),
        Some(Stress::Caught { run: None, verdict }) => verdict.clone(),
    }
}

fn exercise_page(
    workspace: &Workspace,
    (lesson, exercise): Chosen<'_>,
    covered: &Covered,
    stress: usize,
) -> Result<String> {
    let mut text = format!(
        "# {}: what its models cover, and what is found with them\n\nWritten by `cargo xtask models {}{} --write`; do \
         not edit. [The lesson's page](../models-{}.md) says what the columns mean.\n\n{}\n## What was found, and how\n",
        exercise.id,
        exercise.number(),
        stress_words(stress),
        lesson.name,
        tables(covered, stress, true),
    );
    for wrong in &covered.wrong {
        let source = lesson.wrong(&exercise.id, &wrong.slug);
        let source = workspace.short(&source);
        text += &format!("\n### {}\n\n{}", wrong.slug, told(&wrong.judgement, &source));
    }
    // Nobody's machine is of interest.
    Ok(text.replace(&format!("{}/", workspace.root.display()), ""))
}

/// What is said of a wrong answer, and its picture.
fn told(judgement: &Judgement, source: &str) -> String {
    let failed = judgement.layers.iter().find(|layer| layer.status == judge::Status::Failed);
    let place = match failed {
        Some(layer) if !layer.what.is_empty() => format!("`{}`: {}", layer.name, layer.what),
        _ => format!("`{}`", judgement.layer),
    };
    let mut text = format!(
        "[{}](../../{source}) is `{}`, in {place}.\n\n```text\n",
        file_name(source),
        judgement.verdict
    );
    let mut lines = vec![judgement.sentence.clone()];
    if let Some(place) = &judgement.place {
        lines.push(format!("{}:{}  {}", file_name(&place.file), place.line, place.code));
    }
    lines.extend(judgement.details.iter().cloned());
    if let Some(story) = &judgement.story {
        lines.push(String::new());
        lines.push(story.terminal(COLUMNS, false));
    }
    for line in lines.iter().flat_map(|line| line.split('\n')) {
        text += line.trim_end();
        text.push('\n');
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text + "\n```\n"
}

fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

fn stress_words(stress: usize) -> String {
    if stress > 0 { format!(" --stress {stress}") } else { String::new() }
}

/// The rows of a lesson: an exercise and its cells.
type Rows = Vec<(String, Vec<String>)>;

/// Reads the rows of both tables of a page; the cells of an exercise are joined.
fn rows_of(page: &str) -> Rows {
    let mut rows: Rows = Vec::new();
    for line in page.lines() {
        let Some((id, cells)) = line.strip_prefix("| [").and_then(|rest| rest.split_once(']')) else {
            continue;
        };
        let cells = cells.split(" | ").skip(1).map(|cell| cell.trim_end_matches('|').trim().to_owned());
        match rows.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => known.extend(cells),
            None => rows.push((id.to_owned(), cells.collect())),
        }
    }
    // Of an older form.
    rows.retain(|(_, cells)| cells.len() == OF_ALL);
    rows
}

fn lesson_page(lesson: &Lesson, before: &str, covered: &Covered, stress: usize) -> String {
    let mut rows = rows_of(before);
    rows.retain(|(id, _)| *id != covered.exercise);
    rows.push((covered.exercise.clone(), cells(covered)));
    let places: Vec<&str> = lesson.exercises().map(|exercise| exercise.id.as_str()).collect();
    let place = |id: &str| places.iter().position(|known| *known == id);
    rows.retain(|(id, _)| place(id).is_some());
    rows.sort_by_key(|(id, _)| place(id));
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let sums: Vec<String> = (0..OF_ALL).map(|column| sum(&rows, column)).collect();
    format!(
        "# Models of the judges of lesson {number}: {title}\n\n\
         Written by `cargo xtask models {name}{words} --write`; do not edit.\n\n\
         The page of an exercise names each of its models and of its wrong answers, and shows for each wrong answer what is \
         said of it, with the failing schedule as a picture.\n\n\
         ## What is covered\n\n\
         Every model is explored under every schedule, or under every one with at most so many unlucky moments as *the others, \
         up to* says: interruptions, wake-ups for no reason, early time-outs, stale reads. (0: the model asks about one order \
         of events, and has no other.) *Schedules* are runs of the \
         right answer, which proves all of them. Counts are the same on every machine; times are of one with {processors}, \
         busy otherwise, too.\n\n{first}\n\
         ## What is found, and what naive stress finds\n\n\
         *Unlucky moments* are those of the simplest schedule that shows what is wrong: 0, it fails whoever runs when. Where \
         *no schedule is to blame*, the text, the compiler, one thread alone or the cost shows it.\n\n\
         *Compared* are those that a model of schedules finds and whose models can be run on real threads at all. The same \
         models were run on real threads, each up to {stress} times, as is commonly done to find races: *real runs* is how \
         many of the compared ones any run of any model caught, *in the first* run, for which no schedule is needed, or \
         *later*. Runs that compute came one after another. Where four runs spent a tenth of their time or less on a \
         processor, the others were spread over up to 64 processes, which together asked for half of the processors: they \
         only waited side by side. A model was given a minute; its page says where that was too short.\n\n{second}\n{words_of_sum}",
        number = lesson.number,
        title = lesson.title,
        name = lesson.name,
        words = stress_words(stress),
        processors = count(processors, "processor"),
        stress = grouped(stress.max(1)),
        first = table(lesson, COVERED, &rows, &sums, 0..OF_COVERED),
        second = table(lesson, FOUND, &rows, &sums, OF_COVERED..OF_ALL),
        words_of_sum = summary(&sums, stress),
    )
}

fn cells(covered: &Covered) -> Vec<String> {
    let complete = covered.models.iter().filter(|model| model.note.starts_with("every schedule, in"));
    let others: BTreeSet<usize> = covered.models.iter().filter_map(|model| bound(&model.note)).collect();
    let others: Vec<String> = others.iter().map(usize::to_string).collect();
    let schedules: usize = covered.models.iter().filter_map(|model| runs(&model.note)).sum();
    let micros: u64 = covered.models.iter().map(|model| model.micros).sum();
    let with_cost = |wanted: &dyn Fn(usize) -> bool| {
        covered.wrong.iter().filter(|wrong| wrong.found().is_some_and(|(_, cost)| wanted(cost))).count()
    };
    let compared: Vec<&Stress> = covered
        .wrong
        .iter()
        .filter_map(|w| w.stress.as_ref())
        .filter(|s| **s != Stress::NotPossible)
        .collect();
    let caught = compared.iter().filter(|stress| matches!(stress, Stress::Caught { .. })).count();
    let first = compared.iter().filter(|s| matches!(s, Stress::Caught { run: Some(1), .. })).count();
    let numbers = [
        covered.models.len(),
        complete.count(),
        schedules,
        usize::try_from(micros / 1000).unwrap_or(usize::MAX),
        covered.wrong.len(),
        covered.wrong.iter().filter(|wrong| wrong.found().is_none()).count(),
        with_cost(&|cost| cost == 0),
        with_cost(&|cost| cost == 1),
        with_cost(&|cost| cost == 2),
        with_cost(&|cost| cost > 2),
        compared.len(),
        compared.len(),
        caught,
        first,
        caught - first,
        compared.len() - caught,
    ];
    let mut cells: Vec<String> = numbers.into_iter().map(grouped).collect();
    cells.insert(2, if others.is_empty() { "–".into() } else { others.join(" or ") });
    cells
}

/// 3 of "every schedule with at most 3 unlucky moments, in 20 runs"; none of a model that is explored completely.
fn bound(note: &str) -> Option<usize> {
    if note.starts_with("every schedule without") {
        return Some(0);
    }
    note.strip_prefix("every schedule with at most ")?.split(' ').next()?.parse().ok()
}

/// 1432 of "every schedule, in 1,432 runs".
fn runs(note: &str) -> Option<usize> {
    let runs = note.rsplit_once(" in ")?.1.split(' ').next()?;
    number(runs)
}

fn number(cell: &str) -> Option<usize> {
    cell.replace(',', "").parse().ok()
}

/// 1432 as "1,432".
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn sum(rows: &Rows, column: usize) -> String {
    match column {
        // Bounds do not add up.
        2 => String::new(),
        _ => grouped(rows.iter().filter_map(|(_, cells)| number(&cells[column])).sum()),
    }
}

fn table(
    lesson: &Lesson,
    head: &str,
    rows: &Rows,
    sums: &[String],
    columns: std::ops::Range<usize>,
) -> String {
    let mut text = format!("| exercise | {head} |\n|---|{}\n", "---:|".repeat(columns.len()));
    for (id, cells) in rows {
        let cells = cells[columns.clone()].join(" | ");
        text += &format!("| [{id}](models-{}/{id}.md) | {cells} |\n", lesson.name);
    }
    text + &format!("| all {} | {} |\n", rows.len(), sums[columns].join(" | "))
}

fn summary(sums: &[String], stress: usize) -> String {
    let of = |column: usize| number(&sums[column]).unwrap_or(0);
    let (compared, caught, first, later, never) = (of(11), of(13), of(14), of(15), of(16));
    if compared == 0 {
        return String::new();
    }
    let percent = |part: usize, whole: usize| {
        if whole == 0 { "0 %".to_owned() } else { format!("{:.0} %", part as f64 * 100.0 / whole as f64) }
    };
    format!(
        "The explorer found {compared} of {compared}: 100 %. {} real runs of each model found {caught}: {}, and of the {} \
         that do not fail in the first run, whatever the schedule, {later}: {}. It never saw {never}.\n",
        grouped(stress),
        percent(caught, compared),
        compared - first,
        percent(later, compared - first),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_understood() {
        let part = "every schedule with at most 3 unlucky moments, in 12,005 runs";
        assert_eq!((bound(part), runs(part)), (Some(3), Some(12_005)));
        assert_eq!((bound("every schedule, in 7 runs"), runs("every schedule, in 7 runs")), (None, Some(7)));
        assert_eq!(bound("every schedule without an unlucky moment, in 7 runs"), Some(0));
        assert_eq!(number(&grouped(1_234_567)), Some(1_234_567));
    }

    #[test]
    fn a_page_keeps_the_rows_of_other_exercises() {
        let cells = |from: usize| (from..from + OF_ALL).map(grouped).collect::<Vec<_>>();
        let rows: Rows = vec![("e1_one".into(), cells(998)), ("e2_two".into(), cells(5))];
        let lesson = Lesson {
            folder: PathBuf::new(),
            number: 1,
            name: "threads".into(),
            title: "Threads".into(),
            steps: Vec::new(),
        };
        let sums: Vec<String> = (0..OF_ALL).map(|column| sum(&rows, column)).collect();
        let page = table(&lesson, COVERED, &rows, &sums, 0..OF_COVERED)
            + &table(&lesson, FOUND, &rows, &sums, OF_COVERED..OF_ALL);
        assert_eq!(rows_of(&page), rows);
        assert!(page.contains("| all 2 | 1,003 | 1,005 |  | 1,009 | 1,011 |"), "{page}");
        assert_eq!(COVERED.split('|').count(), OF_COVERED);
        assert_eq!(FOUND.split('|').count(), OF_ALL - OF_COVERED);
    }
}
