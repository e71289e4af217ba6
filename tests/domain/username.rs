use proptest::prelude::*;
use signet::domain::{Username, UsernameError};

proptest! {
    #[test]
    fn any_name_of_the_documented_form_is_kept_as_written(
        text in "[A-Za-z0-9._@+-]{3,64}",
    ) {
        let username: Username = text.parse().unwrap();
        prop_assert_eq!(username.as_str(), &text);
        prop_assert_eq!(username.folded(), text.to_ascii_lowercase());
    }

    #[test]
    fn a_name_with_any_other_character_is_refused(
        before in "[a-z]{2,20}", odd in "[^A-Za-z0-9._@+-]", after in "[a-z]{1,20}",
    ) {
        let parsed = format!("{before}{odd}{after}").parse::<Username>();
        prop_assert_eq!(parsed, Err(UsernameError::Character));
    }
}

#[test]
fn a_name_of_2_or_65_characters_is_refused() {
    for length in [0, 2, 65, 10_000] {
        let parsed = "a".repeat(length).parse::<Username>();
        assert_eq!(parsed, Err(UsernameError::Length), "{length}");
    }
}
