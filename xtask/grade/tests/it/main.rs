//! The grader from outside: classes, archives, kills, shards, pages.
mod archives;
mod browser;
mod children;
mod class;
mod equality;
mod hidden;
mod kills;
mod manifests;
mod scratch;
mod shards;
mod users;
#[expect(dead_code, reason = "shared with the runner's tests, which press keys as well")]
#[path = "../../../tests/it/webdriver.rs"]
mod webdriver;
