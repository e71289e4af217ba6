//! What the rules go by: the layers, the crates each may name, and the places
//! that names are confined to.

/// From left to right; each names only what stands to its left. `config` is
/// what `app` is built from, so it stands before it.
pub(crate) const LAYERS: [&str; 8] = [
    "domain", "crypto", "ports", "usecases", "adapters", "config", "app", "cli",
];
pub(crate) const USECASES: usize = 3;
pub(crate) const CLI: usize = 7;

/// The crates that each layer of the core may name, besides those of the
/// layers in its first column.
pub(crate) const LISTED: [(&str, &[&str], &[&str]); 4] = [
    (
        "domain",
        &[],
        &[
            "chrono",
            "email_address",
            "hex",
            "humantime",
            "ipnet",
            "phc",
            "serde",
            "thiserror",
            "unicode_normalization",
            "uuid",
            "zeroize",
        ],
    ),
    (
        "crypto",
        &["domain"],
        &[
            "aes_gcm",
            "aes_kw",
            "argon2",
            "argon2_rust",
            "aws_lc_rs",
            "base64",
            "bcrypt",
            "der",
            "jsonwebtoken",
            "rsa",
            "sec1",
            "serde_json",
            "sha2",
        ],
    ),
    ("ports", &["domain"], &["async_trait"]),
    (
        "usecases",
        &["domain", "ports"],
        &["arc_swap", "serde_json", "tracing"],
    ),
];

/// Names that only these places may use, and what to do elsewhere.
pub(crate) struct Confined {
    pub names: &'static [&'static str],
    pub homes: &'static [&'static str],
    pub instead: &'static str,
}

pub(crate) const DATABASE: Confined = Confined {
    names: &[
        "sea_orm",
        "sea_orm_migration",
        "sea_query",
        "sqlx",
        "migration",
        "signet_migration",
    ],
    homes: &["src/adapters/database/", "src/adapters/database.rs"],
    instead: "offer what is needed from src/adapters/database/ without its crates' types",
};

pub(crate) const HTTP: Confined = Confined {
    names: &[
        "poem",
        "poem_openapi",
        "hyper",
        "hyper_util",
        "http_body_util",
        "tokio_rustls",
    ],
    homes: &[
        "src/adapters/http/",
        "src/adapters/http.rs",
        "src/adapters/metrics/server.rs",
    ],
    instead: "offer what is needed from src/adapters/http/ without its crates' types",
};

pub(crate) const LIMITER: Confined = Confined {
    names: &["moka", "redis"],
    homes: &["src/adapters/limiter/", "src/adapters/limiter.rs"],
    instead: "re-export the adapter from src/adapters/limiter/ and name it there",
};

pub(crate) const METRICS: Confined = Confined {
    names: &["prometheus_client"],
    homes: &["src/adapters/metrics/"],
    instead: "count it in src/adapters/metrics/, in a port around the port",
};

/// `serve` cannot be wired to memory by accident: no one else can name it, so
/// no one can pass it on under another name.
pub(crate) const MEMORY: Confined = Confined {
    names: &["memory"],
    homes: &[
        "src/adapters/memory/",
        "src/cli/openapi.rs",
        "src/cli/openapi/",
    ],
    instead: "only `signet openapi` and tests run on the in-memory adapters: use another adapter",
};

pub(crate) const IO: [&str; 7] = [
    "env",
    "fs",
    "process",
    "thread",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
];

pub(crate) const MAX_LINES: usize = 250;
pub(crate) const MAX_LINES_OF_MAIN: usize = 59;
