//! What the ports read of a database.

use signet::{
    adapters::database::{
        Database, SqlAuditLog, SqlAuthEvents, SqlClientStore, SqlInviteStore, SqlKeyStore,
        SqlKnownNetworks, SqlSessionStore, SqlUserRepo,
    },
    crypto::sealed_key,
    domain::{
        Audience, AuditFilter, AuthEvent, AuthEventFilter, ClientAddress, PageRequest, StoredKey,
        StoredRefreshKey, Timestamp, User, UserFilter, UserId,
    },
    ports::{AuditLog, ClientStore, InviteStore, KeyStore, KnownNetworks, SessionStore, UserRepo},
};

use crate::support::{
    auth_log::all,
    fixtures::{a_time, master_keys},
};

fn ada() -> UserId {
    "00000000-0000-4000-8000-000000000001".parse().unwrap()
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn of_key(key: &StoredKey) -> String {
    let (record, life) = (&key.record, &key.life);
    let sealed = match &key.sealed {
        Some(sealed) if sealed_key::open(sealed, record, &master_keys()).is_ok() => "opens",
        Some(_) => "sealed",
        None => "not sealed",
    };
    format!(
        "key {} {} {}, made {}, published {}, active {}, retired {}, expired {}, \
         lifetime {} s, still signing {} s, {sealed}",
        record.kid,
        record.algorithm.as_str(),
        life.state.as_str(),
        record.created_at,
        life.published_at,
        or_none(life.activated_at),
        or_none(life.retired_at),
        or_none(life.expired_at),
        life.longest_lifetime.as_secs(),
        life.still_signing.as_secs(),
    )
}

fn of_refresh_key(key: &StoredRefreshKey) -> String {
    let opens = sealed_key::open_refresh_key(key, &master_keys()).is_ok();
    let opens = if opens { "opens" } else { "does not open" };
    let record = &key.record;
    format!(
        "refresh key {}, made {}, {opens}",
        record.id, record.created_at
    )
}

/// Its password hash apart.
fn of_user(user: &User) -> [String; 2] {
    let roles: Vec<_> = user.roles.iter().collect();
    let account = format!(
        "user {} <{}> {}, display name {}, roles [{}], since {}, last login {}",
        user.username,
        user.email,
        user.status.as_str(),
        or_none(user.display_name.as_ref()),
        roles.join(" "),
        user.date_registered,
        or_none(user.last_login),
    );
    [
        account,
        format!("hash of {}: {}", user.username, user.password_hash),
    ]
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
        "event {} of {address} at {}: {}, session {}, client {}, {}",
        event.origin.request_id,
        event.at,
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
    lines.extend(listed.items.iter().flat_map(of_user));
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
    lines.extend(keys.refresh_keys().iter().map(of_refresh_key));
    let sessions = SqlSessionStore::new(database.clone());
    let live = sessions.list_live(ada(), a_time()).await.unwrap();
    lines.extend(live.iter().map(|session| {
        let consumed = session.history.entries().len();
        let (id, generation) = (session.id, session.generation.number());
        let (since, until) = (session.created_at, session.ends_at);
        format!("session {id} of generation {generation}, consumed {consumed}, {since} to {until}")
    }));
    let clients = SqlClientStore::new(database.clone());
    let listed = clients.list(&PageRequest::default()).await.unwrap();
    lines.extend(listed.items.iter().map(|client| {
        let audience = client.audience.iter().flat_map(Audience::iter);
        let audience: Vec<_> = audience.collect();
        format!(
            "client {}, scopes {}, for {}, since {}, secret {}",
            client.name,
            client.scopes,
            audience.join(" "),
            client.created_at,
            hex::encode(client.secret.0)
        )
    }));
    let revoked = "00000000-0000-4000-8000-000000000006".parse().unwrap();
    if clients.is_revoked(revoked).await.unwrap() {
        lines.push("revoked token".to_owned());
    }
    let invites = SqlInviteStore::new(database.clone());
    let invites = invites.list(&PageRequest::default()).await.unwrap();
    lines.extend(invites.items.iter().map(|invite| {
        let used = invite.used.as_ref().map(|used| used.at);
        format!(
            "invite {}, until {}, used {}, code {}",
            invite.id,
            invite.expires_at,
            or_none(used),
            hex::encode(invite.code.0)
        )
    }));
    let audit = SqlAuditLog::new(database.clone());
    let audit = audit
        .list(&AuditFilter::default(), &PageRequest::default())
        .await
        .unwrap();
    lines.extend(audit.items.iter().map(|(_, event)| {
        let action = event.action.as_str();
        let (actor, at) = (&event.act.actor, event.act.at);
        format!("audit {actor} {action} {} at {at}", event.target.id())
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
