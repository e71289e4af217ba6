//! Every answer that the description documents is given to somebody: each test
//! server is watched, and what all of them answered is held against the list.

mod conflicts;
mod refusals;
mod successes;
mod troubles;

use std::collections::BTreeSet;

use crate::support::{
    app::{TestApp, TestAppBuilder},
    description::{DESCRIPTION, Given},
};

const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

type Answers = BTreeSet<Given>;

#[tokio::test]
async fn every_documented_answer_is_given() {
    let mut given = Answers::new();
    given.extend(successes::given().await);
    given.extend(conflicts::given().await);
    given.extend(refusals::of_what_is_sent_wrongly().await);
    given.extend(refusals::of_who_may_not_register().await);
    given.extend(refusals::of_guesses().await);
    given.extend(refusals::of_what_comes_too_often().await);
    given.extend(refusals::of_what_comes_too_late().await);
    given.extend(troubles::given().await);
    let missing: Vec<_> = DESCRIPTION.answers().difference(&given).cloned().collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Without the limits that tests of everything would meet.
fn unlimited() -> TestAppBuilder {
    let limits = ["AUTH", "REGISTER", "PASSWORD_STRENGTH", "ACCOUNT", "TOKEN"];
    let builder = TestApp::builder().with_fresh_keys();
    limits.iter().fold(builder, |builder, limit| {
        builder.set(&format!("SIGNET_{limit}_RATE_LIMIT"), "off")
    })
}
