use std::time::Duration;

use signet::domain::{
    Generation, PresentedToken, RefreshKeyId, RefreshStep, Session, SessionTerms, Timestamp, UserId,
};
use uuid::Uuid;

use crate::support::{
    fixtures::{a_time, an_origin},
    tokens::{a_session, session_terms},
};

const DAY: Duration = Duration::from_hours(24);

fn session() -> Session {
    a_session(1, UserId::new(Uuid::from_u128(1)))
}

fn present_under(
    session: &Session,
    generation: u32,
    at: Timestamp,
    terms: SessionTerms,
) -> RefreshStep {
    let token = PresentedToken {
        generation: Generation::new(generation),
        key: session.refresh_key,
    };
    session.refresh(token, at, &an_origin(), RefreshKeyId::new(2), terms)
}

fn present(session: &Session, generation: u32, at: Timestamp) -> RefreshStep {
    present_under(session, generation, at, session_terms())
}

fn rotated(step: RefreshStep) -> Session {
    match step {
        RefreshStep::Rotate(session) => session,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_session_expires_when_it_is_idle_for_too_long() {
    let session = session();
    assert!(session.is_live(a_time() + DAY * 30 - Duration::from_micros(1)));
    assert!(!session.is_live(a_time() + DAY * 30));
    assert_eq!(
        present(&session, 1, a_time() + DAY * 30),
        RefreshStep::Expired
    );
}

#[test]
fn a_refresh_prolongs_a_session_but_not_beyond_its_end() {
    let mut session = session();
    for (generation, day) in [(1, 29), (2, 58), (3, 87), (4, 116), (5, 145), (6, 170)] {
        session = rotated(present(&session, generation, a_time() + DAY * day));
    }
    assert_eq!(session.expires_at, a_time() + DAY * 180);
    assert_eq!(
        present(&session, 7, a_time() + DAY * 180),
        RefreshStep::Expired
    );
}

#[test]
fn a_consumed_token_is_repeated_within_the_window_and_reused_after_it() {
    let first = a_time() + Duration::from_secs(1);
    let session = rotated(present(&session(), 1, first));
    let end = first + Duration::from_secs(10);
    assert_eq!(present(&session, 1, end), RefreshStep::Repeat);
    let after = end + Duration::from_micros(1);
    assert_eq!(present(&session, 1, after), RefreshStep::Reuse);
}

#[test]
fn without_a_window_a_second_use_is_a_reuse_but_for_the_same_moment() {
    let terms = SessionTerms {
        reuse_window: Duration::ZERO,
        ..session_terms()
    };
    let session = rotated(present_under(&session(), 1, a_time(), terms));
    assert_eq!(
        present_under(&session, 1, a_time(), terms),
        RefreshStep::Repeat
    );
    let later = a_time() + Duration::from_micros(1);
    assert_eq!(present_under(&session, 1, later, terms), RefreshStep::Reuse);
}

#[test]
fn a_clock_that_is_behind_repeats_what_one_ahead_of_it_consumed() {
    let ahead = a_time() + Duration::from_secs(30);
    let session = rotated(present(&session(), 1, ahead));
    let session = rotated(present(&session, 2, a_time()));
    for generation in [1, 2] {
        let repeated = present(&session, generation, a_time() + Duration::from_secs(10));
        assert_eq!(repeated, RefreshStep::Repeat);
    }
}

#[test]
fn after_a_clock_ran_ahead_the_next_refresh_sets_the_session_right() {
    let session = rotated(present(&session(), 1, a_time() + DAY));
    assert_eq!(session.expires_at, a_time() + DAY * 31);
    let session = rotated(present(&session, 2, a_time()));
    assert_eq!(session.last_used_at, a_time());
    assert_eq!(session.expires_at, a_time() + DAY * 30);
    let after = a_time() + Duration::from_micros(10_000_001);
    for generation in [1, 2] {
        assert_eq!(present(&session, generation, after), RefreshStep::Reuse);
    }
}

#[test]
fn a_token_that_the_session_never_had_ends_it() {
    assert_eq!(present(&session(), 5, a_time()), RefreshStep::Expired);
    let of_another_key = PresentedToken {
        generation: Generation::FIRST,
        key: RefreshKeyId::new(9),
    };
    let key = RefreshKeyId::new(2);
    let step = session().refresh(of_another_key, a_time(), &an_origin(), key, session_terms());
    assert_eq!(step, RefreshStep::Expired);
}

/// What its owner refreshes now and then does not make an old copy good again.
#[test]
fn an_old_token_is_a_reuse_right_after_a_refresh_too() {
    let mut session = session();
    for generation in 1..=3 {
        let at = a_time() + Duration::from_mins(15) * generation;
        session = rotated(present(&session, generation, at));
    }
    let at = session.last_used_at + Duration::from_secs(5);
    for (generation, expected) in [
        (1, RefreshStep::Reuse),
        (2, RefreshStep::Reuse),
        (3, RefreshStep::Repeat),
    ] {
        assert_eq!(present(&session, generation, at), expected, "{generation}");
    }
}

#[test]
fn the_last_possible_generation_is_the_end_of_the_session() {
    let mut session = session();
    session.generation = Generation::new(u32::MAX);
    assert_eq!(present(&session, u32::MAX, a_time()), RefreshStep::Expired);
}

#[test]
fn a_session_remembers_where_it_was_last_used_and_which_key_makes_its_token() {
    let mut origin = an_origin();
    origin.user_agent = None;
    let token = PresentedToken {
        generation: Generation::FIRST,
        key: RefreshKeyId::FIRST,
    };
    let key = RefreshKeyId::new(2);
    let step = session().refresh(token, a_time(), &origin, key, session_terms());
    let session = rotated(step);
    assert_eq!(session.user_agent, None);
    assert_eq!(session.refresh_key, key);
}

#[test]
fn a_use_is_told_when_its_reuse_window_is_over() {
    let second = Duration::from_secs(1);
    let window = session_terms().reuse_window;
    let told = |session: &Session, at| session.told_last_used(at, window);
    let first = rotated(present(&session(), 1, a_time() + second * 100));
    let second_use = rotated(present(&first, 2, a_time() + second * 200));
    assert_eq!(told(&session(), a_time()), a_time());
    assert_eq!(told(&first, a_time() + second * 101), a_time());
    let over = window + Duration::from_micros(1);
    let uses = [100, 200].map(|seconds| a_time() + second * seconds);
    assert_eq!(told(&first, uses[0] + window), a_time());
    assert_eq!(told(&first, uses[0] + over), uses[0]);
    assert_eq!(told(&second_use, uses[1] + window), uses[0]);
    assert_eq!(told(&second_use, uses[1] + over), uses[1]);
}

#[test]
fn a_session_that_a_clock_ahead_began_lives_no_longer_than_another_once_it_is_refreshed() {
    let mut session = session();
    let ahead = DAY * 365 * 5;
    session.expires_at += ahead;
    session.ends_at += ahead;
    let refreshed = rotated(present(&session, 1, a_time() + DAY));
    assert_eq!(refreshed.ends_at, a_time() + DAY * 181);
}
