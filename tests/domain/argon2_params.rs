use proptest::prelude::*;
use signet::domain::Argon2Params;

#[test]
fn each_pair_of_owasp_reaches_the_minimum_and_a_little_less_does_not() {
    for (memory, iterations) in [(47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5)] {
        let params = Argon2Params::new(memory, iterations, 1).unwrap();
        assert!(params.reaches_owasp_minimum(), "{params:?}");
        let weaker = Argon2Params::new(memory - 1, iterations, 1).unwrap();
        assert!(!weaker.reaches_owasp_minimum(), "{weaker:?}");
    }
}

#[test]
fn the_default_is_owasps_second_pair() {
    let default = Argon2Params::default();
    assert_eq!(default, Argon2Params::new(19456, 2, 1).unwrap());
}

proptest! {
    #[test]
    fn more_of_anything_stays_above_the_minimum(memory in 19456u32..=1_048_576, iterations in 2u32..=64) {
        prop_assert!(Argon2Params::new(memory, iterations, 1).unwrap().reaches_owasp_minimum());
    }
}
