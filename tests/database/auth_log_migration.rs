//! Events from before the log could be asked.

use migration::{Migrator, MigratorTrait};
use signet::{
    adapters::database::{Database, SqlAuthEvents, migrate},
    domain::AuthEventFilter,
};

use crate::support::{
    auth_log::all,
    database::{connect, execute, rows},
};

#[tokio::test]
async fn events_from_before_are_found_by_their_network() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signet.db");
    std::fs::File::create(&path).unwrap();
    let connection = connect(&path).await;
    let former = Migrator::migrations()
        .iter()
        .position(|migration| migration.name().ends_with("index_auth_logs"))
        .unwrap();
    let former = u32::try_from(former).unwrap();
    Migrator::up(&connection, Some(former)).await.unwrap();
    for address in ["192.0.2.1", "2001:db8::1", "unknown"] {
        let sql = format!(
            "INSERT INTO auth_logs (request_timestamp, request_ip, outcome, request_id) VALUES \
             ('2026-01-01T00:00:00+00:00', '{address}', 'unknown_user', 'request')"
        );
        execute(&path, &sql).await;
    }
    let database = Database::open_sqlite(&path).await.unwrap();
    let missing = Migrator::migrations().len() - usize::try_from(former).unwrap();
    assert_eq!(migrate(&database).await.unwrap(), missing);
    let keys = "SELECT lower(hex(address_key)), address_key IS NULL FROM auth_logs ORDER BY id";
    let expected = [
        ["00000000000000000000ffffc0000201", "0"],
        ["20010db8000000000000000000000001", "0"],
        ["", "1"],
    ];
    assert_eq!(rows(&path, keys).await, expected);
    let events = SqlAuthEvents::new(database);
    let network = AuthEventFilter {
        address: "192.0.2.0/24".parse().ok(),
        ..AuthEventFilter::default()
    };
    assert_eq!(all(&events, &network).await.len(), 1);
}
