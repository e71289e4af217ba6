use jsonwebtoken::jwk::Jwk;

use super::{
    database::Keys,
    report::{Check, reason},
};
use crate::{
    crypto::{MasterKeys, SigningKeyPair, envelope::OpenError, sealed_key},
    domain::{Envelope, KeySet, KeyState, StoredKey},
    ports::StorageError,
};

/// Every key that is not mere history, and whether the set is complete.
pub(super) fn check(keys: &Keys, master_keys: Option<&MasterKeys>) -> Vec<Check> {
    let set = &keys.set;
    let sealed = set.keys().iter();
    let sealed = sealed.filter_map(|key| Some(of_key(key, key.sealed.as_ref()?, master_keys)));
    let mut checks: Vec<_> = sealed.collect();
    checks.extend(keys.corrupt.iter().map(of_corrupt_row));
    let count = |state| {
        let keys = set.keys().iter();
        keys.filter(|key| key.life.state == state).count()
    };
    let expired = count(KeyState::Expired);
    if expired > 0 {
        let found = format!("{expired}, kept as history without their private parts");
        checks.push(Check::ok("expired signing keys", found));
    }
    // Which state a corrupt row is in cannot be told.
    if keys.corrupt.is_empty() {
        checks.push(of_set(set, count(KeyState::Active), count(KeyState::Next)));
    }
    checks
}

fn of_corrupt_row(error: &StorageError) -> Check {
    let name = match error {
        StorageError::Corrupt { table, id, .. } if *table == "refresh_keys" => {
            format!("refresh key {id}")
        }
        StorageError::Corrupt { id, .. } => format!("signing key {id}"),
        StorageError::Unavailable(_) => SET.to_owned(),
    };
    let advice = "restore the database from a backup: no server starts with this row";
    Check::fail(name, reason(error), advice)
}

const SET: &str = "signing keys";

fn of_set(set: &KeySet, active: usize, next: usize) -> Check {
    if set.keys().is_empty() {
        let advice = "start the server once: it makes the first two";
        return Check::warn(SET, "there are none yet", advice);
    }
    let found = format!("{active} active, {next} next");
    if (active, next) == (1, 1) {
        Check::ok(SET, found)
    } else {
        let found = format!("{found}, where one of each must be");
        Check::fail(SET, found, "restore the database from a backup")
    }
}

/// As far as it is ever printed.
fn stored_public_part_is(pair: &SigningKeyPair, key: &StoredKey) -> bool {
    serde_json::from_str::<Jwk>(&key.public_jwk).is_ok_and(|stored| stored == *pair.jwk())
}

fn of_key(key: &StoredKey, envelope: &Envelope, master_keys: Option<&MasterKeys>) -> Check {
    let StoredKey { record, life, .. } = key;
    let kid = &record.kid;
    let wanted = envelope.master_key_id;
    let check = format!("signing key {kid}");
    let found = format!(
        "{}, {}, under master key {wanted}",
        record.algorithm.as_str(),
        life.state.as_str()
    );
    let Some(master_keys) = master_keys else {
        let found = format!("{found}; not opened, without a master key");
        return Check::warn(check, found, format!("give master key {wanted}"));
    };
    let private_key = match sealed_key::open(envelope, record, master_keys) {
        Ok(private_key) => private_key,
        Err(error) => {
            let found = format!("{found}; does not open: {error}");
            let advice = match error {
                OpenError::OtherMasterKey(id) => {
                    format!(
                        "give master key {id}: as the current one, or in NOT_MY_KEY_PREVIOUS. \
                         Where nobody has it any more, run `signet keys revoke {kid}`"
                    )
                }
                OpenError::UnknownFormat(_) => "use a newer version of Signet".to_owned(),
                OpenError::Altered => {
                    format!("restore the database from a backup, or run `signet keys revoke {kid}`")
                }
            };
            return Check::fail(check, found, advice);
        }
    };
    let pair = match SigningKeyPair::new(kid.clone(), record.algorithm, &private_key) {
        Ok(pair) => pair,
        Err(error) => {
            let found = format!("{found}; opens and cannot sign: {}", reason(error));
            let advice = format!("run `signet keys revoke {kid}`");
            return Check::fail(check, found, advice);
        }
    };
    if !stored_public_part_is(&pair, key) {
        let found = format!("{found}; the stored public part is not that of the private key");
        let advice = "find out who changed the database, and restore it from a backup: servers \
                      publish the right one, but `signet keys export` prints what is stored";
        return Check::fail(check, found, advice);
    }
    if wanted == master_keys.current().id() {
        Check::ok(check, format!("{found} (the current one), opens"))
    } else {
        let found = format!("{found} (a previous one), opens");
        Check::warn(check, found, "run `signet master-key rotate`")
    }
}
