//! The signing keys' lives.

use std::time::Duration;

use super::measured;
use crate::support::{app::TestApp, scrape::Scrape};

const AGE: &str = "signet_signing_key_age_seconds";
const NEXT_ROTATION: &str = "signet_signing_key_next_rotation_seconds";
const READ_AGE: &str = "signet_signing_keys_read_age_seconds";
const DAY: Duration = Duration::from_hours(24);

fn age(scrape: &Scrape, kid: &str, state: &str) -> f64 {
    scrape.value(&format!(r#"{AGE}{{kid="{kid}",state="{state}"}}"#))
}

#[tokio::test]
async fn keys_age_and_the_rotation_comes_nearer() {
    let app = measured().await;
    let kid = app.keys.ring.published().unwrap().active.clone().unwrap();
    let kid = kid.kid().as_str();
    let scrape = app.scrape().await;
    assert!(scrape.has(&format!(r#"{AGE}{{kid="{kid}",state="active"}}"#)));
    assert_eq!(scrape.value(NEXT_ROTATION), 30.0 * DAY.as_secs_f64());
    app.clock.advance(DAY);
    let scrape = app.scrape().await;
    assert_eq!(age(&scrape, kid, "active"), DAY.as_secs_f64());
    assert_eq!(scrape.value(NEXT_ROTATION), 29.0 * DAY.as_secs_f64());
    assert_eq!(scrape.label("state").len(), 4);
}

#[tokio::test]
async fn a_rotation_that_is_overdue_is_negative_until_it_is_done() {
    let app = TestApp::builder().with_fresh_keys().measured();
    let app = app.start().await;
    app.clock.advance(31 * DAY);
    assert_eq!(app.scrape().await.value(NEXT_ROTATION), -DAY.as_secs_f64());
    app.keys.run().await.unwrap();
    let scrape = app.scrape().await;
    assert_eq!(scrape.value(NEXT_ROTATION), 30.0 * DAY.as_secs_f64());
    assert!(scrape.label("state").contains("retired"));
}

#[tokio::test]
async fn the_age_of_the_last_reading_is_told() {
    let app = measured().await;
    app.clock.advance(Duration::from_secs(7));
    assert_eq!(app.scrape().await.value(READ_AGE), 7.0);
    app.keys.run().await.unwrap();
    assert_eq!(app.scrape().await.value(READ_AGE), 0.0);
}
