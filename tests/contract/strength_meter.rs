//! [`StrengthMeter`]'s contract, on the one that the server uses.

use std::pin::pin;

use futures_util::FutureExt;
use proptest::prelude::*;
use signet::{
    adapters::strength::ZxcvbnMeter,
    domain::{Password, PasswordStrength, PersonalWords},
    ports::{MeterError, StrengthMeter},
};

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).unwrap()
}

async fn rate(text: &str, known: &PersonalWords) -> PasswordStrength {
    let meter = ZxcvbnMeter::new(1);
    meter.rate(&password(text), known).await.unwrap()
}

async fn score(text: &str) -> u8 {
    rate(text, &PersonalWords::of_nobody()).await.score.as_u8()
}

#[tokio::test]
async fn what_people_guess_first_has_a_low_score_and_advice() {
    for text in [
        "password1234",
        "qwertyuiop[]",
        "1234567890!@#$%^&*()",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "p4ssw0rdp4ssw0rd",
        "iloveyou2026",
    ] {
        let strength = rate(text, &PersonalWords::of_nobody()).await;
        assert!(strength.score.as_u8() < 3, "{text}: {strength:?}");
        assert!(!strength.advice.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn what_is_hard_to_guess_has_a_high_score_and_needs_no_advice() {
    for text in [
        "plum tiger kettle",
        "kX9$mQ2!vB7#",
        "0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21",
        "73920518463051",
        "\u{43c}\u{435}\u{434}\u{432}\u{435}\u{434}\u{44c} \u{447}\u{430}\u{439}\u{43d}\u{438}\u{43a}",
    ] {
        let strength = rate(text, &PersonalWords::of_nobody()).await;
        assert!(strength.score.as_u8() >= 3, "{text}: {strength:?}");
        assert_eq!(strength.advice, [""; 0], "{text}");
    }
}

#[tokio::test]
async fn the_owners_names_are_easy_to_guess_whole_and_in_parts() {
    let username = "kwisatz-haderach".parse().unwrap();
    let email = "muaddib.usul@arrakeen.example".parse().unwrap();
    let name = "Leto Atreides".parse().unwrap();
    let known = PersonalWords::of(&username, &email, Some(&name));
    for text in [
        "kwisatz-haderach",
        "muaddib.usul@arrakeen.example",
        "haderach2026",
        "Arrakeen1234",
        "LetoAtreides",
    ] {
        assert!(score(text).await >= 3, "{text}");
        assert!(rate(text, &known).await.score.as_u8() < 3, "{text}");
    }
}

/// No piece that zxcvbn is shown has the whole name, so it would take the parts
/// for chance.
#[tokio::test]
async fn the_owners_names_are_found_wherever_they_stand() {
    let username = "kwisatz-haderach".parse().unwrap();
    let email = "muaddib.usul@arrakeen.example".parse().unwrap();
    let known = PersonalWords::of(&username, &email, None);
    for filler in 0..24 {
        let filler = "a".repeat(filler);
        for name in [
            "kwisatz-haderach",
            "Muaddib.Usul@Arrakeen.Example",
            "haderach",
        ] {
            for text in [
                format!("{filler}{name}"),
                format!("{filler}{name}{name}"),
                format!("{filler}{name}{filler}{name}{filler}"),
            ] {
                let strength = rate(&text, &known).await;
                assert!(strength.score.as_u8() < 3, "{text}: {strength:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_strong_password_is_one_beside_its_owners_name_too() {
    let username = "kwisatz-haderach".parse().unwrap();
    let email = "muaddib.usul@arrakeen.example".parse().unwrap();
    let known = PersonalWords::of(&username, &email, None);
    let strength = rate("kwisatz-haderachkX9$mQ2!vB7#", &known).await;
    assert_eq!(strength.score.as_u8(), 4);
}

#[tokio::test]
async fn a_weak_beginning_does_not_spoil_a_strong_end() {
    let weak = "a".repeat(30);
    assert!(score(&weak).await < 3);
    assert_eq!(score(&(weak + "kX9$mQ2!vB7#")).await, 4);
}

#[tokio::test]
async fn only_the_first_hundred_characters_count() {
    let weak = "a".repeat(100);
    assert!(score(&(weak + "kX9$mQ2!vB7#")).await < 3);
}

#[tokio::test]
async fn the_spellings_of_one_password_get_one_answer() {
    let nobody = PersonalWords::of_nobody();
    let full_width = "\u{ff50}\u{ff41}\u{ff53}\u{ff53}\u{ff57}\u{ff4f}\u{ff52}\u{ff44}1234";
    let plain = rate("password1234", &nobody).await;
    assert_eq!(rate(full_width, &nobody).await, plain);
}

#[tokio::test]
async fn what_finds_no_place_is_refused_and_a_place_is_given_back() {
    let meter = ZxcvbnMeter::new(1);
    let (password, nobody) = (password("plum tiger kettle"), PersonalWords::of_nobody());
    let mut first = pin!(meter.rate(&password, &nobody));
    assert!(first.as_mut().now_or_never().is_none());
    let second = meter.rate(&password, &nobody).await;
    assert!(matches!(second, Err(MeterError::Busy { .. })));
    assert!(first.await.is_ok());
    assert!(meter.rate(&password, &nobody).await.is_ok());
}

#[tokio::test]
async fn a_place_is_given_back_by_who_leaves() {
    let meter = ZxcvbnMeter::new(1);
    let (password, nobody) = (password("plum tiger kettle"), PersonalWords::of_nobody());
    {
        let mut leaving = pin!(meter.rate(&password, &nobody));
        assert!(leaving.as_mut().now_or_never().is_none());
    }
    assert!(meter.rate(&password, &nobody).await.is_ok());
}

/// Texts of the kinds that zxcvbn looks for: keys next to each other, symbols
/// read as letters, dates, repeats, and whatever Unicode has.
fn any_password() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        "[qweasdzxc]{1,30}",
        "[0-9]{1,30}",
        "[-0-9/._ ]{1,20}",
        "[a-e4@8({\\[<369!1|70$5+%2]{1,40}",
        "\\PC{1,20}",
        "\\p{Nd}{1,10}",
    ];
    (unit, 1..20_usize).prop_map(|(unit, count)| unit.repeat(count))
}

proptest! {
    #[test]
    fn every_password_has_a_strength(text in any_password()) {
        prop_assume!(text.len() <= Password::MAX_BYTES);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let strength = runtime.block_on(rate(&text, &PersonalWords::of_nobody()));
        prop_assert_eq!(strength.advice.is_empty(), strength.score.as_u8() >= 3);
    }
}
