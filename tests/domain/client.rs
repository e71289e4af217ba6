use proptest::prelude::*;
use signet::domain::{ClientId, ClientName, Scopes};

#[test]
fn scopes_are_a_set_in_the_order_of_their_names() {
    let scopes: Scopes = "write read write".parse().unwrap();
    assert_eq!(scopes.to_string(), "read write");
    assert!("".parse::<Scopes>().unwrap().is_empty());
}

#[test]
fn malformed_scopes_are_refused() {
    let long = "a".repeat(1025);
    for text in [
        " ", "a  b", " a", "a ", "a\"b", "a\\b", "a\tb", "ü", "a\n", &long,
    ] {
        assert!(text.parse::<Scopes>().is_err(), "{text:?}");
    }
}

#[test]
fn a_subset_has_no_scope_that_the_others_lack() {
    let all: Scopes = "a b c".parse().unwrap();
    for (text, expected) in [("a c", true), ("", true), ("a d", false), ("A", false)] {
        let asked: Scopes = text.parse().unwrap();
        assert_eq!(asked.is_subset(&all), expected, "{text:?}");
    }
}

#[test]
fn names_and_ids_of_clients_are_bounded() {
    for text in ["a", "billing-2.eu_west", &"a".repeat(64)] {
        assert!(text.parse::<ClientName>().is_ok(), "{text:?}");
    }
    for text in ["", "a b", "ü", "a/b", &"a".repeat(65)] {
        assert!(text.parse::<ClientName>().is_err(), "{text:?}");
    }
    for text in ["", "a b", "ü", "a\n", &"a".repeat(129)] {
        assert!(text.parse::<ClientId>().is_err(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn scopes_read_back_as_they_are_written(texts in prop::collection::vec("[!#-\\[\\]-~]{1,9}", 0..9)) {
        let scopes: Scopes = texts.join(" ").parse().unwrap();
        prop_assert_eq!(scopes.to_string().parse::<Scopes>().unwrap(), scopes);
    }
}
