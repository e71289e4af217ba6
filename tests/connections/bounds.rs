use std::{fmt::Debug, time::Duration};

use signet::config::{Config, Sources};

use super::seconds;

/// A setting, and what its value becomes.
type Bound<T> = (&'static str, fn(&Config) -> T);

const TIMES: [Bound<Duration>; 6] = [
    ("SIGNET_REQUEST_HEAD_TIMEOUT", |it| {
        it.connections.request_head_timeout
    }),
    ("SIGNET_REQUEST_TIMEOUT", |it| {
        it.connections.request_timeout
    }),
    ("SIGNET_KEEP_ALIVE_TIMEOUT", |it| {
        it.connections.keep_alive_timeout
    }),
    ("SIGNET_WRITE_TIMEOUT", |it| it.connections.write_timeout),
    ("SIGNET_DRAIN_DELAY", |it| it.drain_timings.delay),
    ("SIGNET_DRAIN_TIMEOUT", |it| it.drain_timings.timeout),
];

const COUNTS: [Bound<usize>; 2] = [
    ("SIGNET_MAX_CONNECTIONS", |it| {
        it.connections.max_connections
    }),
    ("SIGNET_MAX_CONNECTIONS_PER_CLIENT", |it| {
        it.connections.max_connections_per_client
    }),
];

fn with(setting: &str, value: &str) -> Config {
    let sources = Sources {
        environment: [(setting.to_owned(), value.to_owned())].into(),
        ..Sources::default()
    };
    Config::load(&sources, false).unwrap()
}

/// Its own bound has the value, and every other one is as it was.
fn assert_sets_one<T: PartialEq + Debug>(bounds: &[Bound<T>], written: &str, value: &T) {
    let defaults = Config::load(&Sources::default(), false).unwrap();
    for (setting, _) in bounds {
        let config = with(setting, written);
        for (name, read) in bounds {
            let before = read(&defaults);
            assert_ne!(before, *value, "{name}");
            let expected = if name == setting { value } else { &before };
            assert_eq!(read(&config), *expected, "{name} by {setting}");
        }
    }
}

#[test]
fn each_time_is_set_by_its_own_setting() {
    assert_sets_one(&TIMES, "41s", &seconds(41));
}

#[test]
fn each_number_of_connections_is_set_by_its_own_setting() {
    assert_sets_one(&COUNTS, "41", &41);
}
