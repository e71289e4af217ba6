//! Where a user is logged in.

use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{
    oauth::{Login, sid},
    site::Site,
};

#[tokio::test]
async fn a_users_sessions_are_listed_in_pages_the_latest_used_first() {
    let site = Site::start().await;
    let (ada, first) = site.login_of("ada", &[]).await;
    let mut ids = vec![sid(&first.access)];
    for _ in 0..2 {
        site.app.clock.advance(Duration::from_secs(1));
        let login = Login::of(site.app.log_in("ada", &ada.password).await).await;
        ids.insert(0, sid(&login.access));
    }
    let path = format!("/admin/users/{}/sessions", ada.id);
    let pages = site.pages(&path, "id", 2).await;
    assert_eq!(pages, [ids[..2].to_vec(), ids[2..].to_vec()]);
    let item = &site.read(&path).await["items"][0];
    assert_eq!(item["address"], "127.0.0.1");
    assert_eq!(item["current"], false);
}

#[tokio::test]
async fn of_their_own_sessions_an_admin_sees_which_one_they_use() {
    let site = Site::start().await;
    let path = format!("/admin/users/{}/sessions", site.admin_id());
    let sessions = site.read(&path).await;
    assert_eq!(sessions["items"][0]["current"], true);
}

#[tokio::test]
async fn ending_a_users_sessions_ends_theirs_alone() {
    let site = Site::start().await;
    let (ada, login) = site.login_of("ada", &[]).await;
    let (_, eves) = site.login_of("eve", &[]).await;
    let path = format!("/admin/users/{}/sessions", ada.id);
    // A second time there is nothing to end, and that is as well.
    for _ in 0..2 {
        assert_eq!(site.delete(&path).await, StatusCode::NO_CONTENT);
        assert!(site.column(&path, "id").await.is_empty());
    }
    site.app.assert_over(&login).await;
    site.app.assert_live(&eves).await;
    site.app.assert_live(&site.admin).await;
}
