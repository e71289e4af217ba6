use sea_orm_migration::{
    prelude::*,
    schema::{big_pk_auto, string_len, string_len_null, text_null, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum AuditEvents {
    Table,
    Id,
    At,
    Actor,
    Action,
    TargetKind,
    TargetId,
    Address,
    UserAgent,
    RequestId,
    Before,
    After,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // `actor` is a user's id or `command_line`. `before` and `after` are JSON.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(AuditEvents::Table)
            .col(big_pk_auto(AuditEvents::Id))
            .col(timestamp_with_time_zone(AuditEvents::At))
            .col(string_len(AuditEvents::Actor, 36))
            .col(string_len(AuditEvents::Action, 32))
            .col(string_len(AuditEvents::TargetKind, 16))
            .col(string_len(AuditEvents::TargetId, 256))
            .col(string_len_null(AuditEvents::Address, 45))
            .col(string_len_null(AuditEvents::UserAgent, 256))
            .col(string_len_null(AuditEvents::RequestId, 128))
            .col(text_null(AuditEvents::Before))
            .col(text_null(AuditEvents::After))
            .to_owned();
        manager.create_table(table).await?;
        for (name, column) in [
            ("audit_events_at_idx", None),
            ("audit_events_actor_idx", Some(AuditEvents::Actor)),
            ("audit_events_target_idx", Some(AuditEvents::TargetId)),
            ("audit_events_action_idx", Some(AuditEvents::Action)),
        ] {
            let mut index = Index::create();
            index.name(name).table(AuditEvents::Table);
            if let Some(column) = column {
                index.col(column);
            }
            let index = index.col(AuditEvents::At).col(AuditEvents::Id).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AuditEvents::Table).to_owned())
            .await
    }
}
