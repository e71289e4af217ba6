//! The SQL that finds events of the auth log. SQLite keeps no statistics, and
//! a wrong guess of it would read the whole log: it is told which index to take.
//! PostgreSQL keeps some, and takes no advice.

use sea_orm::{DbBackend, Statement, Value};

use crate::domain::{AddressRange, AuthEventFilter, AuthEventId, PageRequest, Position};

/// How many events one page looks at, at most.
pub(super) const WINDOW: u64 = 5_000;

const NEWEST_FIRST: &str = "ORDER BY request_timestamp DESC, id DESC";

/// Along which index the events are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Time,
    Outcome,
    User,
    Address,
    /// All of a network that has few of them, sorted.
    Network,
}

impl Way {
    /// Of a network it has to be known whether it has few events.
    pub(super) fn of(filter: &AuthEventFilter, few: bool) -> Self {
        match (filter.user, filter.address, filter.outcome) {
            (Some(_), _, _) => Self::User,
            (None, Some(range), _) if range.is_single() => Self::Address,
            (None, Some(_), _) if few => Self::Network,
            (None, _, Some(_)) => Self::Outcome,
            (None, _, None) => Self::Time,
        }
    }

    /// The part of the filter that the index answers for. What remains has to
    /// be looked for among the events that it finds.
    pub(super) fn answers(self, filter: &AuthEventFilter) -> AuthEventFilter {
        let time = AuthEventFilter {
            from: filter.from,
            to: filter.to,
            ..AuthEventFilter::default()
        };
        match self {
            Self::Time => time,
            Self::Outcome => AuthEventFilter {
                outcome: filter.outcome,
                ..time
            },
            Self::User => AuthEventFilter {
                user: filter.user,
                ..time
            },
            Self::Address => AuthEventFilter {
                address: filter.address,
                ..time
            },
            Self::Network => filter.clone(),
        }
    }

    fn index(self) -> &'static str {
        match self {
            Self::Time => "auth_logs_at_idx",
            Self::Outcome => "auth_logs_outcome_idx",
            Self::User => "auth_logs_user_idx",
            Self::Address | Self::Network => "auth_logs_address_idx",
        }
    }
}

/// The network that has to be counted before it is known which way to go.
pub(super) fn network_to_count(filter: &AuthEventFilter) -> Option<AddressRange> {
    let of_no_user = filter.address.filter(|_| filter.user.is_none());
    of_no_user.filter(|range| !range.is_single())
}

/// Finds a row if the network has more events than a window.
pub(super) fn beyond_few(backend: DbBackend, network: AddressRange) -> Statement {
    let filter = AuthEventFilter {
        address: Some(network),
        ..AuthEventFilter::default()
    };
    let log = log_by(backend, Way::Network.index());
    Sql::new(backend, &format!("SELECT id FROM {log}"))
        .matching(&filter)
        .end(&format!("LIMIT 1 OFFSET {WINDOW}"))
}

/// Finds the last event of the window that begins after the page before.
pub(super) fn window_end(
    backend: DbBackend,
    way: Way,
    filter: &AuthEventFilter,
    page: &PageRequest<AuthEventId>,
) -> Statement {
    let log = log_by(backend, way.index());
    let last = WINDOW - 1;
    Sql::new(backend, &format!("SELECT request_timestamp, id FROM {log}"))
        .matching(&way.answers(filter))
        .after(page.after.as_ref())
        .end(&format!("{NEWEST_FIRST} LIMIT 1 OFFSET {last}"))
}

/// Finds the page and the event after it, down to the end of the window.
pub(super) fn page(
    backend: DbBackend,
    way: Way,
    filter: &AuthEventFilter,
    page: &PageRequest<AuthEventId>,
    end: Option<&Position<AuthEventId>>,
) -> Statement {
    let log = log_by(backend, way.index());
    let limit = page.size.probe();
    let (begin, end_of_it) = if way == Way::Network {
        (
            format!(
                "SELECT * FROM {} WHERE id IN (SELECT id FROM {log}",
                by_id(backend)
            ),
            format!("{NEWEST_FIRST} LIMIT {limit}) {NEWEST_FIRST}"),
        )
    } else {
        (
            format!("SELECT * FROM {log}"),
            format!("{NEWEST_FIRST} LIMIT {limit}"),
        )
    };
    Sql::new(backend, &begin)
        .matching(filter)
        .after(page.after.as_ref())
        .down_to(end)
        .end(&end_of_it)
}

/// The log, to be read along this index.
pub(super) fn log_by(backend: DbBackend, index: &str) -> String {
    match backend {
        DbBackend::Sqlite => format!("auth_logs INDEXED BY {index}"),
        _ => "auth_logs".to_owned(),
    }
}

fn by_id(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "auth_logs NOT INDEXED",
        _ => "auth_logs",
    }
}

/// Each `?` as the database writes the place of a value.
pub(super) fn placeholders(backend: DbBackend, text: &str) -> String {
    if backend != DbBackend::Postgres {
        return text.to_owned();
    }
    let mut parts = text.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        numbered.push('$');
        numbered.push_str(&(number + 1).to_string());
        numbered.push_str(part);
    }
    numbered
}

/// A statement in the making: its conditions, and the values in them.
pub(super) struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(backend: DbBackend, begin: &str) -> Self {
        Self {
            backend,
            text: format!("{begin} WHERE TRUE"),
            values: Vec::new(),
        }
    }

    pub(super) fn and<const VALUES: usize>(
        mut self,
        condition: &str,
        values: [Value; VALUES],
    ) -> Self {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
        self
    }

    pub(super) fn end(self, end: &str) -> Statement {
        let text = placeholders(self.backend, &format!("{} {end}", self.text));
        Statement::from_sql_and_values(self.backend, text, self.values)
    }

    fn matching(self, filter: &AuthEventFilter) -> Self {
        let mut sql = self;
        if let Some(user) = filter.user {
            sql = sql.and("user_id = ?", [user.to_string().into()]);
        }
        if let Some(range) = filter.address {
            let [first, last] = [range.first(), range.last()]
                .map(|address| Value::from(address.as_bytes().to_vec()));
            sql = if range.is_single() {
                sql.and("address_key = ?", [first])
            } else {
                sql.and("address_key BETWEEN ? AND ?", [first, last])
            };
        }
        if let Some(outcome) = filter.outcome {
            sql = sql.and("outcome = ?", [outcome.as_str().into()]);
        }
        if let Some(from) = filter.from {
            sql = sql.and("request_timestamp >= ?", [from.into()]);
        }
        if let Some(to) = filter.to {
            sql = sql.and("request_timestamp < ?", [to.into()]);
        }
        sql
    }

    // In both, the first condition lets the index find the place.

    fn after(self, position: Option<&Position<AuthEventId>>) -> Self {
        match position {
            None => self,
            Some(&Position { at, id }) => self
                .and("request_timestamp <= ?", [at.into()])
                .and("(request_timestamp < ? OR id < ?)", [at.into(), id.into()]),
        }
    }

    fn down_to(self, position: Option<&Position<AuthEventId>>) -> Self {
        match position {
            None => self,
            Some(&Position { at, id }) => self
                .and("request_timestamp >= ?", [at.into()])
                .and("(request_timestamp > ? OR id >= ?)", [at.into(), id.into()]),
        }
    }
}
