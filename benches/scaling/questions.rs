//! What servers ask, one after the other over one connection at a time.

use sea_orm::DatabaseConnection;
use signet::adapters::database::Database;

use super::{Done, accounts, auth_log, logins, rows::sample, sessions};

/// How often a question is asked, each time of another row where it is of one.
const TIMES: usize = 500;

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
    let ids = sample(connection, &sql).await?;
    println!(
        "\n{:46} {:>6} {:>10} {:>10}",
        "question", "times", "median", "p99"
    );
    // Accounts from all over the table.
    let some = accounts::find(database, &names).await?;
    logins::measure(database, &some).await?;
    sessions::measure(database, &some, &ids).await?;
    accounts::list(database, some.first()).await?;
    auth_log::measure(database, &some).await
}
