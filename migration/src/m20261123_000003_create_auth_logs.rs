use sea_orm_migration::{
    prelude::*,
    schema::{pk_auto, string_len, string_len_null, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum AuthLogs {
    Table,
    Id,
    RequestTimestamp,
    RequestIp,
    UserId,
    Outcome,
    UserAgent,
    RequestId,
    Kid,
    Jti,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(AuthLogs::Table)
                    .col(pk_auto(AuthLogs::Id).big_integer())
                    .col(timestamp_with_time_zone(AuthLogs::RequestTimestamp))
                    .col(string_len(AuthLogs::RequestIp, 45))
                    // No foreign key: the log outlives the accounts it tells of.
                    .col(string_len_null(AuthLogs::UserId, 36))
                    .col(string_len(AuthLogs::Outcome, 32))
                    .col(string_len_null(AuthLogs::UserAgent, 256))
                    .col(string_len(AuthLogs::RequestId, 128))
                    .col(string_len_null(AuthLogs::Kid, 256))
                    .col(string_len_null(AuthLogs::Jti, 36))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AuthLogs::Table).to_owned())
            .await
    }
}
