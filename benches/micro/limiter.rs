//! The limiter when every core asks it about a million clients.

use std::{hint::black_box, net::Ipv4Addr, sync::Arc, thread};

use criterion::Criterion;
use signet::{
    adapters::{
        limiter::MokaLimiter,
        system::{SystemClock, cores},
    },
    domain::{ClientAddress, RateLimit},
    ports::{Clock, RateClient, RateLimiter, RateScope},
};
use tokio::runtime::{Builder, Runtime};

use super::Done;

const CLIENTS: u32 = 1_000_000;

pub(crate) fn measure(criterion: &mut Criterion) -> Done {
    let limit: RateLimit = "10/1s".parse()?;
    let clock = Arc::new(SystemClock::new());
    let limiter = MokaLimiter::new(CLIENTS.into(), clock.clone());
    runtime()?.block_on(async {
        for number in 0..CLIENTS {
            limiter.admit(RateScope::Auth, client(number), limit).await;
        }
    });
    let threads = u32::try_from(cores())?;
    let name = format!("limiter/admit, {CLIENTS} clients, {threads} threads");
    // The time of one admission on each thread at once.
    criterion.bench_function(&name, |bencher| {
        bencher.iter_custom(|times| {
            let started = clock.monotonic();
            thread::scope(|scope| {
                for thread in 0..threads {
                    let limiter = &limiter;
                    scope.spawn(move || {
                        let runtime = runtime().expect("a runtime without I/O can be made");
                        runtime.block_on(ask(limiter, limit, thread, times));
                    });
                }
            });
            clock.monotonic().since(started)
        });
    });
    Ok(())
}

/// Asks so often, about one client after the other all over them.
async fn ask(limiter: &MokaLimiter, limit: RateLimit, seed: u32, times: u64) {
    let mut random = seed;
    for _ in 0..times {
        // Numerical Recipes' generator.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let client = client((random >> 8) % CLIENTS);
        black_box(limiter.admit(RateScope::Auth, client, limit).await);
    }
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().build()
}

fn client(number: u32) -> RateClient {
    RateClient::Network(ClientAddress::new(Ipv4Addr::from_bits(number).into()).network())
}
