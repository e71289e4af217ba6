//! One hash and one verification with the server's defaults, in memory that is
//! kept.

use criterion::Criterion;
use signet::{
    crypto::argon2id::{self, HashMemory, SALT_BYTES},
    domain::{Argon2Params, Password},
};

use super::Done;

pub(crate) fn measure(criterion: &mut Criterion) -> Done {
    let password = Password::new("correct horse battery staple".to_owned())?;
    let (salt, params) = ([7; SALT_BYTES], Argon2Params::default());
    let mut group = criterion.benchmark_group("argon2id");
    group.sample_size(50);
    let backends = [("portable", HashMemory::default())];
    for (backend, mut memory) in backends {
        let hash = argon2id::hash(&password, &salt, params, &mut memory)?;
        group.bench_function(format!("hash/{backend}"), |bencher| {
            bencher.iter(|| argon2id::hash(&password, &salt, params, &mut memory));
        });
        group.bench_function(format!("verify/{backend}"), |bencher| {
            bencher.iter(|| argon2id::verify(&password, &hash, &mut memory));
        });
    }
    group.finish();
    Ok(())
}
