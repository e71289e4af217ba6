use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub username: String,
    pub username_folded: String,
    pub email: String,
    pub email_folded: String,
    pub display_name: Option<String>,
    pub password_hash: String,
    pub status: String,
    pub roles: String,
    pub date_registered: DateTimeUtc,
    pub last_login: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
