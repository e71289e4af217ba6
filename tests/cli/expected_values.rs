//! A wrong value of a setting is told with what is expected.

use std::collections::BTreeSet;

use signet::config::{Config, Environment, Sources, settings};

use crate::support::process::{MASTER_KEY, run, signet, text};

/// Any text is one of these, so that only what it leads to can be wrong.
const FREE_TEXTS: [(&str, &str); 4] = [
    ("data_dir", "any path is one"),
    ("audience", "services and the server agree on it"),
    ("tls_cert", "any path is one, and goes with that of the key"),
    (
        "tls_key",
        "any path is one, and goes with the certificate's",
    ),
];

/// The others: a wrong value, and one that the error names, which is right.
const EXPECTED: &[(&str, &str, &str)] = &[
    ("listen", "nope", "127.0.0.1:8080"),
    ("trusted_proxies", "proxy", "10.0.0.0/8"),
    ("client_ip_header", "X-Real-IP", "Forwarded"),
    ("cors_origins", "*", "https://app.example"),
    ("request_head_timeout", "soon", "15m"),
    ("request_timeout", "10", "15m"),
    ("keep_alive_timeout", "2h", "1h"),
    ("write_timeout", "0s", "100ms"),
    ("max_connections", "many", "1000000"),
    ("max_connections_per_client", "0", "1000000"),
    ("drain_delay", "2h", "1h"),
    ("drain_timeout", "-1s", "15m"),
    (
        "database_url",
        "mysql://x",
        "sqlite:/var/lib/signet/signet.db",
    ),
    ("database_pool_size", "1", "1000"),
    ("database_connect_timeout", "1h", "5min"),
    ("database_acquire_timeout", "1ms", "100ms"),
    ("database_statement_timeout", "x", "2s"),
    ("migrate_on_start", "maybe", "false"),
    ("issuer", "auth.example", "https://auth.example"),
    ("client_id", "", "signet"),
    ("access_token_ttl", "2days", "1day"),
    ("signing_algorithm", "HS256", "EdDSA"),
    ("key_bits", "large", "3072"),
    ("key_rotation_interval", "never", "2s"),
    ("jwks_max_age", "0s", "1s"),
    ("clock_skew", "1500ms", "1s"),
    ("key_refresh", "often", "2s"),
    ("key_staleness", "0s", "1s"),
    ("registration", "Open", "invite"),
    ("password_min_length", "long", "128"),
    ("session_idle_ttl", "366days", "365days"),
    ("session_max_ttl", "long", "15m"),
    ("refresh_reuse_window", "6m", "5m"),
    ("auth_log_retention", "23h", "1day"),
    ("audit_log_retention", "off", "15m"),
    ("argon2_memory_kib", "19MiB", "19456"),
    ("argon2_iterations", "two", "64"),
    ("argon2_parallelism", "17", "16"),
    ("argon2_backend", "fast", "portable"),
    ("hash_workers", "0", "1024"),
    ("hash_queue_per_worker", "x", "10000"),
    ("hash_max_wait", "1h", "100ms"),
    ("auth_rate_limit", "10", "10/1s"),
    ("register_rate_limit", "0/1s", "10/1s"),
    ("password_strength_rate_limit", "x", "10/1s"),
    ("account_rate_limit", "10/1500ms", "10/1s"),
    ("account_change_limit", "on", "10/1s"),
    ("token_rate_limit", "-1/1s", "10/1s"),
    ("revoke_rate_limit", "1/s", "10/1s"),
    ("introspect_rate_limit", "", "10/1s"),
    ("rate_limit_clients", "999", "100000000"),
    ("limiter_url", "localhost:6379", "redis://127.0.0.1:6379"),
    ("limiter_fallback", "none", "deny"),
    ("account_throttle", "yes", "off"),
    ("log", "signet=loud", "warn,signet=debug"),
    ("access_log", "true", "on"),
    ("metrics_listen", ":9090", "127.0.0.1:8080"),
];

/// What a setting's wrong value is refused with.
fn refusal(name: &str, value: &str) -> String {
    let mut environment = Environment::new();
    if name.starts_with("database_") {
        let url = "postgres://signet@127.0.0.1/signet";
        environment.insert("SIGNET_DATABASE_URL".to_owned(), url.to_owned());
    }
    let variable = format!("SIGNET_{}", name.to_ascii_uppercase());
    environment.insert(variable, value.to_owned());
    let sources = Sources {
        environment,
        ..Sources::default()
    };
    match Config::load(&sources, false) {
        Ok(_) => panic!("{name} = {value:?} is right"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_wrong_value_of_every_setting_is_told_with_what_is_expected() {
    for &(name, wrong, right) in EXPECTED {
        // A log's filter is read where the log begins.
        if name == "log" {
            continue;
        }
        let told = refusal(name, wrong);
        let variable = format!("SIGNET_{}: ", name.to_ascii_uppercase());
        assert!(told.starts_with(&variable), "{told}");
        assert!(told.contains(right), "{right} in {told}");
    }
}

#[test]
fn a_wrong_filter_of_the_log_is_told_with_a_right_one() {
    let dir = tempfile::tempdir().unwrap();
    let (_, wrong, right) = *(EXPECTED.iter().find(|row| row.0 == "log")).unwrap();
    let mut serve = signet(dir.path());
    serve.arg("serve").env("SIGNET_LOG", wrong);
    let output = run(serve.env("NOT_MY_KEY", MASTER_KEY));
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("SIGNET_LOG: ") && told.contains(right),
        "{told}"
    );
}

#[test]
fn every_setting_has_its_wrong_value_or_takes_any_text() {
    let listed: BTreeSet<_> = (EXPECTED.iter().map(|row| row.0))
        .chain(FREE_TEXTS.map(|row| row.0))
        .collect();
    let known: BTreeSet<_> = settings().map(|setting| setting.name).collect();
    assert_eq!(listed, known);
}
