//! Several servers at once, and what becomes of what they answered when the
//! machines under them end.

mod client;
mod counted;
mod counters;
mod fleet;
mod follower;
mod later;
mod ledger;
mod limits;
mod load;
mod service;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::StatusCode;
use tokio::task::JoinSet;

use self::{
    client::{Client, Record, Span, now},
    counted::Stored,
    counters::{Counters, Outage},
    fleet::{Fleet, QUOTA},
    follower::Followers,
    ledger::Ledger,
    load::Load,
    service::Service,
};
use crate::support::process::run;

/// How many users come one after the other at the same time.
const WORKERS: u8 = 4;
/// How many requests succeed between two blows.
const BETWEEN: usize = 20;
/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

/// When what was broken. For what a killed server had taken and not answered the
/// load balancer answers 502 or closes the connection: whether it was done is
/// known to PostgreSQL alone.
struct Blows {
    kills: Vec<Span>,
    /// Without PostgreSQL, until all servers were ready again.
    outage: Span,
    redis: Outage,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_three_servers_answered_is_lost_whatever_ends_under_them() {
    let Some(mut fleet) = Fleet::start() else {
        return;
    };
    for server in 0..3 {
        fleet.start_server(server);
    }
    fleet.all_are_well().await;
    let (record, ledger) = (Record::default(), Ledger::default());
    let stop = Arc::new(AtomicBool::new(false));
    let base = fleet.haproxy.url("");
    let followers = Arc::new(Followers::new(&fleet, &record));
    let load = |number| Load {
        client: Client::new(&base, number, &record),
        followers: followers.clone(),
        ledger: ledger.clone(),
        stop: stop.clone(),
    };
    let admin = admin(&fleet, &ledger).await;
    let mut clients = JoinSet::new();
    for worker in 1..=WORKERS {
        clients.spawn(load(100 + worker).users(worker.into()));
    }
    clients.spawn(load(200).limited());
    clients.spawn(load(201).rotations("root".to_owned(), admin));
    let service = Service::create(&fleet);
    clients.spawn(service.clone().revocations(load(203)));

    let blows = strike(&mut fleet, &record, &followers).await;
    // Some tokens at least of the key that was made under load.
    let rotated = async {
        while ledger.read(|ledger| ledger.rotated_to.len() < 2 || ledger.kids.len() < 3) {
            assert!(clients.try_join_next().is_none(), "a client gave up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, rotated).await.unwrap();
    record.more(BETWEEN).await;
    stop.store(true, Ordering::Relaxed);
    clients.join_all().await;

    followers.judge(None, &ledger).await;
    followers.were_served(&fleet.downs).await;
    later::tokens_verify_by_every_servers_key_set(&fleet, &ledger).await;
    later::no_server_takes_the_token_of_an_ended_session(&fleet, &ledger).await;
    later::a_consumed_token_ends_its_session_at_every_server(&fleet, &ledger).await;
    later::no_server_takes_a_revoked_token_of_a_service(&fleet, &ledger, &service).await;
    refreshes_still_go_on(&load(202)).await;
    for server in 0..3 {
        assert!(fleet.stop_server(server), "it ended in trouble");
    }
    let stored = Stored::read(&fleet.postgres).await;
    ledger.read(|answered| {
        stored.holds_registrations(answered);
        stored.holds_logins(answered);
        stored.holds_failures(answered);
        stored.holds_revocations(answered);
        stored.holds_rotations(answered);
        assert!(answered.unverified.is_empty(), "{:?}", answered.unverified);
        let judgements = answered.access_tokens.len() * followers.count();
        assert_eq!(answered.verified, judgements, "a token was never judged");
        let counters = Counters::of(&fleet.lives, &blows.redis).unwrap();
        eprintln!("late answers of Redis: {:?}", counters.late);
        let shared = limits::judge(&answered.limited, &counters).unwrap();
        eprintln!("where Redis alone counted: {shared:?}");
        assert!(shared.admitted > QUOTA && shared.refused > 0);
    });
    no_error_without_a_cause(&record, &blows);
}

/// Someone who may rotate keys; the key that was made to sign next may do so at
/// once, for no verifier has asked before.
async fn admin(fleet: &Fleet, ledger: &Ledger) -> String {
    let client = Client::new(&fleet.haproxy.url(""), 202, &Record::default());
    let body = serde_json::json!({ "username": "root", "email": "root@example.com" });
    let registered = client.send(client.post("/register").json(&body)).await;
    let body = registered.unwrap().body;
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let granted = run(fleet.command(0).args(["users", "grant", "root", "admin"]));
    assert!(granted.status.success());
    ledger.note(|ledger| {
        ledger.registered.insert(text("id"), "root".to_owned());
    });
    let published = "UPDATE keys SET published_at = '2020-01-01T00:00:00+00:00' \
                     WHERE state = 'next'";
    let database = fleet.postgres.connect("postgres").await;
    sea_orm::ConnectionTrait::execute_unprepared(&database, published)
        .await
        .unwrap();
    text("password")
}

/// Ends everything that can end, one after the other, under load.
async fn strike(fleet: &mut Fleet, record: &Record, followers: &Followers) -> Blows {
    record.more(BETWEEN).await;
    let mut kills = Vec::new();
    for server in 0..3 {
        kills.push(fleet.kill_server(server));
        record.more(BETWEEN).await;
        followers.lacks(server).await;
        fleet.start_server(server);
        fleet.all_are_well().await;
    }

    let from = now();
    fleet.redis.kill();
    let kill = (from, now());
    record.more(BETWEEN).await;
    fleet
        .all(|status, body| {
            status == StatusCode::OK && body["warnings"].to_string().contains("Redis is away")
        })
        .await;
    let from = now();
    fleet.redis.restart();
    fleet.redis.answers().await;
    let restart = (from, now());
    fleet.all_are_well().await;
    record.more(BETWEEN).await;

    let from = now();
    fleet.postgres.kill();
    fleet
        .all(|status, _| status == StatusCode::SERVICE_UNAVAILABLE)
        .await;
    for server in 0..3 {
        assert_eq!(fleet.key_set_status(server).await, StatusCode::OK);
    }
    fleet.postgres.restart();
    fleet.all_are_well().await;
    let outage = (from, now());
    record.more(BETWEEN).await;

    fleet.haproxy.drain(1);
    assert!(fleet.stop_server(1), "it ended in trouble");
    record.more(BETWEEN).await;
    fleet.start_server(1);
    fleet.haproxy.take_back(1);
    fleet.all_are_well().await;
    record.more(BETWEEN).await;
    let redis = Outage { kill, restart };
    Blows {
        kills,
        outage,
        redis,
    }
}

/// The last token that was answered is the current one of its session.
async fn refreshes_still_go_on(load: &Load) {
    let kept = load.ledger.read(|ledger| ledger.kept.clone());
    assert!(!kept.is_empty());
    for token in kept.values() {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let request = || load.client.post("/token").form(&form);
        let (answer, _) = load.client.insist(request).await;
        assert_eq!(answer.status, StatusCode::OK, "a refresh was lost");
    }
}

/// A killed server breaks what it had in hand, and nobody else's; without
/// PostgreSQL clients are told to come again. Nothing else goes wrong.
fn no_error_without_a_cause(record: &Record, blows: &Blows) {
    let mut broken = vec![0; blows.kills.len()];
    for exchange in record.all() {
        match exchange.status {
            None | Some(StatusCode::BAD_GATEWAY) => {
                let kill = blows.kills.iter().position(|kill| exchange.meets(*kill));
                assert!(exchange.what.starts_with("POST"), "{exchange:?}");
                broken[kill.unwrap_or_else(|| panic!("{exchange:?}"))] += 1;
            }
            Some(StatusCode::SERVICE_UNAVAILABLE) => {
                assert!(exchange.meets(blows.outage), "{exchange:?}");
                assert!(exchange.retry_after, "{exchange:?}");
            }
            Some(status) => assert!(!status.is_server_error(), "{exchange:?}"),
        }
    }
    eprintln!("broken by kills: {broken:?}");
    // Each client has one request at a time in hand: a user, who is limited, who rotates,
    // who revokes.
    let clients = usize::from(WORKERS) + 3;
    assert!(broken.iter().all(|count| *count <= clients), "{broken:?}");
}
