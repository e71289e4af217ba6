//! Accounts, one by its name and the list.

use signet::{
    adapters::database::{Database, SqlUserRepo},
    domain::{AccountStatus, PageRequest, Position, User, UserFilter},
    ports::UserRepo,
};

use super::{
    Done,
    times::{FEW_TIMES, Times},
};

/// Each by its name.
pub(crate) async fn find(database: &Database, names: &[String]) -> Done<Vec<User>> {
    let users = SqlUserRepo::new(database.clone());
    let mut some = Vec::new();
    let mut times = Times::new("account by its name");
    for name in names {
        let name = name.parse()?;
        let found = times.of(users.find_by_username(&name)).await?;
        some.push(found.ok_or("no such account")?);
    }
    times.print();
    Ok(some)
}

/// The pages that administrators look at, one of them after an account in between.
pub(crate) async fn list(database: &Database, between: Option<&User>) -> Done<()> {
    let users = SqlUserRepo::new(database.clone());
    let any = UserFilter::default;
    let first = PageRequest::default();
    let after = between.map(|user| Position {
        at: user.date_registered,
        id: user.id,
    });
    let after = PageRequest {
        after,
        ..PageRequest::default()
    };
    for (name, filter, page) in [
        ("accounts, first page", any(), &first),
        ("accounts, a page in between", any(), &after),
        (
            "accounts that begin with user-4711",
            UserFilter {
                search: Some("user-4711".to_owned()),
                ..any()
            },
            &first,
        ),
        (
            "accounts that begin with user-",
            UserFilter {
                search: Some("user-".to_owned()),
                ..any()
            },
            &first,
        ),
        (
            "accounts with the role editor",
            UserFilter {
                role: Some("editor".parse()?),
                ..any()
            },
            &first,
        ),
        (
            "accounts that are disabled",
            UserFilter {
                status: Some(AccountStatus::Disabled),
                ..any()
            },
            &first,
        ),
    ] {
        let mut times = Times::new(name);
        for _ in 0..FEW_TIMES {
            times.of(users.list(&filter, page)).await?;
        }
        times.print();
    }
    Ok(())
}
