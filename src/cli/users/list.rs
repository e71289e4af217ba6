use clap::{Args, builder::styling::Style};

use super::ListedUser;
use crate::{
    cli::{
        error::CliError,
        session::{Session, print_empty, write},
        style::{BAD, GOOD},
        table::{Cell, List},
    },
    config::Sources,
    domain::{AccountStatus, PageRequest, PageSize, Role, User, UserFilter},
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. Into a pipe or a file goes one line for each account, with tabs between its
fields and no headings.

Examples:
  signet users list --role admin
  signet users list --search ada --json | jq -r '.[].id'";

#[derive(Args)]
pub(in crate::cli) struct ListArgs {
    /// Only those whose username or e-mail address begins like this, in any case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those that have this role
    #[arg(long)]
    role: Option<Role>,
    /// Only those that are active, or disabled
    #[arg(long, value_parser = status)]
    status: Option<AccountStatus>,
    /// At most so many; all by default
    #[arg(long, value_name = "COUNT", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// Print a JSON array, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &ListArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let filter = UserFilter {
        search: args.search.clone(),
        role: args.role.clone(),
        status: args.status,
    };
    let mut list = Listing::begin(args.json)?;
    let mut left = args.limit;
    each_page(&session, &filter, |users| {
        let shown = &users[..users.len().min(left)];
        left -= shown.len();
        list.show(shown)?;
        Ok(left > 0)
    })
    .await?;
    session.close().await?;
    list.end()
}

/// Walks the pages until there are no more or `then` has had enough: however
/// many accounts there are, one page is held.
pub(super) async fn each_page(
    session: &Session,
    filter: &UserFilter,
    mut then: impl FnMut(&[User]) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let list = session.ports.list_users();
    let mut request = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    loop {
        let page = list.run(filter, &request).await;
        let page = page.map_err(CliError::failure)?;
        let more = then(&page.items)?;
        request.after = page.next;
        if !more || request.after.is_none() {
            return Ok(());
        }
    }
}

/// A list that comes page by page.
struct Listing {
    /// None for JSON.
    list: Option<List<6>>,
    shown: bool,
}

impl Listing {
    fn begin(json: bool) -> Result<Self, CliError> {
        let list = (!json).then(|| List::new(HEADINGS));
        if json {
            write("[")?;
        }
        Ok(Self { list, shown: false })
    }

    fn show(&mut self, users: &[User]) -> Result<(), CliError> {
        if users.is_empty() {
            return Ok(());
        }
        let first = !std::mem::replace(&mut self.shown, true);
        if let Some(list) = &mut self.list {
            return write(&list.part(users.iter().map(row)));
        }
        for (count, user) in users.iter().enumerate() {
            let comma = if first && count == 0 { "" } else { "," };
            let user = serde_json::to_string(&ListedUser::new(user)).map_err(CliError::failure)?;
            write(&format!("{comma}\n  {user}"))?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), CliError> {
        match (self.list, self.shown) {
            (None, true) => write("\n]\n"),
            (None, false) => write("]\n"),
            (Some(_), true) => Ok(()),
            (Some(_), false) => {
                print_empty("There are no such accounts.");
                Ok(())
            }
        }
    }
}

const HEADINGS: [&str; 6] = ["USERNAME", "EMAIL", "STATUS", "ROLES", "CREATED", "ID"];

fn row(user: &User) -> [Cell; HEADINGS.len()] {
    let ListedUser {
        id,
        username,
        email,
        status,
        roles,
        ..
    } = ListedUser::new(user);
    let created = user.date_registered.format("%Y-%m-%d").to_string();
    [
        username.into(),
        email.into(),
        Cell::new(status, style_of(user.status)),
        roles.join(" ").into(),
        created.into(),
        id.into(),
    ]
}

pub(super) fn style_of(status: AccountStatus) -> Style {
    match status {
        AccountStatus::Active => GOOD,
        AccountStatus::Disabled => BAD,
    }
}

fn status(text: &str) -> Result<AccountStatus, &'static str> {
    text.parse().map_err(|()| "must be active or disabled")
}
