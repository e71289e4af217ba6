"""Holds the example services, and nginx before one of them, against a real server.

check.py SIGNET NAME=COMMAND...: each command starts a service that reads PORT, ISSUER
and AUDIENCE.
"""

import json
import random
import shlex
import sys
import tempfile
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

import forgery
from forgery import Forger
from servers import KeySetProxy, Nginx, Signet, Verifier, wait_until

AUDIENCE = "https://hello.example"
ROTATIONS = 3
# For how many seconds an id that is unknown makes none of them ask again, and one more.
COOLDOWN = 31
INVALID = 'Bearer error="invalid_token"'
failures = []


def say(text):
    print(f"- {text}", flush=True)


def expect(verifier, what, status, token, challenge=None, scheme="Bearer"):
    got, headers, body = verifier.hello(token, scheme)
    if got != status or (challenge and headers["WWW-Authenticate"] != challenge):
        failures.append(f"{verifier.name}: {what}: {got} {headers['WWW-Authenticate']} {body!r}")


def accepts(verifier, token):
    status, headers, body = verifier.hello(token)
    if status not in (200, 503):
        failures.append(f"{verifier.name}: a good token: {status} {headers['WWW-Authenticate']} {body!r}")
    if status == 503 and not (headers["Retry-After"] or "").isdecimal():
        failures.append(f"{verifier.name}: 503 and Retry-After {headers['Retry-After']!r}")
    return status == 200


def accepted_and_refused(signet, forger, user, client, other_audience, refresh_token):
    """What each service has to say to each token: 200 or 401."""
    jwks = signet.jwks()
    good = {
        "a user's token": user,
        "a service client's token": client,
        "a token of the imported key": forger.token(),
        "one of several audiences": forger.token(aud=["https://other.example", AUDIENCE]),
        "the long form of the type": forger.token(header={"typ": "application/at+jwt"}),
    }
    bad = {
        "no JWT": "nonsense",
        "three parts of nothing": "..",
        "a refresh token": refresh_token,
        "another signature": forgery.tampered_signature(user),
        "other claims": forgery.tampered_claims(user),
        "alg none": forgery.without_algorithm(user, "none"),
        "alg None": forgery.without_algorithm(user, "None"),
        "HS256 with the public key in PEM": forgery.with_public_key_as_secret(user, jwks, Encoding.PEM),
        "HS256 with the public key in DER": forgery.with_public_key_as_secret(user, jwks, Encoding.DER),
        "another algorithm of the same key": forger.token("PS256"),
        "another hash of the same key": forger.token("RS512"),
        "a token for another audience, by Signet": other_audience,
        "another audience": forger.token(aud="https://other.example"),
        "no audience": forger.token(without=["aud"]),
        "another issuer": forger.token(iss="https://other.example"),
        "no issuer": forger.token(without=["iss"]),
        "no subject": forger.token(without=["sub"]),
        "no expiry": forger.token(without=["exp"]),
        "expired a minute ago": forger.token(exp=int(time.time()) - 60),
        "type JWT": forger.token(header={"typ": "JWT"}),
        "no type": forger.without_header("typ"),
        "no key id": forger.without_header("kid"),
        "an unknown key id": forger.token(header={"kid": "unknown"}),
        "the key id of another key": forger.token(header={"kid": jwks["keys"][0]["kid"]}),
        "a key that the token brings along": forger.with_embedded_key(),
    }
    return good, bad


class Traffic(threading.Thread):
    """Gets tokens and shows them to one service, fresh ones and older ones, to the end."""

    def __init__(self, verifier, token, over):
        super().__init__()
        self.verifier, self.token, self.over = verifier, token, over
        self.kids, self.verified, self.of_former_keys, self.refused = [], 0, 0, []
        self.broken = None

    def run(self):
        try:
            tokens = []
            while not self.over.is_set():
                tokens = [it for it in tokens if it[1] > time.time() + 1][-500:]
                token = self.token()
                header, claims, _ = token.split(".")
                tokens.append((token, forgery.decode(claims)["exp"], forgery.decode(header)["kid"]))
                if tokens[-1][2] not in self.kids:
                    self.kids.append(tokens[-1][2])
                self.show(*tokens[-1])
                self.show(*random.choice(tokens))
                time.sleep(0.02)
        except BaseException as error:
            self.broken = error

    def show(self, token, expires, kid):
        status, _, body = self.verifier.hello(token)
        if status == 200:
            self.verified += 1
            self.of_former_keys += kid != self.kids[-1]
        elif time.time() < expires:
            # Only what was good to the end: the machine may have stood still meanwhile.
            self.refused.append(f"{status} {body!r} to {token}")


