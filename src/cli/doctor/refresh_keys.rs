use super::report::Check;
use crate::{
    crypto::{MasterKeys, envelope::OpenError, sealed_key},
    domain::{KeySet, StoredRefreshKey},
};

/// Every key that authenticates refresh tokens.
pub(super) fn check(set: &KeySet, master_keys: Option<&MasterKeys>) -> Vec<Check> {
    let of_key = |key| of_key(key, master_keys);
    set.refresh_keys().iter().map(of_key).collect()
}

fn of_key(key: &StoredRefreshKey, master_keys: Option<&MasterKeys>) -> Check {
    let check = format!("refresh key {}", key.record.id);
    let wanted = key.sealed.master_key_id;
    let found = format!("under master key {wanted}");
    let Some(master_keys) = master_keys else {
        let found = format!("{found}; not opened, without a master key");
        return Check::warn(check, found, format!("give master key {wanted}"));
    };
    let Err(error) = sealed_key::open_refresh_key(key, master_keys) else {
        return if wanted == master_keys.current().id() {
            Check::ok(check, format!("{found} (the current one), opens"))
        } else {
            let found = format!("{found} (a previous one), opens");
            Check::warn(check, found, "run `signet master-key rotate`")
        };
    };
    let found = format!("{found}; does not open: {error}");
    let advice = match error {
        OpenError::OtherMasterKey(id) => {
            format!(
                "give master key {id}: as the current one, or in NOT_MY_KEY_PREVIOUS; if it is \
                 lost, run `signet refresh-key revoke`: every refresh token dies"
            )
        }
        OpenError::UnknownFormat(_) => "use a newer version of Signet".to_owned(),
        OpenError::Altered => "restore the database from a backup, or run `signet refresh-key \
                               revoke`: every refresh token dies"
            .to_owned(),
    };
    Check::fail(check, found, advice)
}
