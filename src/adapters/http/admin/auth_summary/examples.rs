use poem_openapi::types::Example;

use super::{BucketCounts, BucketName, FailingAddress, FailingUser, SummaryItem};
use crate::{
    adapters::http::examples::{ADDRESS, USER, earlier, later},
    domain::{Outcome, OutcomeCounts},
};

impl Example for SummaryItem {
    fn example() -> Self {
        Self {
            from: earlier(),
            to: later(),
            bucket: BucketName::Hour,
            counts: vec![BucketCounts::example()],
            failing_addresses: vec![FailingAddress::example()],
            failing_users: vec![FailingUser::example()],
        }
    }
}

impl Example for BucketCounts {
    fn example() -> Self {
        let mut counts = OutcomeCounts::default();
        counts.add(Outcome::Success, 31);
        counts.add(Outcome::WrongPassword, 4);
        Self::new(earlier(), &counts)
    }
}

impl Example for FailingAddress {
    fn example() -> Self {
        Self {
            address: ADDRESS.to_owned(),
            failures: 4,
        }
    }
}

impl Example for FailingUser {
    fn example() -> Self {
        Self {
            user: USER,
            failures: 4,
        }
    }
}
