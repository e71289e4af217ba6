//! What servers ask, one after the other over one connection at a time.

use std::{sync::Arc, time::Duration};

use sea_orm::DatabaseConnection;
use signet::{
    adapters::{
        database::{
            Database, SqlAuthEvents, SqlAuthLog, SqlKnownNetworks, SqlSessionStore, SqlUserRepo,
        },
        system::{OsEntropy, SystemClock},
    },
    domain::{
        AuthEventFilter, AuthFailure, AuthSuccess, Bucket, ClientAddress, Generation, Outcome,
        PageRequest, Position, PresentedToken, RefreshKeyId, RequestId, RequestOrigin, Session,
        SessionId, SessionTerms, SummaryInterval, TokenId, User, UserFilter, UserId,
    },
    ports::{
        AuthEvents, AuthLog, Clock, Entropy, KnownNetworks, LoginRecord, RefreshAttempt, Refreshed,
        SessionStore, UserRepo,
    },
};

use super::{Done, rows::sample, stopwatch::Stopwatch};

/// How often a question is asked, each time of another row where it is of one.
const TIMES: usize = 500;
/// The same of those that take long.
const FEW_TIMES: usize = 20;

const TERMS: SessionTerms = SessionTerms {
    idle: Duration::from_hours(24 * 30),
    longest: Duration::from_hours(24 * 180),
    reuse_window: Duration::from_secs(10),
};

struct Asked {
    users: SqlUserRepo,
    sessions: SqlSessionStore,
    log: SqlAuthLog,
    events: SqlAuthEvents,
    networks: SqlKnownNetworks,
    clock: Arc<SystemClock>,
    /// Accounts from all over the table.
    some: Vec<User>,
}

pub(crate) async fn measure(database: &Database, connection: &DatabaseConnection) -> Done<()> {
    let sql = format!(
        "SELECT username FROM users WHERE username_folded IN (SELECT 'user-' || \
         (1 + floor(random() * (SELECT reltuples FROM pg_class WHERE oid = 'users'::regclass)))::bigint \
         FROM generate_series(1, {})) AND status = 'active' LIMIT {TIMES}",
        2 * TIMES
    );
    let names = sample(connection, &sql).await?;
    let sql = format!(
        "SELECT sessions.id FROM sessions TABLESAMPLE BERNOULLI (1) JOIN users ON users.id = user_id \
         WHERE expires_at > now() AND generation = 1 AND status = 'active' LIMIT {TIMES}"
    );
    let sessions = sample(connection, &sql).await?;
    let mut asked = Asked {
        users: SqlUserRepo::new(database.clone()),
        sessions: SqlSessionStore::new(database.clone()),
        log: SqlAuthLog::new(database.clone()),
        events: SqlAuthEvents::new(database.clone()),
        networks: SqlKnownNetworks::new(database.clone()),
        clock: Arc::new(SystemClock::new()),
        some: Vec::new(),
    };
    println!(
        "\n{:46} {:>6} {:>10} {:>10}",
        "question", "times", "median", "p99"
    );
    let mut times = Times::new("account by its name");
    for name in &names {
        let name = name.parse()?;
        let found = times.of(asked.users.find_by_username(&name)).await?;
        asked.some.push(found.ok_or("no such account")?);
    }
    times.print();
    asked.of_logins().await?;
    asked.of_refreshes(&sessions).await?;
    asked.of_users().await?;
    asked.of_the_log().await
}

impl Asked {
    async fn of_logins(&self) -> Done<()> {
        let mut times = Times::new("whether the network is known");
        for user in &self.some {
            let network = origin([10, 1, 2, 3]).address.network();
            let since = self.clock.now() - Duration::from_hours(24 * 30);
            times
                .of(self.networks.is_known(Some(user.id), network, since))
                .await?;
        }
        times.print();
        let mut times = Times::new("login: event, session, network, last login");
        for user in &self.some {
            let (now, origin) = (self.clock.now(), origin([10, 1, 2, 3]));
            let session = SessionId::new(OsEntropy.uuid());
            let success = AuthSuccess {
                session: Session::begin(session, user.id, now, &origin, RefreshKeyId::FIRST, TERMS),
                kid: "0123456789012345678901234567890123456789012".parse()?,
                jti: TokenId::new(OsEntropy.uuid()),
                verified: user.password_hash.clone(),
                rehash: None,
            };
            let recorded = times
                .of(self.log.record_success(now, &origin, &success))
                .await?;
            if recorded != LoginRecord::Recorded {
                return Err("a login is not recorded".into());
            }
        }
        times.print();
        let mut times = Times::new("failed login: event");
        for user in &self.some {
            let (now, origin) = (self.clock.now(), origin([10, 1, 2, 3]));
            let failure = AuthFailure::WrongPassword(user.id);
            times
                .of(self.log.record_failure(now, &origin, failure))
                .await?;
        }
        times.print();
        Ok(())
    }

