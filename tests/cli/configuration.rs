use std::{fs, path::Path, process::Output};

use crate::support::process::{MASTER_KEY, run, signet, text};

fn config(dir: &Path, variables: &[(&str, &str)]) -> Output {
    run(signet(dir).arg("config").envs(variables.iter().copied()))
}

/// The lines of `signet config` that set something.
fn settings(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let stdout = text(&output.stdout);
    let set = stdout
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    set.map(str::to_owned).collect()
}

fn assert_refused(output: &Output, words: &[&str]) {
    assert_eq!(output.status.code(), Some(2), "{words:?}");
    let message = text(&output.stderr);
    for word in words {
        assert!(message.contains(word), "{word} in {message}");
    }
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[]);
    for line in [
        "listen = \"127.0.0.1:8080\"",
        "data_dir = \"./data\"",
        "client_id = \"signet\"",
        "access_token_ttl = \"15m\"",
        "signing_algorithm = \"RS256\"",
        "key_bits = \"2048\"",
        "registration = \"open\"",
        "password_min_length = \"12\"",
        "argon2_memory_kib = \"19456\"",
        "argon2_iterations = \"2\"",
        "argon2_parallelism = \"1\"",
        "auth_rate_limit = \"10/1s\"",
        "register_rate_limit = \"5/1s\"",
        "password_strength_rate_limit = \"50/1s\"",
        "account_rate_limit = \"50/1s\"",
        "client_ip_header = \"X-Forwarded-For\"",
        "trusted_proxies = \"\"",
        "cors_origins = \"\"",
    ] {
        assert!(settings(&output).contains(&line.to_owned()), "{line}");
    }
}

#[test]
fn the_environment_outweighs_the_file_and_the_file_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("signet.toml"),
        "client_id = \"file\"\nkey_bits = 3072\naudience = [\"a\", \"b\"]\n",
    )
    .unwrap();
    let output = config(dir.path(), &[("SIGNET_CLIENT_ID", "environment")]);
    let settings = settings(&output);
    assert!(settings.contains(&"client_id = \"environment\"".to_owned()));
    assert!(settings.contains(&"key_bits = \"3072\"".to_owned()));
    assert!(settings.contains(&"audience = [\"a\", \"b\"]".to_owned()));
}

#[test]
fn flags_outweigh_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .args(["serve", "--listen", "nonsense-of-the-flag"])
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LISTEN", "nonsense-of-the-environment");
    assert_refused(
        &run(&mut command),
        &["SIGNET_LISTEN", "nonsense-of-the-flag"],
    );
}

#[test]
fn what_config_prints_is_a_file_that_configures_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let printed = config(
        dir.path(),
        &[("SIGNET_AUDIENCE", "a,b"), ("SIGNET_KEY_BITS", "4096")],
    );
    let file = dir.path().join("printed.toml");
    fs::write(&file, &printed.stdout).unwrap();
    let reread = run(signet(dir.path()).arg("config").arg("--config").arg(&file));
    assert_eq!(settings(&reread), settings(&printed));
}

#[test]
fn an_unknown_setting_is_named_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[("SIGNET_LISTNE", "x")]);
    assert_refused(&output, &["SIGNET_LISTNE", "environment"]);
    let file = dir.path().join("signet.toml");
    fs::write(&file, "listne = \"x\"").unwrap();
    assert_refused(&config(dir.path(), &[]), &["listne", "signet.toml"]);
}

#[test]
fn what_kubernetes_sets_for_a_service_named_signet_is_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(
        dir.path(),
        &[
            ("SIGNET_PORT", "tcp://10.0.0.1:8080"),
            ("SIGNET_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("SIGNET_SERVICE_HOST", "10.0.0.1"),
            ("SIGNET_SERVICE_PORT_HTTP", "8080"),
        ],
    );
    assert!(output.status.success());
    assert_refused(
        &config(dir.path(), &[("SIGNET_PORTAL", "x")]),
        &["SIGNET_PORTAL"],
    );
}

