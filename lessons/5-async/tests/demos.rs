//! Every demo prints what the chapter says it prints.

#[test]
fn the_chapter_shows_what_the_demos_print() {
    judge::chapter::check_transcripts(env!("CARGO_MANIFEST_DIR"));
}
