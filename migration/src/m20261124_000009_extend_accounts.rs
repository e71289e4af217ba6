use sea_orm_migration::{
    prelude::*,
    schema::{string_len, string_len_null, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    Status,
    DateRegistered,
    DisplayName,
    Roles,
}

#[derive(DeriveIden)]
enum UserRoles {
    Table,
    Role,
    DateRegistered,
    UserId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // SQLite adds one column at a time.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            string_len_null(Users::DisplayName, 128),
            text(Users::Roles).default("").take(),
        ] {
            let table = Table::alter()
                .table(Users::Table)
                .add_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        // Finds a role's accounts: `users.roles` is what counts.
        let table = Table::create()
            .table(UserRoles::Table)
            .col(string_len(UserRoles::Role, 64))
            .col(timestamp_with_time_zone(UserRoles::DateRegistered))
            .col(string_len(UserRoles::UserId, 36))
            .primary_key(
                Index::create()
                    .col(UserRoles::Role)
                    .col(UserRoles::DateRegistered)
                    .col(UserRoles::UserId),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("user_roles_user_id_fkey")
                    .from(UserRoles::Table, UserRoles::UserId)
                    .to(Users::Table, Users::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        for index in [
            Index::create()
                .name("user_roles_user_id_idx")
                .table(UserRoles::Table)
                .col(UserRoles::UserId)
                .to_owned(),
            Index::create()
                .name("users_date_registered_idx")
                .table(Users::Table)
                .col(Users::DateRegistered)
                .col(Users::Id)
                .to_owned(),
            Index::create()
                .name("users_status_idx")
                .table(Users::Table)
                .col(Users::Status)
                .col(Users::DateRegistered)
                .col(Users::Id)
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["users_status_idx", "users_date_registered_idx"] {
            let index = Index::drop().name(name).table(Users::Table).to_owned();
            manager.drop_index(index).await?;
        }
        manager
            .drop_table(Table::drop().table(UserRoles::Table).to_owned())
            .await?;
        for column in [Users::Roles, Users::DisplayName] {
            let table = Table::alter()
                .table(Users::Table)
                .drop_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
