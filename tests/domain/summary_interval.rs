use proptest::prelude::*;
use signet::domain::{Bucket, SummaryInterval, SummaryIntervalError, Timestamp};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn buckets_begin_at_whole_minutes_hours_and_days() {
    let at = time("2026-03-01T10:20:30.123456Z");
    for (bucket, start) in [
        (Bucket::Minute, "2026-03-01T10:20:00Z"),
        (Bucket::Hour, "2026-03-01T10:00:00Z"),
        (Bucket::Day, "2026-03-01T00:00:00Z"),
    ] {
        assert_eq!(bucket.start(at), time(start));
        assert_eq!(bucket.start(time(start)), time(start));
    }
    let early = time("1969-12-31T23:59:59Z");
    assert_eq!(Bucket::Day.start(early), time("1969-12-31T00:00:00Z"));
}

#[test]
fn an_interval_without_a_moment_is_refused() {
    let at = time("2026-03-01T10:20:30Z");
    let earlier = time("2026-03-01T10:20:29Z");
    for to in [at, earlier] {
        let refused = SummaryInterval::new(at, to, Bucket::Hour);
        assert_eq!(refused, Err(SummaryIntervalError::Empty));
    }
}

#[test]
fn a_thousand_buckets_are_possible_and_one_more_is_not() {
    let from = time("2026-03-01T10:20:00Z");
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        let to = bucket.start(from) + bucket.width() * 1000;
        let interval = SummaryInterval::new(from, to, bucket).unwrap();
        assert_eq!(interval.starts().count(), 1000);
        let over = to + std::time::Duration::from_nanos(1);
        let refused = SummaryInterval::new(from, over, bucket).unwrap_err();
        assert_eq!(refused, SummaryIntervalError::TooManyBuckets(1001));
        assert!(
            refused.to_string().contains("1001 buckets: at most 1000"),
            "{refused}"
        );
    }
}

#[test]
fn the_longest_time_is_refused_and_does_not_overflow() {
    let (first, last) = (time("0001-01-01T00:00:00Z"), time("9999-12-31T23:59:59Z"));
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        let refused = SummaryInterval::new(first, last, bucket);
        assert!(matches!(
            refused,
            Err(SummaryIntervalError::TooManyBuckets(_))
        ));
    }
}

proptest! {
    #[test]
    fn every_moment_of_an_interval_has_its_bucket_and_no_bucket_is_without_one(
        from in 0_i64..4_000_000_000_000_000,
        length in 1_i64..60_000_000_000,
        within in 0.0_f64..1.0,
    ) {
        let micros = |micros| Timestamp::from_timestamp_micros(micros).unwrap();
        let (from, to) = (micros(from), micros(from + length));
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any")]
        let at = micros(from.timestamp_micros() + (length as f64 * within) as i64);
        for bucket in [Bucket::Hour, Bucket::Day] {
            let interval = SummaryInterval::new(from, to, bucket).unwrap();
            let starts: Vec<_> = interval.starts().collect();
            prop_assert!(starts.contains(&bucket.start(at)));
            prop_assert!(starts[0] <= from && from < starts[0] + bucket.width());
            let last = starts[starts.len() - 1];
            prop_assert!(last < to && to <= last + bucket.width());
        }
    }
}