def under_rotation(verifiers, token):
    over = threading.Event()
    traffic = [Traffic(verifier, token, over) for verifier in verifiers]
    for thread in traffic:
        thread.start()
    try:
        wait_until(
            lambda: any(it.broken for it in traffic) or all(len(it.kids) > ROTATIONS for it in traffic),
            f"{ROTATIONS} rotations",
        )
        # Tokens of the key before go on until they expire.
        time.sleep(5)
    finally:
        over.set()
        for thread in traffic:
            thread.join()
    for it in traffic:
        say(
            f"  {it.verifier.name}: {it.verified} verified, {it.of_former_keys} of them of former keys, "
            f"{len(it.kids)} keys, {len(it.refused)} refused"
        )
        failures.extend(f"{it.verifier.name}: a good token: {text}" for text in it.refused)
        if it.broken or it.of_former_keys == 0:
            failures.append(f"{it.verifier.name}: under rotation: {it.broken!r}")


def publish(signet, forger, folder):
    """Has Signet publish the forger's key, as one that it signed with before."""
    Path(folder, "forger.pem").write_bytes(forger.private_pem())
    signet.command("keys", "import", "--pem", "forger.pem", "--kid", forger.kid, "--retired", "--token-lifetime", "1h")
    wait_until(lambda: forger.kid in [key["kid"] for key in signet.jwks()["keys"]], "the forger's key is published")


def asks_seldom(proxy, forger, verifier, seconds):
    """Made-up ids, one after the other: the last attempt counts, whatever came of it."""
    before, began, number = proxy.fetches, time.monotonic(), 0
    while time.monotonic() - began < 2:
        verifier.hello(forger.token(header={"kid": f"made-up-{number}"}))
        number += 1
        time.sleep(0.02)
    bound = 1.1 + (time.monotonic() - began) / seconds
    if proxy.fetches - before > bound:
        failures.append(f"{verifier.name}: {proxy.fetches - before} fetches for {number} tokens, over {bound}")


def held_up_by_nobody(proxy, forger, verifiers):
    """Key ids that someone made up, where the key set may be kept for an hour."""
    proxy.max_age = 3600
    for verifier in verifiers:
        before = proxy.fetches
        wait_until(
            lambda: verifier.hello(forger.token())[0] == 200 and proxy.fetches > before, f"{verifier.name} fetches"
        )
    before, kept = proxy.fetches, time.monotonic()
    for verifier in verifiers:
        for number in range(5):
            expect(verifier, "a made-up key id", 401, forger.token(header={"kid": f"nobodys-{number}"}), INVALID)
    if time.monotonic() - kept < COOLDOWN and proxy.fetches > before:
        failures.append(f"{proxy.fetches - before} fetches for made-up ids right after one")

    wait_until(lambda: time.monotonic() - kept > COOLDOWN, "they may ask again")
    proxy.away = True
    for verifier in verifiers:
        before = proxy.fetches
        asks_seldom(proxy, forger, verifier, COOLDOWN - 1)
        if proxy.fetches == before:
            failures.append(f"{verifier.name}: does not ask again for an unknown id")
        expect(verifier, "a good token while the issuer is away", 200, forger.token())
    proxy.away, kept = False, time.monotonic()

    wait_until(lambda: time.monotonic() - kept > COOLDOWN, "they may ask once more")
    proxy.silent, asking = True, []
    for verifier in verifiers:
        before = proxy.fetches
        token = forger.token(header={"kid": "nobodys"})
        crowd = [threading.Thread(target=verifier.hello, args=[token], daemon=True) for _ in range(60)]
        asking += crowd
        waiting = crowd[0]
        waiting.start()
        wait_until(lambda: proxy.fetches > before, f"{verifier.name} asks again")
        # More than a service has threads.
        for another in crowd[1:]:
            another.start()
        expect(verifier, "a good token while the issuer is silent", 200, forger.token())
        if not waiting.is_alive():
            failures.append(f"{verifier.name}: a good token waited for the key set of a made-up id")
    proxy.silent = False
    for waiting in asking:
        waiting.join()


def beside_nginx(nginx, asked, forger):
    status, headers, _ = nginx.hello(forger.token(), path="/reports/broken")
    if status != 500 or headers["Retry-After"]:
        failures.append(f"nginx: an error of the service behind it: {status}")
    asked.stop()
    if accepts(nginx, forger.token()):
        failures.append("nginx: lets through what nobody has verified")


