//! Gradebooks as tables: our own, and those that Canvas and Moodle exported, filled in.
use super::{Book, Row};
use crate::score::Points;
use crate::text::tame;
use anyhow::{Context, Result, bail};
use csv::{ReaderBuilder, Writer, WriterBuilder};

/// Text that no spreadsheet takes for a formula, on one line.
///
/// A leading `=`, `+`, `-` or `@` begins one; so does what only looks blank before it.
pub fn guarded(text: &str) -> String {
    let text = tame(text).replace(['\n', '\t'], " ");
    let first = text.trim_start_matches([' ', '\u{a0}', '"', '\'']).chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠')) {
        format!("'{text}")
    } else {
        text
    }
}

/// The gradebook of the class. A cell of points is empty where nothing is known of the answer.
pub fn gradebook(book: &Book) -> Result<String> {
    let mut writer = Writer::from_writer(Vec::new());
    let mut head = vec!["student".to_owned(), "name".to_owned(), "platform id".to_owned()];
    for task in book.tasks {
        head.push(task.id.clone());
        head.push(format!("{} verdict", task.id));
    }
    head.extend(["total", "of", "days late", "notes"].map(str::to_owned));
    writer.write_record(&head)?;
    for row in &book.rows {
        let student = row.student;
        let mut line = vec![student.id.clone(), guarded(&student.name), guarded(&student.platform_id)];
        for cell in &row.cells {
            line.push(points(cell.score.points));
            line.push(cell.word().to_owned());
        }
        line.push(points(row.total()));
        line.push(row.most().to_string());
        line.push(row.cells.iter().map(|cell| cell.score.days_late).max().unwrap_or(0).to_string());
        let flags =
            row.cells.iter().filter_map(|cell| cell.outcome.as_ref()).flat_map(|outcome| &outcome.flags);
        line.push(guarded(&student.notes.iter().chain(flags).cloned().collect::<Vec<_>>().join("; ")));
        writer.write_record(&line)?;
    }
    text(writer)
}

fn points(points: Option<Points>) -> String {
    points.map(|points| points.to_string()).unwrap_or_default()
}

fn text(writer: Writer<Vec<u8>>) -> Result<String> {
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8(bytes)?)
}

struct Table {
    head: Vec<String>,
    lines: Vec<Vec<String>>,
}

fn read(template: &str) -> Result<Table> {
    let template = template.strip_prefix('\u{feff}').unwrap_or(template);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(template.as_bytes());
    let head: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let lines = reader
        .records()
        .map(|line| Ok(line?.iter().map(str::to_owned).collect()))
        .collect::<Result<Vec<Vec<String>>>>()?;
    Ok(Table { head, lines })
}

fn write(table: &Table) -> Result<String> {
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(&table.head)?;
    for line in &table.lines {
        writer.write_record(line)?;
    }
    text(writer)
}

fn column(table: &Table, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| table.head.iter().position(|head| head.trim().eq_ignore_ascii_case(name)))
}

/// What a column of assignments is about.
enum Asked {
    Exercise(usize),
    Total,
}

fn asked(book: &Book, head: &str) -> Option<Asked> {
    let at = book.tasks.iter().position(|task| head.contains(&task.id) || head.contains(&task.title));
    let total = head.split(" (").next().is_some_and(|name| name.trim() == book.title);
    at.map(Asked::Exercise).or(total.then_some(Asked::Total))
}

fn got(row: &Row, asked: &Asked) -> Option<Points> {
    match asked {
        Asked::Exercise(at) => row.cells[*at].score.points,
        Asked::Total => row.total(),
    }
}

