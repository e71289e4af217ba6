use sea_orm_migration::{prelude::*, schema::big_integer};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Keys {
    Table,
    StillSigning,
    PublishAhead,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // In microseconds. Running servers raise them. SQLite adds one column at a time.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Keys::StillSigning, Keys::PublishAhead] {
            let table = Table::alter()
                .table(Keys::Table)
                .add_column(big_integer(column).default(0))
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Keys::StillSigning, Keys::PublishAhead] {
            let table = Table::alter()
                .table(Keys::Table)
                .drop_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
