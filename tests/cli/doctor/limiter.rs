use std::path::Path;

use super::{assert_holds, doctor, lines, only, served};
use crate::support::{
    process::run,
    redis::RedisProcess,
    redis_tls::{PASSWORD, TlsRedis},
};

#[test]
fn a_limiter_that_counts_is_told_with_its_version() {
    let Some(redis) = RedisProcess::start() else {
        return;
    };
    let dir = served();
    let output = run(doctor(dir.path()).env("SIGNET_LIMITER_URL", redis.url()));
    let lines = lines(&output);
    let line = lines
        .iter()
        .find(|line| line.starts_with("ok    limiter: "));
    assert_holds(line.unwrap(), &["counts on Redis", "redis.sock"]);
}

fn line_of_memory(url: &str) -> String {
    let dir = served();
    let output = run(doctor(dir.path()).env("SIGNET_LIMITER_URL", url));
    let mut lines = lines(&output).into_iter();
    let line = lines.find(|line| line.contains("limiter's memory: "));
    line.unwrap()
}

#[test]
fn a_redis_that_forgets_when_it_is_full_is_warned_of() {
    for (policy, status) in [("noeviction", "ok"), ("allkeys-lru", "warn")] {
        let options = ["--maxmemory-policy".to_owned(), policy.to_owned()];
        let dir = tempfile::tempdir().unwrap();
        let Some(redis) = RedisProcess::start_with(dir, options.into()) else {
            return;
        };
        let line = line_of_memory(&redis.url());
        assert!(line.starts_with(status), "{line}");
        assert_holds(&line, &[policy]);
    }
}

#[test]
fn a_redis_that_may_not_be_asked_whether_it_forgets_counts_all_the_same() {
    let user = "default on nopass ~* &* +@all -info -config".split(' ');
    let options = ["--user"].into_iter().chain(user).map(str::to_owned);
    let dir = tempfile::tempdir().unwrap();
    let Some(redis) = RedisProcess::start_with(dir, options.collect()) else {
        return;
    };
    let line = line_of_memory(&redis.url());
    assert!(line.starts_with("ok"), "{line}");
    assert_holds(&line, &["cannot tell"]);
}

#[test]
fn a_limiter_that_is_away_fails_without_its_password() {
    let dir = served();
    let url = "redis://signet:pa55word@127.0.0.1:1/0";
    let output = run(doctor(dir.path()).env("SIGNET_LIMITER_URL", url));
    let line = only(&output, "FAIL");
    assert_holds(
        &line,
        &["limiter", "redis://127.0.0.1:1/0", "does not count"],
    );
    assert!(!line.contains("pa55word"), "{line}");
}

#[test]
fn a_limiter_behind_tls_is_checked_by_the_certificates_of_the_system() {
    let Some(redis) = TlsRedis::start() else {
        return;
    };
    let dir = served();
    let examine = |certificates: &Path| {
        run(doctor(dir.path())
            .env("SIGNET_LIMITER_URL", redis.url())
            .env("SSL_CERT_FILE", certificates))
    };
    let known = lines(&examine(&redis.ca()));
    let line = known
        .iter()
        .find(|line| line.starts_with("ok    limiter: "));
    assert_holds(line.unwrap(), &["counts on Redis", "rediss://127.0.0.1:"]);
    // A certificate of somebody else.
    let stranger = TlsRedis::start().unwrap();
    let unknown = lines(&examine(&stranger.ca()));
    let line = unknown
        .iter()
        .find(|line| line.starts_with("FAIL  limiter: "));
    assert_holds(line.unwrap(), &["does not count"]);
    for line in known.iter().chain(&unknown) {
        assert!(!line.contains(PASSWORD), "{line}");
    }
}
