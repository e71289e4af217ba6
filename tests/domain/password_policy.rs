use signet::domain::{Password, PasswordPolicy, PasswordStrength, StrengthScore, WeakPassword};

use crate::support::fixtures::password_policy;

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).unwrap()
}

fn strength(score: u8) -> PasswordStrength {
    PasswordStrength {
        score: StrengthScore::new(score),
        advice: vec!["Add another word.".to_owned(), "Avoid dates.".to_owned()],
    }
}

fn is_short(text: &str) -> bool {
    let short = WeakPassword::Short { least: 12 };
    password_policy().check_length(&password(text)) == Err(short)
}

#[test]
fn a_policy_asks_for_8_to_128_bytes() {
    for (length, exists) in [(7, false), (8, true), (128, true), (129, false)] {
        assert_eq!(PasswordPolicy::new(length).is_some(), exists, "{length}");
    }
}

#[test]
fn bytes_count_and_not_characters() {
    assert!(is_short(&"x".repeat(11)));
    assert!(!is_short(&"x".repeat(12)));
    assert!(is_short(&"\u{1f511}".repeat(2)));
    assert!(!is_short(&"\u{1f511}".repeat(3)));
}

#[test]
fn of_typed_and_hashed_bytes_the_fewer_count() {
    // One ligature of 3 bytes that NFKC makes 33 of.
    assert!(is_short("\u{fdfa}"));
    // Five letters, each typed in 3 bytes and hashed in 2.
    assert!(is_short(&"e\u{301}".repeat(5)));
    assert!(!is_short(&"e\u{301}".repeat(6)));
}

#[test]
fn a_score_of_three_passes() {
    for score in 0..=4 {
        let judged = password_policy().judge(password("plum tiger kettle"), strength(score));
        assert_eq!(judged.is_ok(), score >= 3, "{score}");
    }
}

#[test]
fn a_strong_password_that_is_short_does_not_pass() {
    let judged = password_policy().judge(password("kX9$mQ2!vB7"), strength(4));
    assert_eq!(judged.unwrap_err(), WeakPassword::Short { least: 12 });
}

#[test]
fn a_refusal_says_what_would_help() {
    let judged = password_policy().judge(password("plum tiger kettle"), strength(2));
    let expected = "is too easy to guess. Add another word. Avoid dates.";
    assert_eq!(judged.unwrap_err().to_string(), expected);
}

#[test]
fn what_is_too_short_is_rated_as_what_does_not_pass() {
    let policy = password_policy();
    let rated = policy.rate(&password("kX9$mQ2!vB7"), strength(4));
    assert_eq!(rated.score.as_u8(), 2);
    assert_eq!(rated.advice[0], "Use at least 12 bytes.");
    let rated = policy.rate(&password("kX9$mQ2!vB7#"), strength(4));
    assert_eq!(rated, strength(4));
}