/// Fills in the gradebook that Canvas exported. Only columns that are already there: an unknown one would create an
/// assignment, and an empty cell leaves a grade as it is.
///
/// # Errors
/// It is no gradebook of Canvas, or none of its columns is about an exercise.
pub fn canvas(book: &Book, template: &str) -> Result<String> {
    let mut table = read(template)?;
    let id = column(&table, &["ID"])
        .context("there is no column `ID`: is it the gradebook that Canvas exports?")?;
    let others = [column(&table, &["SIS User ID"]), column(&table, &["SIS Login ID"])];
    let columns: Vec<(usize, Asked)> =
        table.head.iter().enumerate().filter_map(|(at, head)| Some((at, asked(book, head)?))).collect();
    if columns.is_empty() {
        bail!(
            "no column is about an exercise: name the assignment after it (`{}`), or after the title in grade.toml",
            book.tasks.first().map_or("e302_bank", |task| &task.id)
        );
    }
    for line in &mut table.lines {
        let cell = |at: usize| line.get(at).map_or("", |text| text.trim()).to_owned();
        let names: Vec<String> = [Some(id), others[0], others[1]]
            .into_iter()
            .flatten()
            .map(cell)
            .filter(|name| !name.is_empty())
            .collect();
        let Some(row) = find(book, &names) else { continue };
        for (at, asked) in &columns {
            if let (Some(points), Some(place)) = (got(row, asked), line.get_mut(*at)) {
                *place = points.to_string();
            }
        }
    }
    write(&table)
}

fn find<'a, 'b>(book: &'b Book<'a>, names: &[String]) -> Option<&'b Row<'a>> {
    book.rows.iter().find(|row| {
        let student = row.student;
        names.iter().any(|name| *name == student.platform_id || *name == student.id || *name == student.name)
    })
}

/// Fills in the grading worksheet that Moodle exported: grade and feedback, always both.
///
/// # Errors
/// It is no grading worksheet of Moodle.
pub fn moodle(book: &Book, template: &str) -> Result<String> {
    let mut table = read(template)?;
    let place = |name: &str| {
        column(&table, &[name]).with_context(|| {
            format!("there is no column `{name}`: is it the grading worksheet that Moodle exports?")
        })
    };
    let identifier = place("Identifier")?;
    let grade = place("Grade")?;
    let most = column(&table, &["Maximum Grade", "Maximum grade"]);
    let feedback = column(&table, &["Feedback comments"]);
    let name = column(&table, &["Full name"]);
    let email = column(&table, &["Email address"]);
    for line in &mut table.lines {
        let cell = |at: usize| line.get(at).map_or("", |text| text.trim()).to_owned();
        let digits: String = cell(identifier).chars().filter(char::is_ascii_digit).collect();
        let names: Vec<String> = [Some(digits), email.map(cell), name.map(cell)]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
            .collect();
        let Some(row) = find(book, &names) else { continue };
        // Feedback without a grade would lose the grade.
        let Some(total) = row.total() else { continue };
        let most = most.map(cell).and_then(|text| text.parse::<f64>().ok()).filter(|most| *most > 0.0);
        let scaled = match most {
            Some(most) if row.most().0 > 0 => {
                Points((total.0 as f64 / row.most().0 as f64 * most * 100.0).round() as u64)
            }
            _ => total,
        };
        let words: Vec<String> = row
            .cells
            .iter()
            .map(|cell| {
                format!(
                    "{}: {}, {} of {}",
                    cell.task.id,
                    cell.word(),
                    points(cell.score.points),
                    cell.score.most
                )
            })
            .collect();
        if let Some(place) = line.get_mut(grade) {
            *place = scaled.to_string();
        }
        if let Some(place) = feedback.and_then(|at| line.get_mut(at)) {
            *place = guarded(&words.join("; "));
        }
    }
    write(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for evil in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\"=1", "|cmd", "％=1"] {
            let cell = guarded(evil);
            let first = cell.chars().next().unwrap();
            assert!(!"=+-@|\t\r\n ".contains(first) || first == ' ', "{evil:?} {cell:?}");
        }
        assert_eq!(guarded("Ann, O'Neill"), "Ann, O'Neill");
        assert_eq!(guarded("a\nb\r"), "a b\\u{d}");
        assert_eq!(guarded(" =1"), "' =1");
    }
}
