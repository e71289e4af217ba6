use super::{ListedUser, UserArgs, find, list::style_of};
use crate::{
    cli::{
        error::CliError,
        session::{Session, print, print_json},
        style::PLAIN,
        table::{Cell, aligned},
    },
    config::Sources,
    domain::User,
};

pub(super) async fn run(sources: &Sources, args: &UserArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let user = find(&session, &args.name).await?;
    session.close().await?;
    print_user(args.json, &user)
}

pub(super) fn print_user(json: bool, user: &User) -> Result<(), CliError> {
    let listed = ListedUser::new(user);
    if json {
        return print_json(&listed);
    }
    let rows = [
        ("id", listed.id),
        ("username", listed.username.to_owned()),
        ("email", listed.email.to_owned()),
        (
            "display name",
            listed.display_name.unwrap_or_default().to_owned(),
        ),
        ("status", listed.status.to_owned()),
        ("roles", listed.roles.join(" ")),
        ("created", listed.created),
        (
            "last login",
            listed.last_login.unwrap_or_else(|| "never".to_owned()),
        ),
    ];
    let rows = rows.into_iter().map(|(name, value)| {
        let style = if name == "status" {
            style_of(user.status)
        } else {
            PLAIN
        };
        [name.into(), Cell::new(value, style)]
    });
    print(&aligned(rows.collect()))
}
