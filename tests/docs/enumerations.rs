//! The enumerations of the API's description, held against the lists that they are of:
//! neither grows alone.

use std::collections::BTreeSet;

use serde_json::Value;
use signet::{
    crypto::{SigningKeyPair, thumbprint},
    domain::{AccountStatus, AuditAction, AuditTarget, KeyState, Outcome, SigningAlgorithm},
    usecases::Grant,
};

use crate::support::{description::DESCRIPTION, keys::private_key_for};

/// Those that nothing else has a list of. Buckets have no names but these, and are turned
/// into the domain's, and back, one by one.
const ITS_OWN: [&str; 3] = ["AuthEventBucket", "HealthStatus", "TokenType"];

fn schemas() -> &'static Value {
    &DESCRIPTION.0["components"]["schemas"]
}

fn described(name: &str) -> BTreeSet<String> {
    let values = schemas()[name]["enum"].as_array().unwrap().iter();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

fn set<T: ToString>(values: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// What published keys have in this member, one of every algorithm.
fn published(member: &str) -> BTreeSet<String> {
    let jwks = SigningAlgorithm::ALL.map(|algorithm| {
        let key = private_key_for(algorithm);
        let pair = SigningKeyPair::new(thumbprint(&key).unwrap(), algorithm, &key).unwrap();
        serde_json::to_value(pair.jwk()).unwrap()
    });
    set(jwks.iter().filter_map(|jwk| jwk[member].as_str()))
}

/// Those that the domain reads. It has no others: each of its targets is turned into a
/// described kind.
fn kinds_of_targets() -> BTreeSet<String> {
    let ids = [
        "5f0c6d2e-7a39-4c1b-8d52-9e0fa1b2c3d4",
        "0123456789abcdef",
        "1",
    ];
    let mut kinds = described("AuditTargetKind");
    kinds.retain(|kind| {
        let mut targets = ids.iter().filter_map(|id| AuditTarget::parse(kind, id));
        targets.any(|target| target.kind() == kind)
    });
    kinds
}

/// The enumerations, each with the list that it is of.
fn lists() -> Vec<(&'static str, BTreeSet<String>)> {
    vec![
        (
            "AccountStatus",
            set(AccountStatus::ALL.map(AccountStatus::as_str)),
        ),
        (
            "AuditAction",
            set(AuditAction::ALL.map(AuditAction::as_str)),
        ),
        ("AuditTargetKind", kinds_of_targets()),
        ("AuthOutcome", set(Outcome::ALL.map(Outcome::as_str))),
        ("Curve", published("crv")),
        ("KeyState", set(KeyState::ALL.map(KeyState::as_str))),
        ("KeyType", published("kty")),
        ("KeyUse", published("use")),
        (
            "SigningAlgorithm",
            set(SigningAlgorithm::ALL.map(SigningAlgorithm::as_str)),
        ),
    ]
}

#[test]
fn an_enumeration_has_the_values_of_its_list_and_no_others() {
    for (name, list) in lists() {
        assert_eq!(described(name), list, "{name}");
    }
}

#[test]
fn no_enumeration_is_left_out_here() {
    let all = schemas().as_object().unwrap().iter();
    let all = all.filter(|(_, schema)| !schema["enum"].is_null());
    let held = lists().into_iter().map(|(name, _)| name).chain(ITS_OWN);
    assert_eq!(set(all.map(|(name, _)| name)), set(held));
}

#[test]
fn the_published_algorithms_are_those_that_keys_are_made_for() {
    assert_eq!(published("alg"), described("SigningAlgorithm"));
}

#[test]
fn a_summary_counts_every_outcome() {
    let counts = schemas()["AuthEventCounts"]["properties"].as_object();
    let counted = counts.unwrap().keys().filter(|name| *name != "start");
    assert_eq!(set(counted), described("AuthOutcome"));
}

/// A login is none: it has an operation of its own.
#[test]
fn the_metadata_name_every_grant_but_logins() {
    let grants = Grant::ALL.into_iter().filter(|it| *it != Grant::Password);
    let told = &schemas()["Metadata"]["example"]["grant_types_supported"];
    let told = told
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap());
    assert_eq!(set(told), set(grants.map(Grant::as_str)));
}
