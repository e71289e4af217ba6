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
        read: &["user Ada <Ada@example.com> active, display name none, roles []"],
    },
    Written {
        since: 2,
        read: &[
            "key first RS256 expired, lifetime 900 s, still signing 0 s, not sealed",
            "key second ES256 active, lifetime 900 s, still signing 0 s, sealed",
            "key third EdDSA next, lifetime 0 s, still signing 0 s, sealed",
        ],
    },
    Written {
        since: 3,
        read: &["event one of 192.0.2.1: success, session none, client none, by its network"],
    },
    Written {
        since: 4,
        read: &["refresh key 1"],
    },
    Written {
        since: 5,
        read: &["session 00000000-0000-4000-8000-000000000005 of generation 2, consumed 1"],
    },
    Written {
        since: 6,
        read: &[
            "client Billing, scopes read write, for https://api.example",
            "revoked token",
        ],
    },
    Written {
        since: 7,
        read: &["event two of 2001:db8::7: wrong_client_secret, session \
                 00000000-0000-4000-8000-000000000005, client signet_client_one, by its network"],
    },
    Written {
        since: 8,
        read: &["key eighth PS256 retired, lifetime 900 s, still signing 130 s, sealed"],
    },
    Written {
        since: 9,
        read: &[
            "user bob <bob@example.com> disabled, display name Bob B., roles [admin]",
            "admin bob",
        ],
    },
    Written {
        since: 10,
        read: &["invite 00000000-0000-4000-8000-000000000010, used"],
    },
    Written {
        since: 11,
        read: &["audit command_line key.revoke first"],
    },
    Written {
        since: 12,
        read: &["known network"],
    },
    Written {
        since: 13,
        read: &[
            "event three of 192.0.2.13: unknown_user, session none, client none, by its network",
        ],
    },
];
