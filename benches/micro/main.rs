//! The parts that a request's time is made of, each alone:
//! `cargo bench --bench micro [-- NAME]`.

mod keys;
mod limiter;
mod passwords;

use std::error::Error;

use criterion::Criterion;

type Done = Result<(), Box<dyn Error + Send + Sync>>;

fn main() -> Done {
    let mut criterion = Criterion::default().configure_from_args();
    passwords::measure(&mut criterion)?;
    keys::measure(&mut criterion)?;
    limiter::measure(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