#[test]
fn a_wrong_value_is_refused_with_its_setting() {
    let dir = tempfile::tempdir().unwrap();
    for (variable, value) in [
        ("SIGNET_LISTEN", "nowhere"),
        ("SIGNET_DATABASE_URL", "mysql://x"),
        ("SIGNET_DATABASE_URL", "sqlite::memory:"),
        ("SIGNET_DATABASE_URL", "postgres:db.example/signet"),
        ("SIGNET_DATABASE_URL", "postgres://db.example"),
        ("SIGNET_DATABASE_URL", "postgres://db.example:port/signet"),
        (
            "SIGNET_DATABASE_URL",
            "postgresql://db.example/signet?sslmode=allow",
        ),
        (
            "SIGNET_DATABASE_URL",
            "postgres://db.example/signet?timeout=1",
        ),
        ("SIGNET_DATABASE_POOL_SIZE", "10"),
        ("SIGNET_DATABASE_CONNECT_TIMEOUT", "10s"),
        ("SIGNET_DATABASE_ACQUIRE_TIMEOUT", "5s"),
        ("SIGNET_DATABASE_STATEMENT_TIMEOUT", "10s"),
        ("SIGNET_ISSUER", "auth.example"),
        ("SIGNET_ACCESS_TOKEN_TTL", "0s"),
        ("SIGNET_ACCESS_TOKEN_TTL", "2days"),
        ("SIGNET_ACCESS_TOKEN_TTL", "1500ms"),
        ("SIGNET_SIGNING_ALGORITHM", "HS256"),
        ("SIGNET_SIGNING_ALGORITHM", "none"),
        ("SIGNET_KEY_BITS", "1024"),
        ("SIGNET_KEY_ROTATION_INTERVAL", "1h30ms"),
        ("SIGNET_JWKS_MAX_AGE", "0s"),
        ("SIGNET_REGISTRATION", "Open"),
        ("SIGNET_REGISTRATION", ""),
        ("SIGNET_PASSWORD_MIN_LENGTH", "7"),
        ("SIGNET_PASSWORD_MIN_LENGTH", "129"),
        ("SIGNET_PASSWORD_STRENGTH_RATE_LIMIT", "50"),
        ("SIGNET_ACCOUNT_RATE_LIMIT", "0/1s"),
        ("SIGNET_ARGON2_MEMORY_KIB", "-1"),
        ("SIGNET_AUTH_RATE_LIMIT", "10"),
        ("SIGNET_REGISTER_RATE_LIMIT", "0/1s"),
        ("SIGNET_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("SIGNET_CLIENT_IP_HEADER", "X-Real-IP"),
        ("SIGNET_CORS_ORIGINS", "https://a.example/path"),
        ("SIGNET_CORS_ORIGINS", "*"),
        ("SIGNET_CLIENT_ID", ""),
        ("SIGNET_HASH_WORKERS", "0"),
        ("SIGNET_HASH_WORKERS", "18446744073709551615"),
        ("SIGNET_HASH_MAX_WAIT", "0s"),
        ("SIGNET_AUTH_LOG_RETENTION", "23h"),
        ("SIGNET_AUTH_LOG_RETENTION", "3651days"),
        ("SIGNET_AUTH_LOG_RETENTION", "off"),
        ("SIGNET_AUDIT_LOG_RETENTION", "23h"),
        ("SIGNET_AUDIT_LOG_RETENTION", "3651days"),
        ("SIGNET_ACCOUNT_CHANGE_LIMIT", "30"),
        ("SIGNET_TRUSTED_PROXIES", "::ffff:10.0.0.0/104"),
        ("SIGNET_AUTH_RATE_LIMIT", "10/1500ms"),
        ("SIGNET_HASH_QUEUE_PER_WORKER", "0"),
        ("SIGNET_RATE_LIMIT_CLIENTS", "0"),
        ("SIGNET_LIMITER_URL", "localhost:6379"),
        ("SIGNET_LIMITER_URL", "memcached://localhost"),
        ("SIGNET_LIMITER_URL", "rediss://localhost/#insecure"),
        ("SIGNET_LIMITER_FALLBACK", "none"),
        ("SIGNET_MIGRATE_ON_START", "maybe"),
    ] {
        let output = config(dir.path(), &[(variable, value)]);
        assert_refused(&output, &[variable]);
    }
}

#[test]
fn argon2_parameters_below_owasps_minimum_are_refused_outside_dev_mode() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[("SIGNET_ARGON2_MEMORY_KIB", "19455")]);
    assert_refused(&output, &["OWASP", "19456/2"]);
}

