//! The spellings of one password.

use proptest::prelude::*;
use signet::{
    crypto::argon2id::{self, HashMemory},
    domain::Password,
};
use unicode_normalization::UnicodeNormalization;

use crate::support::fixtures::cheap_params;

fn password(text: String) -> Password {
    Password::new(text).unwrap()
}

/// Texts in which normal forms differ, at most 1,024 bytes in each of them.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        prop::sample::select(
            "e\u{e9}\u{301}\u{316}\u{fb01}\u{ff46}\u{212b}\u{ac00}\u{1100}\u{1161}\u{2460}"
                .chars()
                .collect::<Vec<_>>()
        ),
    ];
    prop::collection::vec(character, 1..20).prop_map(String::from_iter)
}

fn verifies(chosen: &str, typed: &str) -> bool {
    let memory = &mut HashMemory::default();
    let hash = argon2id::hash(
        &password(chosen.to_owned()),
        &[7; 16],
        cheap_params(),
        memory,
    );
    argon2id::verify(&password(typed.to_owned()), &hash.unwrap(), memory).unwrap()
}

proptest! {
    #[test]
    fn whoever_types_another_spelling_logs_in(text in text()) {
        let spellings: [String; 4] =
            [text.nfc().collect(), text.nfd().collect(), text.nfkc().collect(), text.nfkd().collect()];
        for spelling in spellings {
            prop_assert!(verifies(&text, &spelling));
            prop_assert!(verifies(&spelling, &text));
        }
    }

    #[test]
    fn another_text_does_not(one in text(), other in text()) {
        let same = one.nfkc().eq(other.nfkc());
        prop_assert_eq!(verifies(&one, &other), same);
    }

    #[test]
    fn the_normal_form_is_never_moved_in_memory(text in text()) {
        let password = password(text);
        let normalized = password.normalized();
        prop_assert_eq!(normalized.capacity(), password.expose().len() * 11);
    }
}

#[test]
fn the_longest_normal_form_has_room() {
    let longest = password("\u{fdfa}".repeat(341));
    let normalized = longest.normalized();
    assert_eq!(normalized.len(), 341 * 33);
    assert_eq!(normalized.capacity(), 1023 * 11);
}
