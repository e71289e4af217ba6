//! How today's ports read the rows that each version wrote.

/// Rows that a version began to write.
pub(super) struct Written {
    /// How many migrations that version had applied.
    pub since: usize,
    /// One line for each row.
    pub read: &'static [&'static str],
}

pub(super) const WRITTEN: [Written; 13] = [
    Written {
        since: 1,
        read: &[
            "user Ada <Ada@example.com> active, display name none, roles [], \
             since 2026-01-01 00:00:01.000001 UTC, last login 2026-01-02 00:00:00 UTC",
            "hash of Ada: $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ],
    },
    Written {
        since: 2,
        read: &[
            "key first RS256 expired, made 2026-01-01 00:00:00 UTC, published 2026-01-01 00:00:00 UTC, \
             active 2026-01-01 00:00:00 UTC, retired 2026-01-02 00:00:00 UTC, expired 2026-01-03 00:00:00 UTC, \
             lifetime 900 s, still signing 0 s, not sealed",
            "key second ES256 active, made 2026-01-01 00:00:00 UTC, published 2026-01-01 00:00:00 UTC, \
             active 2026-01-02 00:00:00 UTC, retired none, expired none, \
             lifetime 900 s, still signing 0 s, opens",
            "key third EdDSA next, made 2026-01-02 00:00:00 UTC, published 2026-01-02 00:00:00 UTC, \
             active none, retired none, expired none, \
             lifetime 0 s, still signing 0 s, sealed",
        ],
    },
    Written {
        since: 3,
        read: &[
            "event one of 192.0.2.1 at 2026-01-01 00:00:03 UTC: success, session none, client none, by its network",
        ],
    },
    Written {
        since: 4,
        read: &["refresh key 1, made 2026-01-01 00:00:00 UTC, opens"],
    },
    Written {
        since: 5,
        read: &[
            "session 00000000-0000-4000-8000-000000000005 of generation 2, consumed 1, \
             2026-01-01 00:00:00 UTC to 2099-01-01 00:00:00 UTC",
        ],
    },
    Written {
        since: 6,
        read: &[
            "client Billing, scopes read write, for https://api.example, since 2026-01-01 00:00:00 UTC, \
             secret 0000000000000000000000000000000000000000000000000000000000000000",
            "revoked token",
        ],
    },
    Written {
        since: 7,
        read: &[
            "event two of 2001:db8::7 at 2026-01-01 00:00:07 UTC: wrong_client_secret, session \
                 00000000-0000-4000-8000-000000000005, client signet_client_one, by its network",
        ],
    },
    Written {
        since: 8,
        read: &[
            "key eighth PS256 retired, made 2026-01-01 00:00:00 UTC, published 2026-01-01 00:00:00 UTC, \
             active 2026-01-01 00:00:00 UTC, retired 2026-01-02 00:00:00 UTC, expired none, \
             lifetime 900 s, still signing 130 s, sealed",
        ],
    },
    Written {
        since: 9,
        read: &[
            "user bob <bob@example.com> disabled, display name Bob B., roles [admin], \
             since 2026-01-01 00:00:09 UTC, last login none",
            "hash of bob: $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "admin bob",
        ],
    },
    Written {
        since: 10,
        read: &[
            "invite 00000000-0000-4000-8000-000000000010, until 2026-01-08 00:00:00 UTC, used 2026-01-02 00:00:00 UTC, \
             code 0000000000000000000000000000000000000000000000000000000000000010",
        ],
    },
    Written {
        since: 11,
        read: &["audit command_line key.revoke first at 2026-01-01 00:00:11 UTC"],
    },
    Written {
        since: 12,
        read: &["known network"],
    },
    Written {
        since: 13,
        read: &[
            "event three of 192.0.2.13 at 2026-01-01 00:00:13 UTC: unknown_user, session none, client none, by its network",
        ],
    },
];
