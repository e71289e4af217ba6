use std::{convert::Infallible, time::Duration};

use proptest::prelude::*;
use signet::{
    domain::Argon2Params,
    usecases::{CalibrateHashing, Calibrated, CalibrationError},
};

/// On a machine that takes so many nanoseconds for a KiB and pass, and as many
/// more in a hundred for each time that the memory doubles.
fn calibrated(
    nanoseconds: u32,
    per_cent: u32,
    wanted: Duration,
) -> Result<Vec<Calibrated>, CalibrationError<Infallible>> {
    let measure = |params: Argon2Params| {
        let doublings = f64::from(params.memory_kib()).log2();
        let slower = 1.0 + f64::from(per_cent) / 100.0 * doublings;
        let work = f64::from(params.memory_kib()) * f64::from(params.iterations());
        Ok(Duration::from_secs_f64(
            work * f64::from(nanoseconds) * slower / 1e9,
        ))
    };
    CalibrateHashing {
        measure,
        most_kib: Argon2Params::MAX_MEMORY_KIB,
    }
    .run(wanted)
}

proptest! {
    #[test]
    fn what_is_proposed_takes_the_wanted_time_and_is_never_weak(
        nanoseconds in 50..2000_u32,
        per_cent in 0..5_u32,
        milliseconds in 1..1000_u64,
    ) {
        let wanted = Duration::from_millis(milliseconds);
        for Calibrated { params, time } in calibrated(nanoseconds, per_cent, wanted).unwrap_or_default() {
            prop_assert!(params.reaches_owasp_minimum(), "{params:?}");
            let minimum = Argon2Params::owasp_minimum_kib(params.iterations());
            let most = if params.memory_kib() == minimum { 1.15 } else { 1.1 };
            prop_assert!(time <= wanted.mul_f64(most), "{params:?} {time:?}");
            prop_assert!(
                time >= wanted.mul_f64(0.8) || params.memory_kib() <= minimum + 1024,
                "{params:?} {time:?}"
            );
        }
    }
}

#[test]
fn more_iterations_leave_less_memory() {
    let found = calibrated(250, 0, Duration::from_millis(60)).unwrap();
    let memory: Vec<_> = found.iter().map(|c| c.params.memory_kib()).collect();
    let iterations: Vec<_> = found.iter().map(|c| c.params.iterations()).collect();
    assert_eq!(iterations, [1, 2, 3, 4, 5]);
    assert!(memory.is_sorted_by(|a, b| a > b), "{memory:?}");
}

#[test]
fn a_time_below_the_weakest_that_is_allowed_is_refused_with_that_time() {
    let refused = calibrated(1000, 0, Duration::from_millis(5)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        // 7168 KiB, five times.
        "the weakest parameters that OWASP allows take 35.8 ms here"
    );
}

#[test]
fn a_machine_too_fast_for_the_time_is_refused() {
    let refused = calibrated(1, 0, Duration::from_millis(900)).unwrap_err();
    assert!(matches!(refused, CalibrationError::TooLong), "{refused}");
}

/// What other programs take makes single measurements longer.
#[test]
fn the_closest_of_what_was_measured_counts_and_not_the_last() {
    let mut number = 0;
    let measure = |params: Argon2Params| {
        number += 1;
        let disturbed = if number % 4 == 0 { 9 } else { 1 };
        // A little off each time, so that none is close enough to end with.
        let work = u64::from(params.memory_kib()) * u64::from(params.iterations());
        Ok::<_, Infallible>(Duration::from_micros(
            work * disturbed * (100 + 5 * (number % 2)) / 100,
        ))
    };
    let wanted = Duration::from_millis(60);
    let calibrate = CalibrateHashing {
        measure,
        most_kib: Argon2Params::MAX_MEMORY_KIB,
    };
    let found = calibrate.run(wanted).unwrap();
    assert!(found.iter().all(|found| found.is_near(wanted)), "{found:?}");
}

