"""Goes through what an application does with Signet, and stops at the first
surprise with exit code 1."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from session import Session
from signet_client import Client
from signet_client.api.accounts import get_me, register
from signet_client.api.administration import create_user, list_users
from signet_client.api.authentication import authenticate
from signet_client.api.sessions import list_my_sessions, log_out
from signet_client.models import (
    Account,
    AccountStatus,
    AuthRequest,
    CreatedAccount,
    CreateUserRequest,
    PageOfAccount,
    PageOfSession,
    Problem,
    RegisteredAccount,
    RegisterRequest,
)
from signet_client.types import UNSET


def main() -> None:
    url = os.environ.get("AUTH_URL", "http://127.0.0.1:8080")
    admin = os.environ.get("AUTH_ADMIN")
    admin_password = os.environ.get("AUTH_ADMIN_PASSWORD")
    if not admin or not admin_password:
        print("set AUTH_ADMIN and AUTH_ADMIN_PASSWORD to an admin's username and password")
        sys.exit(2)

    # A status that the description does not have is an exception.
    api = Client(base_url=url, raise_on_unexpected_status=True)
    username = f"ada-{uuid4().hex[:8]}"

    print("- register")
    account = RegisterRequest(username=username, email=f"{username}@example.com")
    registered = register.sync(client=api, body=account)
    check(isinstance(registered, RegisteredAccount), registered)
    assert isinstance(registered, RegisteredAccount)
    check(registered.username == username, registered)
    password = registered.password
    check(isinstance(password, str), "the server makes a password when none is chosen")
    assert isinstance(password, str)

    print("- a problem arrives with its type")
    taken = register.sync_detailed(client=api, body=account)
    check(taken.status_code == 409, taken)
    check(problem(taken.parsed).code == "username_taken", taken)
    invalid = register.sync_detailed(client=api, body=RegisterRequest(username="a", email="none"))
    check(invalid.status_code == 400, invalid)
    errors = problem(invalid.parsed).errors or []
    check([error.field for error in errors] == ["username", "email"], errors)

    print("- log in")
    session = Session(url, username, password)

    print("- who am I?")
    me = get_me.sync(client=session.client)
    assert isinstance(me, Account), me
    check(me.id == registered.id and me.status is AccountStatus.ACTIVE, me)
    check(me.created < datetime.now(UTC), me)
    # None, not UNSET: nobody gave the account a name.
    check(me.display_name is None, me)

    print("- refresh")
    access, refresh = session.access_token, session.refresh_token
    session.refresh()
    check(session.access_token != access and session.refresh_token != refresh, "new tokens")

    print("- my sessions")
    sessions = list_my_sessions.sync(client=session.client)
    assert isinstance(sessions, PageOfSession), sessions
    check([one.current for one in sessions.items] == [True], sessions)
    check(sessions.next_cursor is None, sessions)

    print("- an admin reads all accounts, page by page")
    office = Session(url, admin, admin_password)
    name = f"grace-{uuid4().hex[:8]}"
    made = create_user.sync(
        client=office.client, body=CreateUserRequest(username=name, email=f"{name}@example.com")
    )
    check(isinstance(made, CreatedAccount), made)
    pages = list(accounts(office))
    names = [account.username for page in pages for account in page]
    check(len(pages) >= 2 and all(len(page) <= 2 for page in pages), pages)
    check({username, name, admin} <= set(names) and len(set(names)) == len(names), names)

    print("- a user is no admin")
    forbidden = list_users.sync_detailed(client=session.client)
    check(forbidden.status_code == 403, forbidden)
    check(problem(forbidden.parsed).code == "not_an_admin", forbidden)

    print("- whoever asks too often is told when to come back")
    check(until_refused(api, username) >= 1, "Retry-After is in seconds")

    print("- log out")
    out = log_out.sync_detailed(client=session.client)
    check(out.status_code == 204, out)
    over = get_me.sync_detailed(client=session.client)
    check(over.status_code == 401, over)
    check(problem(over.parsed).code == "invalid_token", over)

    print("all of it works")


def check(condition: bool, what: object) -> None:
    """An `assert` that also holds under `python -O`."""
    if not condition:
        raise SystemExit(f"surprised by: {what}")


def problem(parsed: object) -> Problem:
    """The problem that an answer must hold."""
    if not isinstance(parsed, Problem):
        raise SystemExit(f"the request was not refused: {parsed}")
    check(parsed.type_ == "about:blank" and parsed.request_id != "", parsed)
    return parsed


def accounts(office: Session) -> Iterator[list[Account]]:
    """All accounts, in pages of two."""
    cursor: str | None = None
    while True:
        page = list_users.sync(client=office.client, limit=2, cursor=cursor or UNSET)
        if not isinstance(page, PageOfAccount):
            raise SystemExit(f"cannot list accounts: {page}")
        yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def until_refused(api: Client, username: str) -> int:
    """Guesses a password until the server has enough, and returns for how many seconds."""
    for guess in range(30):
        answer = authenticate.sync_detailed(
            client=api, body=AuthRequest(username=username, password=f"guess {guess}")
        )
        code = problem(answer.parsed).code
        if answer.status_code == 429:
            check(code in ("rate_limited", "account_throttled"), code)
            return int(answer.headers["Retry-After"])
        check(answer.status_code == 401 and code == "invalid_credentials", answer)
    raise SystemExit("nobody stops the guessing")


if __name__ == "__main__":
    main()