#[test]
fn config_shows_the_master_keys_id_and_never_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[("NOT_MY_KEY", MASTER_KEY)]);
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("its id is ") && !stdout.contains(MASTER_KEY),
        "{stdout}"
    );
}

#[test]
fn key_times_that_contradict_each_other_are_refused_with_the_arithmetic() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[("SIGNET_KEY_ROTATION_INTERVAL", "7m")]);
    let words = [
        "SIGNET_KEY_ROTATION_INTERVAL",
        "300s",
        "60s",
        "10s",
        "= 430s",
    ];
    assert_refused(&output, &words);
    let output = config(dir.path(), &[("SIGNET_KEY_REFRESH", "31s")]);
    assert_refused(&output, &["SIGNET_KEY_REFRESH", "= 62s", "60s"]);
}

const POSTGRES: (&str, &str) = (
    "SIGNET_DATABASE_URL",
    "postgresql://ada:s3cret%21@db.example/signet?sslmode=require&password=als0",
);

#[test]
fn the_password_of_the_database_is_shown_to_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let output = config(dir.path(), &[POSTGRES]);
    let shown = "database_url = \"postgres://ada@db.example:5432/signet\"";
    assert!(settings(&output).contains(&shown.to_owned()));
    let wrong = "postgres://ada:s3cret!@db.example:als0/signet";
    let refused = config(dir.path(), &[("SIGNET_DATABASE_URL", wrong)]);
    assert_refused(&refused, &["SIGNET_DATABASE_URL", "invalid port"]);
    let rests = [
        "s3cret?als0@db.example/signet",
        "x@db.example/signet?password=s3cret&als0",
    ]
    .map(|rest| {
        config(
            dir.path(),
            &[("SIGNET_DATABASE_URL", &format!("postgres://ada:{rest}"))],
        )
    });
    for refused in &rests {
        assert_refused(refused, &["SIGNET_DATABASE_URL", "unknown parameter"]);
    }
    for output in [output, refused].into_iter().chain(rests) {
        let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!all.contains("s3cret") && !all.contains("als0"), "{all}");
    }
}

#[test]
fn what_would_be_dropped_from_a_url_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (variable, value, word) in [
        (
            "SIGNET_DATABASE_URL",
            "postgres://ada@db.example/signet#x?sslmode=verify-full",
            "%23",
        ),
        ("SIGNET_LIMITER_URL", "redis://localhost?db=7", "unix://"),
        (
            "SIGNET_LIMITER_URL",
            "redis://localhost/0?protocol=resp3",
            "unix://",
        ),
        (
            "SIGNET_LIMITER_URL",
            "unix:///run/redis.sock?database=7",
            "`db`",
        ),
    ] {
        assert_refused(&config(dir.path(), &[(variable, value)]), &[variable, word]);
    }
}

#[test]
fn the_limits_of_a_postgresql_database_have_ranges() {
    let dir = tempfile::tempdir().unwrap();
    for (variable, right, wrong) in [
        ("SIGNET_DATABASE_POOL_SIZE", "2", "1"),
        ("SIGNET_DATABASE_POOL_SIZE", "1000", "1001"),
        ("SIGNET_DATABASE_CONNECT_TIMEOUT", "100ms", "99ms"),
        ("SIGNET_DATABASE_ACQUIRE_TIMEOUT", "5min", "301s"),
        ("SIGNET_DATABASE_STATEMENT_TIMEOUT", "1s", "0s"),
    ] {
        let with = |value| config(dir.path(), &[POSTGRES, (variable, value)]);
        assert!(with(right).status.success(), "{variable} {right}");
        assert_refused(&with(wrong), &[variable]);
    }
}
