use std::sync::Arc;

use signet::{
    adapters::{
        database::{
            Database, SqlAuditLog, SqlAuthEvents, SqlAuthLog, SqlClientStore, SqlInviteStore,
            SqlKeyStore, SqlKnownNetworks, SqlSessionStore, SqlUserRepo,
        },
        memory::MemoryStore,
    },
    domain::{AccountStatus, AuthEvent, UserId},
    ports::{
        AuditLog, AuthEvents, AuthLog, ClientStore, InviteStore, KeyStore, KnownNetworks,
        SessionStore, Storage, UserRepo,
    },
};

use super::{
    database::TestDatabase,
    postgres::{self, PostgresDatabase},
};

/// The storage ports on one store, and what no port lets a test see.
pub struct TestStore {
    pub users: Arc<dyn UserRepo>,
    pub keys: Arc<dyn KeyStore>,
    pub auth_log: Arc<dyn AuthLog>,
    pub auth_events: Arc<dyn AuthEvents>,
    pub known_networks: Arc<dyn KnownNetworks>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
    pub invites: Arc<dyn InviteStore>,
    pub audit_log: Arc<dyn AuditLog>,
    pub storage: Arc<dyn Storage>,
    /// The same store as another server of its own connections sees it.
    pub elsewhere: Elsewhere,
    behind: Behind,
}

pub struct Elsewhere {
    pub users: Arc<dyn UserRepo>,
    pub keys: Arc<dyn KeyStore>,
    pub auth_log: Arc<dyn AuthLog>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
}

enum Behind {
    Memory(Arc<MemoryStore>),
    Sqlite(TestDatabase),
    Postgres(PostgresDatabase),
}

/// The two in turn.
pub fn alternate<T: ?Sized>(count: usize, here: &Arc<T>, elsewhere: &Arc<T>) -> Arc<T> {
    [here, elsewhere][count % 2].clone()
}

impl TestStore {
    pub fn memory() -> Self {
        let store = Arc::new(MemoryStore::default());
        Self {
            users: store.clone(),
            keys: store.clone(),
            auth_log: store.clone(),
            auth_events: store.clone(),
            known_networks: store.clone(),
            sessions: store.clone(),
            clients: store.clone(),
            invites: store.clone(),
            audit_log: store.clone(),
            storage: store.clone(),
            elsewhere: Elsewhere {
                users: store.clone(),
                keys: store.clone(),
                auth_log: store.clone(),
                sessions: store.clone(),
                clients: store.clone(),
            },
            behind: Behind::Memory(store),
        }
    }

    pub async fn sqlite() -> Self {
        let test = TestDatabase::new().await;
        let second = Database::open_sqlite(&test.path()).await.unwrap();
        Self::on(&test.database.clone(), &second, Behind::Sqlite(test))
    }

    /// `None` where PostgreSQL is not installed.
    pub async fn postgres() -> Option<Self> {
        let test = PostgresDatabase::new().await?;
        let second = postgres::open(&test.url()).await;
        let first = test.database.clone();
        Some(Self::on(&first, &second, Behind::Postgres(test)))
    }

    fn on(first: &Database, second: &Database, behind: Behind) -> Self {
        Self {
            users: Arc::new(SqlUserRepo::new(first.clone())),
            keys: Arc::new(SqlKeyStore::new(first.clone())),
            auth_log: Arc::new(SqlAuthLog::new(first.clone())),
            auth_events: Arc::new(SqlAuthEvents::new(first.clone())),
            known_networks: Arc::new(SqlKnownNetworks::new(first.clone())),
            sessions: Arc::new(SqlSessionStore::new(first.clone())),
            clients: Arc::new(SqlClientStore::new(first.clone())),
            invites: Arc::new(SqlInviteStore::new(first.clone())),
            audit_log: Arc::new(SqlAuditLog::new(first.clone())),
            storage: Arc::new(first.clone()),
            elsewhere: Elsewhere {
                users: Arc::new(SqlUserRepo::new(second.clone())),
                keys: Arc::new(SqlKeyStore::new(second.clone())),
                auth_log: Arc::new(SqlAuthLog::new(second.clone())),
                sessions: Arc::new(SqlSessionStore::new(second.clone())),
                clients: Arc::new(SqlClientStore::new(second.clone())),
            },
            behind,
        }
    }

    /// The SQLite database behind the ports.
    pub fn database(&self) -> &TestDatabase {
        match &self.behind {
            Behind::Sqlite(test) => test,
            Behind::Memory(_) | Behind::Postgres(_) => panic!("this store is no file"),
        }
    }

    pub async fn set_status(&self, id: UserId, status: AccountStatus) {
        match &self.behind {
            Behind::Memory(store) => store.set_status(id, status),
            Behind::Sqlite(test) => test.execute(&status_of(id, status)).await,
            Behind::Postgres(test) => test.execute(&status_of(id, status)).await,
        }
    }

    /// The auth log, oldest first, each row as the texts of
    /// address, user id, outcome, user agent, request id, kid, jti, session and
    /// client.
    pub async fn auth_log(&self) -> Vec<Vec<String>> {
        match &self.behind {
            Behind::Memory(store) => store.auth_log().iter().map(texts).collect(),
            Behind::Sqlite(test) => test.rows(AUTH_LOG).await,
            Behind::Postgres(test) => test.rows(AUTH_LOG).await,
        }
    }
}

const AUTH_LOG: &str = "SELECT request_ip, user_id, outcome, user_agent, request_id, kid, jti, \
                        session_id, client_id FROM auth_logs ORDER BY id";

fn status_of(id: UserId, status: AccountStatus) -> String {
    let status = status.as_str();
    format!("UPDATE users SET status = '{status}' WHERE id = '{id}'")
}

fn texts(event: &AuthEvent) -> Vec<String> {
    let null = || "NULL".to_owned();
    let (kid, jti) = event.token.as_ref().map_or((null(), null()), |(kid, jti)| {
        (kid.to_string(), jti.to_string())
    });
    let user_agent = event.origin.user_agent.as_ref();
    vec![
        event.origin.address.to_string(),
        event.user.map_or_else(null, |id| id.to_string()),
        event.outcome.as_str().to_owned(),
        user_agent.map_or_else(null, |agent| agent.as_str().to_owned()),
        event.origin.request_id.to_string(),
        kid,
        jti,
        event.session.map_or_else(null, |id| id.to_string()),
        (event.client.as_ref()).map_or_else(null, ToString::to_string),
    ]
}

/// Makes of each suite function one test per adapter.
macro_rules! on_every_store {
    ($($case:ident),* $(,)?) => {
        mod on_memory {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(&$crate::support::store::TestStore::memory()).await;
                }
            )*
        }
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    super::$case(&$crate::support::store::TestStore::sqlite().await).await;
                }
            )*
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    if let Some(store) = $crate::support::store::TestStore::postgres().await {
                        super::$case(&store).await;
                    }
                }
            )*
        }
    };
}
pub(crate) use on_every_store;
