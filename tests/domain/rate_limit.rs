use std::time::Duration;

use signet::domain::RateLimit;

#[test]
fn a_limit_reads_back_as_it_is_written() {
    for text in ["10/1s", "5/1m", "1/1day", "10000/90s"] {
        let limit: RateLimit = text.parse().unwrap();
        assert_eq!(limit.to_string().parse::<RateLimit>().unwrap(), limit);
    }
    let limit: RateLimit = "10/1s".parse().unwrap();
    assert_eq!(
        (limit.quota(), limit.window()),
        (10, Duration::from_secs(1))
    );
    assert_eq!(limit.to_string(), "10/1s");
}

#[test]
fn what_is_no_limit_is_refused_with_the_text_and_an_example() {
    for text in [
        "",
        "10",
        "0/1s",
        "-1/1s",
        "10/0s",
        "10/500ms",
        "10/1500ms",
        "10/2days",
        "10001/1s",
        "10/s",
        "x/1s",
    ] {
        let error = text.parse::<RateLimit>().unwrap_err().to_string();
        assert!(
            error.contains(&format!("{text:?}")) && error.contains("10/1s"),
            "{error}"
        );
    }
}