#[test]
fn no_hash_takes_more_memory_than_is_given() {
    let most_kib = 40_000;
    let mut largest = 0;
    let measure = |params: Argon2Params| {
        largest = largest.max(params.memory_kib());
        let work = u64::from(params.memory_kib()) * u64::from(params.iterations());
        Ok::<_, Infallible>(Duration::from_micros(work))
    };
    let found = CalibrateHashing { measure, most_kib }.run(Duration::from_millis(100));
    let memory: Vec<_> = found
        .unwrap()
        .iter()
        .map(|c| c.params.memory_kib())
        .collect();
    // With one and two iterations it would take more.
    assert_eq!(memory.len(), 3, "{memory:?}");
    assert!(largest <= most_kib, "{largest}");
}

/// What fits in the caches is faster than what does not: scaled from there, the memory
/// seems to exceed what is given, and does not.
#[test]
fn what_seems_to_take_too_much_memory_is_measured_before_it_is_refused() {
    let most_kib = 1_000_000;
    let measure = |params: Argon2Params| {
        let slower = if params.memory_kib() > 200_000 { 3 } else { 2 };
        let work = u64::from(params.memory_kib()) * u64::from(params.iterations());
        Ok::<_, Infallible>(Duration::from_micros(work * slower / 2))
    };
    let wanted = Duration::from_millis(1_300);
    let found = CalibrateHashing { measure, most_kib }.run(wanted).unwrap();
    let one_iteration = found[0];
    assert_eq!(one_iteration.params.iterations(), 1, "{found:?}");
    assert!(one_iteration.is_near(wanted), "{one_iteration:?}");
}

#[test]
fn what_takes_about_the_wanted_time_is_proposed_at_the_bounds_too() {
    let measure = |params: Argon2Params| {
        let work = u64::from(params.memory_kib()) * u64::from(params.iterations());
        Ok::<_, Infallible>(Duration::from_micros(work))
    };
    let most_kib = 50_000;
    // A tenth more than the largest takes with one iteration, and less than the weakest
    // with five.
    let wanted = Duration::from_millis(55);
    let found = CalibrateHashing { measure, most_kib }.run(wanted).unwrap();
    assert_eq!(found[0].params.memory_kib(), most_kib, "{found:?}");
    let weakest = Duration::from_micros(7_168 * 5).mul_f64(0.9);
    let found = CalibrateHashing { measure, most_kib }.run(weakest).unwrap();
    let memory = found.last().map(|found| found.params.memory_kib());
    assert_eq!(memory, Some(7_168), "{found:?}");
}

#[test]
fn what_was_close_counts_though_a_measurement_at_the_bound_is_not() {
    let most_kib = 20_000;
    let measure = |params: Argon2Params| {
        let disturbed = if params.memory_kib() == most_kib {
            2
        } else {
            3
        };
        let work = u64::from(params.memory_kib()) * u64::from(params.iterations());
        Ok::<_, Infallible>(Duration::from_micros(work * disturbed / 3))
    };
    // With two iterations, a few per cent more than what is measured first takes.
    let wanted = Duration::from_micros(19_456 * 2).mul_f64(1.06);
    let found = CalibrateHashing { measure, most_kib }.run(wanted).unwrap();
    let of_two = found.iter().find(|found| found.params.iterations() == 2);
    assert_eq!(of_two.map(|found| found.params.memory_kib()), Some(19_456));
}

#[test]
fn a_machine_without_memory_for_the_weakest_that_is_allowed_is_refused() {
    let measure = |_| -> Result<Duration, Infallible> { panic!("nothing may be measured") };
    let calibrate = CalibrateHashing {
        measure,
        most_kib: 7000,
    };
    let refused = calibrate.run(Duration::from_millis(100)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a hash can have 7000 KiB of the memory that is free here, and the weakest parameters \
         that OWASP allows take 7168 KiB"
    );
}
