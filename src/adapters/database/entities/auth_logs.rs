use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "auth_logs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub request_timestamp: DateTimeUtc,
    pub request_ip: String,
    pub user_id: Option<String>,
    pub outcome: String,
    pub user_agent: Option<String>,
    pub request_id: String,
    pub kid: Option<String>,
    pub jti: Option<String>,
    pub session_id: Option<String>,
    pub client_id: Option<String>,
    /// The address in the order of [`AddressKey`](crate::domain::AddressKey).
    pub address_key: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
