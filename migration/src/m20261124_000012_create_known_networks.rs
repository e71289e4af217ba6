use sea_orm_migration::{
    prelude::*,
    schema::{string_len, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum KnownNetworks {
    Table,
    UserId,
    Network,
    LastLoginAt,
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(KnownNetworks::Table)
            .col(string_len(KnownNetworks::UserId, 36))
            .col(string_len(KnownNetworks::Network, 45))
            .col(timestamp_with_time_zone(KnownNetworks::LastLoginAt))
            .primary_key(
                Index::create()
                    .col(KnownNetworks::UserId)
                    .col(KnownNetworks::Network),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("known_networks_user_id_fkey")
                    .from(KnownNetworks::Table, KnownNetworks::UserId)
                    .to(Users::Table, Users::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("known_networks_last_login_at_idx")
            .table(KnownNetworks::Table)
            .col(KnownNetworks::LastLoginAt)
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(KnownNetworks::Table).to_owned())
            .await
    }
}
