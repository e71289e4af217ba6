use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    pub algorithm: String,
    pub state: String,
    pub created_at: DateTimeUtc,
    pub published_at: DateTimeUtc,
    pub activated_at: Option<DateTimeUtc>,
    pub retired_at: Option<DateTimeUtc>,
    pub expired_at: Option<DateTimeUtc>,
    /// In microseconds.
    pub longest_lifetime: i64,
    /// In microseconds.
    pub still_signing: i64,
    /// In microseconds.
    pub publish_ahead: i64,
    pub tokens_expire_at: Option<DateTimeUtc>,
    pub public_jwk: String,
    pub format_version: Option<i16>,
    pub master_key_id: Option<String>,
    pub wrapped_data_key: Option<Vec<u8>>,
    pub nonce: Option<Vec<u8>>,
    pub ciphertext: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
