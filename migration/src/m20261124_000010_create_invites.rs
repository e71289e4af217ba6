use sea_orm_migration::{
    prelude::*,
    schema::{
        string_len, string_len_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Invites {
    Table,
    Id,
    CodeSha256,
    CreatedAt,
    CreatedBy,
    ExpiresAt,
    UsedAt,
    UsedBy,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // Who made and who used an invite stays known after their account is gone.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Invites::Table)
            .col(string_len(Invites::Id, 36).primary_key())
            .col(string_len(Invites::CodeSha256, 64))
            .col(timestamp_with_time_zone(Invites::CreatedAt))
            .col(string_len(Invites::CreatedBy, 36))
            .col(timestamp_with_time_zone(Invites::ExpiresAt))
            .col(timestamp_with_time_zone_null(Invites::UsedAt))
            .col(string_len_null(Invites::UsedBy, 36))
            .to_owned();
        manager.create_table(table).await?;
        let code = Index::create()
            .name("invites_code_sha256_key")
            .table(Invites::Table)
            .col(Invites::CodeSha256)
            .unique()
            .to_owned();
        manager.create_index(code).await?;
        let order = Index::create()
            .name("invites_created_at_idx")
            .table(Invites::Table)
            .col(Invites::CreatedAt)
            .col(Invites::Id)
            .to_owned();
        manager.create_index(order).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Invites::Table).to_owned())
            .await
    }
}
