"""A service with one protected route: GET /hello wants an access token of Signet's."""

import http.client
import json
import math
import os
import re
import threading
import time
import urllib.request
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8080")
# The server's SIGNET_AUDIENCE: by default the issuer.
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
# The server's SIGNET_SIGNING_ALGORITHM. The service says what it accepts. Were the
# token asked, it could say "none", or HS256 with the public key as the secret.
ALGORITHM = "RS256"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The keys are what the issuer itself answers with, as PyJWKClient has it."""

    def redirect_request(self, *_):
        return None


class KeySet(jwt.PyJWKClient):
    """The issuer's public keys, kept for as long as their Cache-Control says.

    PyJWKClient alone keeps them for a fixed time. Signet publishes a key before it
    signs, for as long as caches may live, so that no rotation is noticed here. A key
    id that is unknown makes it ask again, at most once in 30 seconds: tokens with
    made-up ids cannot make this service flood Signet.
    """

    # When it was asked for last, with or without success (PyJWKClient counts from the
    # last time that it got an answer), and when in vain.
    asked = failed = -math.inf
    asking = threading.Lock()
    opener = urllib.request.build_opener(NoRedirect)

    def get_signing_key(self, kid):
        # A key that is known waits for nobody: not for an id that someone made up, nor
        # for an issuer that does not answer.
        fresh = self.jwk_set_cache.get()
        key = fresh and self.match_kid(fresh.keys, kid)
        if key:
            return key
        # An id that is unknown does not wait for another one's answer, either: many of
        # them would take all threads.
        if not self.asking.acquire(blocking=not fresh):
            raise jwt.PyJWKClientConnectionError("the key set is being asked for")
        try:
            # Those who waited take what came of it.
            fresh = self.jwk_set_cache.get()
            key = fresh and self.match_kid(fresh.keys, kid)
            if not key and not (fresh and time.monotonic() - self.asked < 30):
                key = self.match_kid(self.get_signing_keys(refresh=True), kid)
        finally:
            self.asking.release()
        if not key:
            raise jwt.PyJWKClientError("the issuer publishes no key of this id")
        return key

    def fetch_data(self):
        # Those who waited for an answer that did not come ask in vain, too.
        if time.monotonic() - self.failed < 1:
            raise jwt.PyJWKClientConnectionError("there was no key set just now")
        self.asked = time.monotonic()
        try:
            with self.opener.open(self.uri, timeout=5) as response:
                keys, headers = json.load(response), response.headers
            jwt.PyJWKSet.from_dict(keys)
            # A proxy on the way may have kept it for a part of its time already.
            age = int(headers.get("Age", 0))
        except (
            OSError,
            ValueError,
            AttributeError,
            http.client.HTTPException,
            jwt.PyJWTError,
        ) as error:
            self.failed = time.monotonic()
            raise jwt.PyJWKClientConnectionError(f"no key set: {error}") from error
        max_age = re.search(r"max-age=(\d+)", headers.get("Cache-Control", ""))
        self.jwk_set_cache.lifespan = max(int(max_age[1]) - age, 0) if max_age else 0
        return keys


keys = KeySet(f"{ISSUER}/.well-known/jwks.json")


def refusal(challenge: str) -> HTTPException:
    return HTTPException(401, headers={"WWW-Authenticate": challenge})


def claims(authorization: Annotated[str, Header()] = "") -> dict:
    """What the access token says, once it is verified."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise refusal("Bearer")
    try:
        # The signature is checked, with a key that the issuer publishes and nobody
        # else: what the header says of keys (jku, jwk, x5u) is not read.
        verified = jwt.decode_complete(
            token,
            keys.get_signing_key_from_jwt(token),
            algorithms=[ALGORITHM],
            # A token of another server, or for another service, is refused here.
            issuer=ISSUER,
            audience=AUDIENCE,
            # A token that lacks a claim would otherwise pass that claim's check.
            options={"require": ["iss", "sub", "aud", "exp"]},
            # The clocks of two machines differ by some seconds.
            leeway=10,
        )
    except jwt.PyJWKClientConnectionError:
        # Nobody can tell whether the token is right: not the client's fault.
        raise HTTPException(503, headers={"Retry-After": "1"}) from None
    except jwt.PyJWTError:
        raise refusal('Bearer error="invalid_token"') from None
    # Another JWT of the same server, made for another purpose, is no access token.
    if verified["header"].get("typ", "").lower() not in ("at+jwt", "application/at+jwt"):
        raise refusal('Bearer error="invalid_token"')
    return verified["payload"]


app = FastAPI()


@app.get("/hello")
def hello(claims: Annotated[dict, Depends(claims)]) -> dict:
    # Users have a name; a service client's token has its id as subject alone.
    return {"hello": claims.get("preferred_username", claims["sub"])}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "3000")), access_log=False)
