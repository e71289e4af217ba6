//! What the ports read of a database.

use signet::{
    adapters::database::{
        Database, SqlAuditLog, SqlAuthEvents, SqlClientStore, SqlInviteStore, SqlKeyStore,
        SqlKnownNetworks, SqlSessionStore, SqlUserRepo,
    },
    domain::{
        Audience, AuditFilter, AuthEvent, AuthEventFilter, ClientAddress, PageRequest, StoredKey,
        Timestamp, UserFilter, UserId,
    },
    ports::{AuditLog, ClientStore, InviteStore, KeyStore, KnownNetworks, SessionStore, UserRepo},
};

use crate::support::{auth_log::all, fixtures::a_time};

fn ada() -> UserId {
    "00000000-0000-4000-8000-000000000001".parse().unwrap()
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn of_key(key: &StoredKey) -> String {
    format!(
        "key {} {} {}, lifetime {} s, still signing {} s, {}",
        key.record.kid,
        key.record.algorithm.as_str(),
        key.life.state.as_str(),
        key.life.longest_lifetime.as_secs(),
        key.life.still_signing.as_secs(),
        if key.sealed.is_some() {
            "sealed"
        } else {
            "not sealed"
        },
    )
}

/// Whether it is found by its network as well.
async fn of_event(database: &Database, event: &AuthEvent) -> String {
    let address = event.origin.address;
    let same_network = AuthEventFilter {
        address: format!(
            "{address}/{}",
            if address.ip().is_ipv4() { 32 } else { 128 }
        )
        .parse()
        .ok(),
        ..AuthEventFilter::default()
    };
    let found = all(&SqlAuthEvents::new(database.clone()), &same_network).await;
    format!(
        "event {} of {address}: {}, session {}, client {}, {}",
        event.origin.request_id,
        event.outcome.as_str(),
        or_none(event.session),
        or_none(event.client.as_ref()),
        if found.contains(event) {
            "by its network"
        } else {
            "not by its network"
        },
    )
}

/// All that the ports read, a line for each row.
pub(super) async fn read(database: &Database) -> Vec<String> {
    let mut lines = Vec::new();
    let users = SqlUserRepo::new(database.clone());
    let listed = users
        .list(&UserFilter::default(), &PageRequest::default())
        .await
        .unwrap();
    lines.extend(listed.items.iter().map(|user| {
        let roles: Vec<_> = user.roles.iter().collect();
        format!(
            "user {} <{}> {}, display name {}, roles [{}]",
            user.username,
            user.email,
            user.status.as_str(),
            or_none(user.display_name.as_ref()),
            roles.join(" ")
        )
    }));
    let admins = UserFilter {
        role: Some("admin".parse().unwrap()),
        ..UserFilter::default()
    };
    let admins = users.list(&admins, &PageRequest::default()).await.unwrap();
    lines.extend(
        admins
            .items
            .iter()
            .map(|user| format!("admin {}", user.username)),
    );
    let keys = SqlKeyStore::new(database.clone()).load().await.unwrap();
    lines.extend(keys.keys().iter().map(of_key));
    lines.extend(
        keys.refresh_keys()
            .iter()
            .map(|key| format!("refresh key {}", key.record.id)),
    );
    let sessions = SqlSessionStore::new(database.clone());
    let live = sessions.list_live(ada(), a_time()).await.unwrap();
    lines.extend(live.iter().map(|session| {
        let consumed = session.history.entries().len();
        let (id, generation) = (session.id, session.generation.number());
        format!("session {id} of generation {generation}, consumed {consumed}")
    }));
    let clients = SqlClientStore::new(database.clone());
    let listed = clients.list(&PageRequest::default()).await.unwrap();
    lines.extend(listed.items.iter().map(|client| {
        let audience = client.audience.iter().flat_map(Audience::iter);
        let audience: Vec<_> = audience.collect();
        format!(
            "client {}, scopes {}, for {}",
            client.name,
            client.scopes,
            audience.join(" ")
        )
    }));
    let revoked = "00000000-0000-4000-8000-000000000006".parse().unwrap();
    if clients.is_revoked(revoked).await.unwrap() {
        lines.push("revoked token".to_owned());
    }
    let invites = SqlInviteStore::new(database.clone());
    let invites = invites.list(&PageRequest::default()).await.unwrap();
    lines.extend(invites.items.iter().map(|invite| {
        let used = if invite.used.is_some() {
            "used"
        } else {
            "not used"
        };
        format!("invite {}, {used}", invite.id)
    }));
    let audit = SqlAuditLog::new(database.clone());
    let audit = audit
        .list(&AuditFilter::default(), &PageRequest::default())
        .await
        .unwrap();
    lines.extend(audit.items.iter().map(|(_, event)| {
        let action = event.action.as_str();
        format!("audit {} {action} {}", event.act.actor, event.target.id())
    }));
    let network = ClientAddress::new("192.0.2.1".parse().unwrap()).network();
    let networks = SqlKnownNetworks::new(database.clone());
    if networks
        .is_known(Some(ada()), network, Timestamp::UNIX_EPOCH)
        .await
        .unwrap()
    {
        lines.push("known network".to_owned());
    }
    let events = all(
        &SqlAuthEvents::new(database.clone()),
        &AuthEventFilter::default(),
    )
    .await;
    for event in &events {
        lines.push(of_event(database, event).await);
    }
    lines.sort();
    lines
}
