use signet::crypto::{SharedNames, digest_of_name};

use crate::support::fixtures::{another_master_key, master_key};

#[test]
fn a_name_is_the_same_for_all_who_have_the_key_and_another_for_the_others() {
    let digest = digest_of_name("ada");
    let [one, two, other] = [master_key(), master_key(), another_master_key()]
        .map(|key| SharedNames::new(&key).name(&digest));
    assert_eq!(one, two);
    assert_ne!(one, other);
    assert_ne!(one, hex::encode(digest));
}
