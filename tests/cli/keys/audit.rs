use super::{acts, assert_done, command, in_state, keys, publish_next_long_ago, with_keys};
use crate::support::process::run;

#[tokio::test]
async fn what_commands_do_to_keys_stands_in_the_audit_log_and_what_servers_do_does_not() {
    let dir = with_keys();
    let dir = dir.path();
    assert!(acts(dir).await.is_empty());
    publish_next_long_ago(dir).await;
    assert_done(&keys(dir, &["rotate"]));
    let (active, next) = (in_state(dir, "active"), in_state(dir, "next"));
    // Too early, and it changes nothing.
    assert_eq!(keys(dir, &["rotate"]).status.code(), Some(1));
    assert_done(&keys(dir, &["revoke", &next, "--yes"]));
    assert_done(&run(command(dir).args(["refresh-key", "rotate"])));
    assert_done(&run(command(dir).args(["refresh-key", "revoke", "--yes"])));
    let expected = [
        ["command_line", "key.rotate", &active],
        ["command_line", "key.revoke", &next],
        ["command_line", "refresh_key.rotate", "2"],
        ["command_line", "refresh_key.revoke", "3"],
    ];
    assert_eq!(acts(dir).await, expected);
}
