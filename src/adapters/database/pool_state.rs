use sea_orm::sqlx::{Database, Pool};

/// A pool of connections at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// What it is for.
    pub name: &'static str,
    /// How many connections are open.
    pub open: u32,
    /// How many of those nobody uses.
    pub idle: u32,
    /// How many may be open.
    pub most: u32,
}

impl PoolState {
    pub(super) fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> Self {
        // The two are read one after the other, while connections come and go.
        let open = pool.size();
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self {
            name,
            open,
            idle: idle.min(open),
            most: pool.options().get_max_connections(),
        }
    }
}
