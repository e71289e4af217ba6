use sea_orm_migration::{
    prelude::*,
    schema::{blob, small_integer, string_len, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Keys {
    Table,
    Kid,
    Algorithm,
    State,
    CreatedAt,
    FormatVersion,
    MasterKeyId,
    WrappedDataKey,
    Nonce,
    Ciphertext,
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
                    .table(Keys::Table)
                    .col(string_len(Keys::Kid, 256).primary_key())
                    .col(string_len(Keys::Algorithm, 16))
                    .col(string_len(Keys::State, 16))
                    .col(timestamp_with_time_zone(Keys::CreatedAt))
                    .col(small_integer(Keys::FormatVersion))
                    .col(string_len(Keys::MasterKeyId, 16))
                    .col(blob(Keys::WrappedDataKey))
                    .col(blob(Keys::Nonce))
                    .col(blob(Keys::Ciphertext))
                    .to_owned(),
            )
            .await?;
        // Two active keys must not be possible, whatever the servers do.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX keys_one_active_key ON keys (state) WHERE state = 'active'",
            )
            .await
            .map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Keys::Table).to_owned())
            .await
    }
}