def check(signet_binary, commands, folder):
    proxy = KeySetProxy()
    signet = proxy.signet = Signet(signet_binary, folder, proxy.issuer, AUDIENCE)
    forger = Forger(proxy.issuer, AUDIENCE)
    verifiers = []
    try:
        signet.start()
        publish(signet, forger, folder)
        verifiers += [Verifier(name, command, folder, proxy.issuer, AUDIENCE) for name, command in commands]
        for verifier in verifiers:
            verifier.wait()
        page = Path(__file__).parents[2] / "docs" / "verifying.md"
        verifiers.append(Nginx(page.read_text(), folder, verifiers[0]))
        verifiers[-1].wait()
        judge(signet, proxy, forger, verifiers)
        say("made-up key ids hold up nobody, not even while the issuer does not answer")
        another = Forger(proxy.issuer, AUDIENCE, "another")
        publish(signet, another, folder)
        held_up_by_nobody(proxy, another, verifiers[:-1])
        say("nginx refuses nobody while there is no service to ask, and leaves the other services' errors alone")
        beside_nginx(verifiers[-1], verifiers[0], another)
    finally:
        for process in [signet.process, *verifiers]:
            if process:
                process.stop()
        if failures or sys.exc_info()[0]:
            for process in [signet.process, *verifiers]:
                if process:
                    print(f"--- {process.name}, the end of its log:", process.log.read_text()[-3000:], sep="\n")


def judge(signet, proxy, forger, verifiers):
    *services, nginx = verifiers
    password = signet.post("/register", {"username": "ada", "email": "ada@example.com"})["password"]
    login = signet.post("/auth", {"username": "ada", "password": password})
    user, client = login["access_token"], signet.client("hello")
    other = signet.client("other", "--audience", "https://other.example")
    began = time.monotonic()

    say("good tokens are accepted, and each wrong one is refused")
    good, bad = accepted_and_refused(signet, forger, user, client(), other(), login["refresh_token"])
    for verifier in verifiers:
        for what, token in good.items():
            expect(verifier, what, 200, token)
        served = nginx.served
        for what, token in bad.items():
            expect(verifier, what, 401, token, INVALID)
        expect(verifier, "no token", 401, None, "Bearer")
        expect(verifier, "another scheme", 401, user, "Bearer", scheme="Basic")
        if nginx.served != served:
            failures.append("nginx lets refused requests through")
        expect(verifier, "the scheme in another case", 200, client(), scheme="bearer")
        if verifier is not nginx and json.loads(verifier.hello(user)[2]) != {"hello": "ada"}:
            failures.append(f"{verifier.name}: does not greet ada")

    say("made-up key ids do not make them ask for the key set each time")
    before, asked = proxy.fetches, time.monotonic()
    for verifier in verifiers:
        for number in range(50):
            expect(verifier, "a made-up key id", 401, forger.token(header={"kid": f"made-up-{number}"}))
    # Behind nginx one of the services asks.
    bound = len(services) * (2 + (time.monotonic() - asked) / 2)
    if proxy.fetches - before > bound:
        failures.append(f"{proxy.fetches - before} fetches for made-up ids, over {bound}")

    say(f"every good token is accepted while {ROTATIONS} keys follow each other")
    under_rotation(verifiers, client)
    bound = len(services) * (2 + (time.monotonic() - began) / 2)
    if proxy.fetches > bound:
        failures.append(f"{proxy.fetches} fetches of the key set, over {bound}: it is not kept for its max-age")

    say("a token that has expired is refused")
    expires = forgery.decode(user.split(".")[1])["exp"]
    wait_until(lambda: time.time() > expires + 11, "expiry")
    for verifier in verifiers:
        expect(verifier, "an expired token", 401, user, INVALID)

    say("without a key set nothing is verified and nothing refused, until it is there again")
    proxy.away = True
    for verifier in verifiers:
        wait_until(lambda: not accepts(verifier, client()), f"{verifier.name} without a key set")
    for verifier in services:
        asks_seldom(proxy, forger, verifier, 1)
    proxy.moved, proxy.away = True, False
    for verifier in services:
        before = proxy.fetches
        wait_until(lambda: accepts(verifier, client()) or proxy.fetches > before, f"{verifier.name} asks again")
        if accepts(verifier, client()):
            failures.append(f"{verifier.name}: takes a key set from elsewhere")
    if proxy.followed:
        failures.append(f"{proxy.followed} redirects were followed")
    proxy.moved = False
    # After a failed fetch each waits before it asks again, and refuses nobody meanwhile.
    for verifier in verifiers:
        wait_until(lambda: accepts(verifier, client()), f"{verifier.name} has the key set again")

    say("tokens of a revoked key are refused when the cached key set has ended")
    token = forger.token()
    for verifier in verifiers:
        expect(verifier, "before the key is revoked", 200, token)
    signet.command("keys", "revoke", forger.kid, "--yes")
    for verifier in verifiers:
        wait_until(lambda: verifier.hello(token)[0] == 401, f"{verifier.name} refuses a revoked key's token")


def main():
    commands = [pair.partition("=")[::2] for pair in sys.argv[2:]]
    commands = [(name, shlex.split(command)) for name, command in commands]
    with tempfile.TemporaryDirectory() as folder:
        check(str(Path(sys.argv[1]).resolve()), commands, folder)
    for failure in failures:
        print(f"verifiers: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


main()
