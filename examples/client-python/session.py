"""A user's session: the tokens, and how they are renewed."""

import threading
import time
from collections.abc import Generator

import httpx
from signet_client import AuthenticatedClient, Client
from signet_client.api.authentication import authenticate, get_token
from signet_client.models import AuthRequest, AuthResponse, TokenRequest, TokenResponse


class Session:
    """Logs in, and sends the access token with every request of `client`.

    It is made for threads. In asyncio a renewal would hold up everything else: there
    use an `asyncio.Lock`, `get_token.asyncio` and an `async_auth_flow`.
    """

    def __init__(self, base_url: str, username: str, password: str) -> None:
        # A status that the description does not have is an exception.
        self._public = Client(base_url=base_url, raise_on_unexpected_status=True)
        answer = authenticate.sync(
            client=self._public, body=AuthRequest(username=username, password=password)
        )
        if not isinstance(answer, AuthResponse):
            raise RuntimeError(f"cannot log in: {answer}")
        self._lock = threading.Lock()
        self.access_token = answer.access_token
        self.refresh_token = answer.refresh_token
        self._expires = time.monotonic() + answer.expires_in
        self.client = AuthenticatedClient(
            base_url=base_url,
            token="",
            raise_on_unexpected_status=True,
            httpx_args={"auth": _Bearer(self)},
        )

    def current_token(self) -> str:
        """The access token, renewed a little early, so that none expires on its way."""
        with self._lock:
            if time.monotonic() > self._expires - 5:
                self._exchange()
            return self.access_token

    def refresh(self) -> None:
        """Renews the tokens. A refresh token is good for one exchange alone, so
        whoever asks meanwhile waits for the exchange that is under way."""
        with self._lock:
            self._exchange()

    def _exchange(self) -> None:
        answer = get_token.sync(
            client=self._public,
            body=TokenRequest(grant_type="refresh_token", refresh_token=self.refresh_token),
        )
        # `invalid_grant` says that the session is over: log in again.
        if not isinstance(answer, TokenResponse):
            raise RuntimeError(f"cannot refresh: {answer}")
        # A service client's answer has no refresh token; a session's always has one.
        if not answer.refresh_token:
            raise RuntimeError("the answer has no refresh token")
        self.access_token = answer.access_token
        self.refresh_token = answer.refresh_token
        self._expires = time.monotonic() + answer.expires_in


class _Bearer(httpx.Auth):
    def __init__(self, session: Session) -> None:
        self._session = session

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._session.current_token()}"
        yield request
