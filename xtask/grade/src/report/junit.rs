//! JUnit's XML: a suite for each student, a case for each exercise.
use super::Book;
use crate::outcome::Verdict;
use anyhow::Result;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The class as JUnit's XML. What could not be graded is an error, what was not handed in is skipped.
pub fn report(book: &Book) -> Result<String> {
    let mut report = Report::new(&*book.title);
    for row in &book.rows {
        let mut suite = TestSuite::new(&*row.student.id);
        for cell in &row.cells {
            let status = match (&cell.outcome, cell.verdict()) {
                _ if cell.missing => TestCaseStatus::skipped(),
                (None, _) => TestCaseStatus::skipped(),
                (_, Some(Verdict::Pass)) => TestCaseStatus::success(),
                (Some(outcome), verdict) => {
                    let kind = if verdict == Some(Verdict::GraderError) {
                        NonSuccessKind::Error
                    } else {
                        NonSuccessKind::Failure
                    };
                    let mut status = TestCaseStatus::non_success(kind);
                    status.set_type(outcome.verdict.as_str());
                    status.set_message(&*outcome.sentence);
                    status.set_description(outcome.details.join("\n"));
                    status
                }
            };
            let mut case = TestCase::new(&*cell.task.id, status);
            case.set_classname(&*row.student.id);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}
