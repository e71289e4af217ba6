mod examples;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object, OpenApi, param::Query};
use uuid::Uuid;

use super::{AdminUseCases, ListRefusals};
use crate::{
    adapters::http::{
        Tag, answers::Read, bearer::Admin, problem::Problem, refusal::Refusal, times::check_times,
    },
    domain::{AuthSummary, Bucket, Outcome, OutcomeCounts, SummaryInterval, SummaryIntervalError},
    usecases::{
        FieldError,
        auth_log::{SummarizeError, SummaryRequest},
    },
};

pub(in crate::adapters::http) struct AuthSummaryApi(pub(super) Arc<AdminUseCases>);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "AuthEventBucket", rename_all = "snake_case")]
enum BucketName {
    Minute,
    Hour,
    Day,
}

/// How many attempts there were, and how they ended.
#[derive(Object)]
#[oai(rename = "AuthEventSummary", example)]
struct SummaryItem {
    /// Not before this time.
    from: DateTime<Utc>,
    /// Before this time.
    to: DateTime<Utc>,
    /// What is counted together.
    bucket: BucketName,
    /// All buckets of the interval, the oldest first.
    counts: Vec<BucketCounts>,
    /// The ten addresses with the most failures, the worst first.
    failing_addresses: Vec<FailingAddress>,
    /// The ten accounts with the most failures, the worst first.
    failing_users: Vec<FailingUser>,
}

/// How many attempts of a bucket ended in which way.
#[derive(Object)]
#[oai(rename = "AuthEventCounts", example)]
struct BucketCounts {
    /// When the bucket begins, in UTC. What is counted of the first and the last
    /// one is what the interval has of them.
    start: DateTime<Utc>,
    /// Logins.
    success: u64,
    /// With another password than the account's.
    wrong_password: u64,
    /// At a name that no account has.
    unknown_user: u64,
    /// At an account that is disabled.
    disabled: u64,
    /// Refused for too many failures before.
    throttled: u64,
    /// With a refresh token that was consumed long ago.
    refresh_reuse: u64,
    /// Of a client that does not exist.
    unknown_client: u64,
    /// Of a client with another secret than its own.
    wrong_client_secret: u64,
}

/// An address from which attempts failed.
#[derive(Object)]
#[oai(example)]
struct FailingAddress {
    /// The address.
    address: String,
    /// How many failed.
    failures: u64,
}

/// An account at which attempts failed.
#[derive(Object)]
#[oai(example)]
struct FailingUser {
    /// The account's id.
    user: Uuid,
    /// How many failed.
    failures: u64,
}

#[OpenApi(prefix_path = "/admin/auth-events", tag = "Tag::Administration")]
impl AuthSummaryApi {
    /// How many logins succeed and fail?
    ///
    /// At most 1,000,000 events are summed up. Where the interval has more, the
    /// refusal tells after which time so many are left.
    #[oai(
        path = "/summary",
        method = "get",
        operation_id = "summarizeAuthEvents"
    )]
    async fn summarize(
        &self,
        _admin: Admin,
        /// Not before this time (RFC 3339); by default a day before `to`.
        from: Query<Option<DateTime<Utc>>>,
        /// Before this time (RFC 3339); by default now.
        to: Query<Option<DateTime<Utc>>>,
        /// What is counted together; by default an hour. The interval has at
        /// most 1000 of them.
        bucket: Query<Option<BucketName>>,
    ) -> Result<Read<SummaryItem>, Refusal<ListRefusals>> {
        check_times([("from", from.0), ("to", to.0)])?;
        let request = SummaryRequest {
            from: from.0,
            to: to.0,
            bucket: bucket.0.map(Into::into),
        };
        let (interval, summary) = self.0.summarize_auth_events.run(request).await?;
        Ok(Read::new(SummaryItem::new(&interval, summary)))
    }
}

impl SummaryItem {
    fn new(interval: &SummaryInterval, summary: AuthSummary) -> Self {
        let counts = summary.counts.into_iter();
        let addresses = summary.failing_addresses.into_iter();
        let users = summary.failing_users.into_iter();
        Self {
            from: interval.from(),
            to: interval.to(),
            bucket: interval.bucket().into(),
            counts: counts
                .map(|(start, counts)| BucketCounts::new(start, &counts))
                .collect(),
            failing_addresses: addresses
                .map(|(address, failures)| FailingAddress {
                    address: address.to_string(),
                    failures,
                })
                .collect(),
            failing_users: users
                .map(|(user, failures)| FailingUser {
                    user: user.as_uuid(),
                    failures,
                })
                .collect(),
        }
    }
}

impl BucketCounts {
    fn new(start: DateTime<Utc>, counts: &OutcomeCounts) -> Self {
        Self {
            start,
            success: counts.of(Outcome::Success),
            wrong_password: counts.of(Outcome::WrongPassword),
            unknown_user: counts.of(Outcome::UnknownUser),
            disabled: counts.of(Outcome::Disabled),
            throttled: counts.of(Outcome::Throttled),
            refresh_reuse: counts.of(Outcome::RefreshReuse),
            unknown_client: counts.of(Outcome::UnknownClient),
            wrong_client_secret: counts.of(Outcome::WrongClientSecret),
        }
    }
}

impl From<BucketName> for Bucket {
    fn from(name: BucketName) -> Self {
        match name {
            BucketName::Minute => Self::Minute,
            BucketName::Hour => Self::Hour,
            BucketName::Day => Self::Day,
        }
    }
}

impl From<Bucket> for BucketName {
    fn from(bucket: Bucket) -> Self {
        match bucket {
            Bucket::Minute => Self::Minute,
            Bucket::Hour => Self::Hour,
            Bucket::Day => Self::Day,
        }
    }
}

impl From<SummarizeError> for Problem {
    fn from(error: SummarizeError) -> Self {
        match error {
            SummarizeError::Interval(error) => {
                let field = match error {
                    SummaryIntervalError::Empty => "from",
                    SummaryIntervalError::TooManyBuckets(_) => "bucket",
                };
                Self::invalid_fields(vec![FieldError::new(field, error)])
            }
            SummarizeError::TooManyEvents { .. } => {
                Self::invalid_fields(vec![FieldError::new("from", error)])
            }
            SummarizeError::Storage(error) => error.into(),
        }
    }
}
