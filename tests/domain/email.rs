use signet::domain::{Email, EmailError};

#[test]
fn ordinary_addresses_are_kept_as_written() {
    for text in [
        "ada@example.com",
        "Ada.Lovelace+x@Mail.Example.org",
        "o'hara@example.ie",
    ] {
        assert_eq!(text.parse::<Email>().unwrap().as_str(), text);
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@exa mple.com",
        "ada@@example.com",
        "Ada <ada@example.com>",
        "ada@[127.0.0.1]",
        "ada@example.com\n",
        "ada@example..com",
    ] {
        assert_eq!(text.parse::<Email>(), Err(EmailError::Syntax), "{text:?}");
    }
}

#[test]
fn an_address_of_255_characters_is_refused_for_its_length() {
    let text = format!("ada@{}.com", "a".repeat(247));
    assert_eq!(text.len(), 255);
    assert_eq!(text.parse::<Email>(), Err(EmailError::Length));
}

#[test]
fn two_addresses_that_differ_in_case_fold_to_one() {
    let folded = |text: &str| text.parse::<Email>().unwrap().folded();
    assert_eq!(folded("Ada@Example.COM"), folded("ada@example.com"));
}
