use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, small_integer, string_len, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum RefreshKeys {
    Table,
    Id,
    CreatedAt,
    SignsFrom,
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
                    .table(RefreshKeys::Table)
                    .col(big_integer(RefreshKeys::Id).primary_key())
                    .col(timestamp_with_time_zone(RefreshKeys::CreatedAt))
                    .col(timestamp_with_time_zone(RefreshKeys::SignsFrom))
                    .col(small_integer(RefreshKeys::FormatVersion))
                    .col(string_len(RefreshKeys::MasterKeyId, 16))
                    .col(blob(RefreshKeys::WrappedDataKey))
                    .col(blob(RefreshKeys::Nonce))
                    .col(blob(RefreshKeys::Ciphertext))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(RefreshKeys::Table).to_owned())
            .await
    }
}
