//! How passwords are hashed.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Hashing",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting(
        "argon2_memory_kib",
        "19456",
        "memory of one hash in KiB, at most 1048576",
    ),
    setting("argon2_iterations", "2", "passes of one hash, 1 to 64"),
    setting("argon2_parallelism", "1", "lanes of one hash, 1 to 16"),
    setting(
        "argon2_backend",
        "auto",
        "what verifies passwords: `auto`, the SIMD backend where it computes what the standard says, or `portable`",
    ),
    setting(
        "hash_workers",
        "",
        "hashes computed at once, at most 1024; by default the number of cores",
    ),
    setting(
        "hash_queue_per_worker",
        "64",
        "hashes that may wait for each worker, at most 10000",
    ),
    setting(
        "hash_max_wait",
        "2s",
        "the longest expected wait for a hash, `100ms` to `1min`; above it: 503",
    ),
];
