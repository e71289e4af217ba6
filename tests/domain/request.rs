use signet::domain::{RequestId, UserAgent};

#[test]
fn a_user_agent_is_cut_at_256_characters() {
    let agent = UserAgent::new(&"ü".repeat(300));
    assert_eq!(agent.as_str().chars().count(), 256);
}

#[test]
fn a_request_id_is_one_word_of_at_most_128_characters() {
    assert!("0af7651916cd43dd-8448.eb_2".parse::<RequestId>().is_ok());
    assert!("a".repeat(128).parse::<RequestId>().is_ok());
    for text in ["", "a b", "a\r\nb", "ü", "<script>", &"a".repeat(129)] {
        assert!(text.parse::<RequestId>().is_err(), "{text:?}");
    }
}
