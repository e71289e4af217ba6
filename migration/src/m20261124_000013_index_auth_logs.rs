use std::net::IpAddr;

use sea_orm_migration::{prelude::*, schema::binary_len_null, sea_orm::Statement};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum AuthLogs {
    Table,
    Id,
    RequestTimestamp,
    UserId,
    Outcome,
    AddressKey,
}

/// How many rows are read at once.
const BATCH: usize = 10_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // `address_key` is the address in 16 bytes, an IPv4 address as its
    // IPv4-mapped IPv6 address, so that every network is a range.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table(AuthLogs::Table)
            .add_column(binary_len_null(AuthLogs::AddressKey, 16))
            .to_owned();
        manager.alter_table(table).await?;
        fill_address_keys(manager.get_connection()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in [
            "auth_logs_address_idx",
            "auth_logs_user_idx",
            "auth_logs_outcome_idx",
            "auth_logs_at_idx",
        ] {
            let index = Index::drop().name(index).table(AuthLogs::Table).to_owned();
            manager.drop_index(index).await?;
        }
        let table = Table::alter()
            .table(AuthLogs::Table)
            .drop_column(AuthLogs::AddressKey)
            .to_owned();
        manager.alter_table(table).await
    }
}

// After the equal column each is in the order in which events are listed. What
// stands after the id is looked at without reading the row.
fn indexes() -> [IndexCreateStatement; 4] {
    use AuthLogs::{AddressKey, Id, Outcome, RequestTimestamp, UserId};
    let index = |name: &str, columns: Vec<AuthLogs>| {
        let mut index = Index::create();
        index.name(name).table(AuthLogs::Table);
        for column in columns {
            index.col(column);
        }
        index
    };
    [
        index("auth_logs_at_idx", vec![RequestTimestamp, Id]),
        index("auth_logs_outcome_idx", vec![Outcome, RequestTimestamp, Id]),
        index(
            "auth_logs_user_idx",
            vec![UserId, RequestTimestamp, Id, Outcome, AddressKey],
        )
        .and_where(Expr::col(UserId).is_not_null())
        .to_owned(),
        index(
            "auth_logs_address_idx",
            vec![AddressKey, RequestTimestamp, Id, Outcome],
        ),
    ]
}

/// Gives the rows that are there their `address_key`. What is no address has
/// none.
async fn fill_address_keys(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let mut after = i64::MIN;
    loop {
        let select = Statement::from_sql_and_values(
            backend,
            "SELECT id, request_ip FROM auth_logs WHERE id > $1 ORDER BY id LIMIT $2",
            [after.into(), (BATCH as u64).into()],
        );
        let rows = connection.query_all_raw(select).await?;
        for row in &rows {
            after = row.try_get("", "id")?;
            let address: String = row.try_get("", "request_ip")?;
            let Ok(address) = address.parse::<IpAddr>() else {
                continue;
            };
            let key = match address {
                IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
                IpAddr::V6(v6) => v6.octets(),
            };
            let update = Statement::from_sql_and_values(
                backend,
                "UPDATE auth_logs SET address_key = $1 WHERE id = $2",
                [key.to_vec().into(), after.into()],
            );
            connection.execute_raw(update).await?;
        }
        if rows.len() < BATCH {
            return Ok(());
        }
    }
}
