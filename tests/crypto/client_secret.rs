use signet::crypto::ClientSecret;

#[test]
fn a_secret_matches_its_own_digest_alone() {
    let secret = ClientSecret::from_random(&[1; 32]);
    let other = ClientSecret::from_random(&[2; 32]);
    assert!(secret.matches(&secret.digest()));
    assert!(!secret.matches(&other.digest()));
    let typed = ClientSecret::presented(secret.expose().to_owned());
    assert!(typed.matches(&secret.digest()));
}

#[test]
fn a_secret_carries_all_its_256_bits() {
    assert_eq!(ClientSecret::from_random(&[1; 32]).expose().len(), 43);
}

#[test]
fn neither_a_secret_nor_its_digest_is_printed() {
    let secret = ClientSecret::from_random(&[1; 32]);
    assert_eq!(format!("{secret:?}"), "ClientSecret([redacted])");
    assert_eq!(format!("{:?}", secret.digest()), "SecretDigest([redacted])");
}
