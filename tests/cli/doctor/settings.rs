use super::{assert_holds, database_of, doctor, lines, only, served};
use crate::support::{database, process::run};

#[test]
fn an_invalid_configuration_fails_and_names_the_setting() {
    let dir = served();
    for (variable, value) in [
        ("SIGNET_KEY_BITS", "1024"),
        ("SIGNET_KEY_ROTATION_INTERVAL", "1m"),
        ("SIGNET_LOG", "signet=loud"),
        ("SIGNET_LISTNE", "x"),
    ] {
        let output = run(doctor(dir.path()).env(variable, value));
        assert_eq!(output.status.code(), Some(1));
        assert_holds(&only(&output, "FAIL"), &["configuration", variable]);
    }
}

#[tokio::test]
async fn a_clock_that_runs_behind_a_stored_date_fails() {
    let dir = served();
    let later = "UPDATE keys SET activated_at = '2999-01-01 00:00:00.000000 +00:00' \
                 WHERE state = 'active'";
    database::execute(&database_of(&dir), later).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["clock", "2999-01-01T00:00:00Z"]);
}

#[test]
fn the_client_address_is_shown_by_an_example() {
    let dir = served();
    let show = |proxies: &str, header: &str| {
        let mut command = doctor(dir.path());
        command
            .env("SIGNET_TRUSTED_PROXIES", proxies)
            .env("SIGNET_CLIENT_IP_HEADER", header);
        let lines = lines(&run(&mut command));
        let line = lines.iter().find(|line| line.contains("client address"));
        line.unwrap().clone()
    };
    let example = "from 10.0.0.1 with `X-Forwarded-For: 192.0.2.66, 198.51.100.7` resolves to \
                   198.51.100.7, and the same one from 203.0.113.9 to 203.0.113.9";
    let line = show("10.0.0.0/8", "x-forwarded-for");
    assert!(line.starts_with("ok") && line.contains(example), "{line}");
    let line = show("fd00::7", "forwarded");
    let example = "from fd00::7 with `Forwarded: for=192.0.2.66, for=198.51.100.7` resolves to \
                   198.51.100.7";
    assert!(line.starts_with("ok") && line.contains(example), "{line}");
    let line = show("0.0.0.0/0", "x-forwarded-for");
    assert!(line.starts_with("warn"), "{line}");
}