    async fn of_refreshes(&self, sessions: &[String]) -> Done<()> {
        let mut times = Times::new("session and account by the session's id");
        for session in sessions {
            let session = SessionId::new(session.parse()?);
            let found = self.sessions.find_live(session, self.clock.now());
            times.of(found).await?.ok_or("no such session")?;
        }
        times.print();
        let mut times = Times::new("refresh");
        for session in sessions {
            let attempt = RefreshAttempt {
                session: SessionId::new(session.parse()?),
                token: PresentedToken {
                    generation: Generation::new(1),
                    key: RefreshKeyId::FIRST,
                },
                clock: self.clock.clone(),
                origin: origin([10, 1, 2, 3]),
                refresh_key: RefreshKeyId::FIRST,
                terms: TERMS,
            };
            let refreshed = times.of(self.sessions.refresh(attempt)).await?;
            if !matches!(refreshed, Refreshed::Current(..)) {
                return Err("a refresh token is not the current one".into());
            }
        }
        times.print();
        let mut times = Times::new("a user's sessions");
        for user in &self.some {
            times
                .of(self.sessions.list_live(user.id, self.clock.now()))
                .await?;
        }
        times.print();
        let mut times = Times::new("purge of 1,000 sessions");
        for _ in 0..FEW_TIMES {
            times
                .of(self.sessions.purge(self.clock.now(), 1000))
                .await?;
        }
        times.print();
        Ok(())
    }

    async fn of_users(&self) -> Done<()> {
        let any = UserFilter::default;
        let first = PageRequest::default();
        let after = self.some.first().map(|user| Position {
            at: user.date_registered,
            id: user.id,
        });
        let after = PageRequest {
            after,
            ..PageRequest::default()
        };
        for (name, filter, page) in [
            ("accounts, first page", any(), &first),
            ("accounts, a page in between", any(), &after),
            (
                "accounts that begin with user-4711",
                UserFilter {
                    search: Some("user-4711".to_owned()),
                    ..any()
                },
                &first,
            ),
            (
                "accounts that begin with user-",
                UserFilter {
                    search: Some("user-".to_owned()),
                    ..any()
                },
                &first,
            ),
            (
                "accounts with the role editor",
                UserFilter {
                    role: Some("editor".parse()?),
                    ..any()
                },
                &first,
            ),
            (
                "accounts that are disabled",
                UserFilter {
                    status: Some(signet::domain::AccountStatus::Disabled),
                    ..any()
                },
                &first,
            ),
        ] {
            let mut times = Times::new(name);
            for _ in 0..FEW_TIMES {
                times.of(self.users.list(&filter, page)).await?;
            }
            times.print();
        }
        Ok(())
    }

    async fn of_the_log(&self) -> Done<()> {
        let now = self.clock.now();
        let mut times = Times::new("log: a user's events");
        for user in &self.some {
            let filter = AuthEventFilter {
                user: Some(user.id),
                ..AuthEventFilter::default()
            };
            times
                .of(self.events.list(&filter, &PageRequest::default()))
                .await?;
        }
        times.print();
        let outcome = |outcome| AuthEventFilter {
            outcome: Some(outcome),
            ..AuthEventFilter::default()
        };
        let address = |text: &str| AuthEventFilter {
            address: text.parse().ok(),
            ..AuthEventFilter::default()
        };
        let heavy: Option<UserId> = self
            .users
            .find_by_username(&"user-1".parse()?)
            .await?
            .map(|u| u.id);
        for (name, filter) in [
            ("log: everything", AuthEventFilter::default()),
            (
                "log: to 90 days ago",
                AuthEventFilter {
                    to: Some(now - Duration::from_hours(24 * 90)),
                    ..AuthEventFilter::default()
                },
            ),
            (
                "log: account of every twentieth event",
                AuthEventFilter {
                    user: heavy,
                    ..AuthEventFilter::default()
                },
            ),
            (
                "log: address of every hundredth event",
                address("198.51.100.1"),
            ),
            ("log: network 10.1.0.0/16", address("10.1.0.0/16")),
            ("log: network 10.0.0.0/8", address("10.0.0.0/8")),
            ("log: frequent outcome", outcome(Outcome::Success)),
            ("log: rare outcome", outcome(Outcome::RefreshReuse)),
        ] {
            let mut times = Times::new(name);
            for _ in 0..FEW_TIMES {
                times
                    .of(self.events.list(&filter, &PageRequest::default()))
                    .await?;
            }
            times.print();
        }
        let day = SummaryInterval::new(now - Duration::from_hours(24), now, Bucket::Hour)?;
        let mut times = Times::new("log: summary of a day by the hour");
        for _ in 0..FEW_TIMES {
            let most = signet::usecases::auth_log::SummarizeAuthEvents::MOST_EVENTS;
            times.of(self.events.summarize(&day, most)).await?;
        }
        times.print();
        let mut times = Times::new("log: purge of 1,000 events");
        for _ in 0..FEW_TIMES {
            let purged = self.events.purge(now, 1000);
            times.of(purged).await?;
        }
        times.print();
        Ok(())
    }
}

fn origin(address: [u8; 4]) -> RequestOrigin {
    RequestOrigin {
        address: ClientAddress::new(address.into()),
        user_agent: None,
        request_id: RequestId::from(OsEntropy.uuid()),
    }
}

/// How long a question took each time.
struct Times {
    name: &'static str,
    times: Vec<Duration>,
}

impl Times {
    fn new(name: &'static str) -> Self {
        let times = Vec::new();
        Self { name, times }
    }

    async fn of<T>(&mut self, asking: impl Future<Output = T>) -> T {
        let time = Stopwatch::start();
        let answer = asking.await;
        self.times.push(time.elapsed());
        answer
    }

    fn print(mut self) {
        self.times.sort_unstable();
        let count = self.times.len();
        let Some(most) = count.checked_sub(1) else {
            println!("{:46} {count:>6}", self.name);
            return;
        };
        let at = |share: usize| self.times[most * share / 100].as_secs_f64() * 1000.0;
        let (median, p99) = (at(50), at(99));
        println!("{:46} {count:>6} {median:>7.2} ms {p99:>7.2} ms", self.name);
    }
}
