//! Signing keys: sealed and opened, signing and verifying, and their set
//! rendered.

use criterion::Criterion;
use getrandom::SysRng;
use serde_json::json;
use signet::{
    adapters::system::SystemClock,
    crypto::{
        MasterKey, MasterKeys, PrivateKey, SigningKeyPair, access_token, envelope::SealingNonces,
        generate, jwks::JwksDocument, sealed_key, thumbprint,
    },
    domain::{Claims, KeyRecord, RsaKeySize, SigningAlgorithm},
    ports::Clock,
};
use zeroize::Zeroizing;

use super::Done;

const ALGORITHMS: [SigningAlgorithm; 4] = [
    SigningAlgorithm::Rs256,
    SigningAlgorithm::Ps256,
    SigningAlgorithm::Es256,
    SigningAlgorithm::EdDsa,
];

pub(crate) fn measure(criterion: &mut Criterion) -> Done {
    let mut pairs = Vec::new();
    for algorithm in ALGORITHMS {
        let key = generate(&mut SysRng, algorithm, RsaKeySize::default())?;
        if algorithm == SigningAlgorithm::Rs256 {
            seal_and_open(criterion, &key)?;
        }
        let pair = SigningKeyPair::new(thumbprint(&key)?, algorithm, &key)?;
        sign_and_verify(criterion, &pair)?;
        pairs.push(pair);
    }
    criterion.bench_function("jwks/render 4 keys", |bencher| {
        bencher.iter(|| JwksDocument::render(pairs.iter().map(|pair| pair.jwk().clone())));
    });
    Ok(())
}

fn seal_and_open(criterion: &mut Criterion, key: &PrivateKey) -> Done {
    let record = KeyRecord {
        kid: thumbprint(key)?,
        algorithm: SigningAlgorithm::Rs256,
        created_at: SystemClock::new().now(),
    };
    let master_keys = MasterKeys::new(MasterKey::from_bytes([7; 32]), Vec::new());
    // The same for each sealing, which is fine where nothing is kept.
    let nonces = SealingNonces {
        data_key: Zeroizing::new([8; 32]),
        nonce: [9; 12],
    };
    let sealed = sealed_key::seal(key, &record, master_keys.current(), &nonces)?;
    criterion.bench_function("envelope/seal", |bencher| {
        bencher.iter(|| sealed_key::seal(key, &record, master_keys.current(), &nonces));
    });
    criterion.bench_function("envelope/open", |bencher| {
        bencher.iter(|| sealed_key::open(&sealed, &record, &master_keys));
    });
    Ok(())
}

/// An access token as users get it.
fn sign_and_verify(criterion: &mut Criterion, pair: &SigningKeyPair) -> Done {
    let (claims, algorithm) = (claims()?, pair.algorithm());
    let token = pair.sign(&claims)?;
    let key_of = |kid: &_| (kid == pair.kid()).then(|| pair.verifying_key());
    access_token::verify(&token, key_of)?;
    criterion.bench_function(&format!("token/sign {algorithm}"), |bencher| {
        bencher.iter(|| pair.sign(&claims));
    });
    criterion.bench_function(&format!("token/verify {algorithm}"), |bencher| {
        bencher.iter(|| access_token::verify(&token, key_of));
    });
    Ok(())
}

fn claims() -> serde_json::Result<Claims> {
    const UUID: &str = "9b7f7b0e-5f6c-4f2a-9b0a-0d8b1d2f3a4c";
    const URL: &str = "https://signet.example";
    serde_json::from_value(json!({
        "iss": URL, "sub": UUID, "aud": URL, "client_id": "signet", "iat": 1_700_000_000,
        "exp": 1_700_000_900, "jti": UUID, "auth_time": 1_700_000_000, "sid": UUID,
        "preferred_username": "ada", "roles": [],
    }))
}
