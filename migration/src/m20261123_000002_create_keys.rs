use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob_null, small_integer_null, string_len, string_len_null, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
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
    PublishedAt,
    ActivatedAt,
    RetiredAt,
    ExpiredAt,
    LongestLifetime,
    TokensExpireAt,
    PublicJwk,
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
                    .col(timestamp_with_time_zone(Keys::PublishedAt))
                    .col(timestamp_with_time_zone_null(Keys::ActivatedAt))
                    .col(timestamp_with_time_zone_null(Keys::RetiredAt))
                    .col(timestamp_with_time_zone_null(Keys::ExpiredAt))
                    .col(big_integer(Keys::LongestLifetime))
                    .col(timestamp_with_time_zone_null(Keys::TokensExpireAt))
                    .col(text(Keys::PublicJwk))
                    // Null from the key's expiry on.
                    .col(small_integer_null(Keys::FormatVersion))
                    .col(string_len_null(Keys::MasterKeyId, 16))
                    .col(blob_null(Keys::WrappedDataKey))
                    .col(blob_null(Keys::Nonce))
                    .col(blob_null(Keys::Ciphertext))
                    .to_owned(),
            )
            .await?;
        // Two active or two next keys must not be possible, whatever the servers do.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX keys_one_active_one_next_key ON keys (state) \
                 WHERE state IN ('active', 'next')",
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
