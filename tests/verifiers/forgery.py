"""Tokens that nobody should accept, and the key that makes them."""

import base64
import hashlib
import hmac
import json
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def unsigned(header: dict, claims: dict) -> str:
    return ".".join(encode(json.dumps(part).encode()) for part in (header, claims))


class Forger:
    """Holds a private key of which Signet publishes the public part.

    So each of its tokens is wrong in the one thing that is tried, and its signature
    is right.
    """

    def __init__(self, issuer, audience, kid="forger"):
        self.kid = kid
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims = {"iss": issuer, "aud": audience, "sub": "forged", "client_id": "forger"}

    def private_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def token(self, algorithm="RS256", without=(), header=None, **claims):
        now = int(time.time())
        claims = self.claims | {"iat": now, "exp": now + 3600} | claims
        claims = {name: value for name, value in claims.items() if name not in without}
        header = {"typ": "at+jwt", "kid": self.kid} | (header or {})
        return jwt.encode(claims, self.key, algorithm, headers=header)

    def without_header(self, name):
        header = {"alg": "RS256", "typ": "at+jwt", "kid": self.kid}
        del header[name]
        text = unsigned(header, self.claims | {"exp": int(time.time()) + 3600})
        signature = jwt.get_algorithm_by_name("RS256").sign(text.encode(), self.key)
        return f"{text}.{encode(signature)}"

    def with_embedded_key(self):
        """Signed by a key that the token brings along."""
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        jwk = jwt.get_algorithm_by_name("RS256").to_jwk(stranger.public_key(), as_dict=True)
        now = int(time.time())
        header = {"typ": "at+jwt", "kid": self.kid, "jwk": jwk}
        return jwt.encode(self.claims | {"exp": now + 3600}, stranger, "RS256", headers=header)


def tampered_claims(token):
    header, claims, signature = token.split(".")
    claims = encode(json.dumps(decode(claims) | {"sub": "someone else"}).encode())
    return f"{header}.{claims}.{signature}"


def tampered_signature(token):
    head, _, signature = token.rpartition(".")
    other = "A" if signature[10] != "A" else "B"
    return f"{head}.{signature[:10]}{other}{signature[11:]}"


def without_algorithm(token, name):
    header, claims, _ = token.split(".")
    return unsigned(decode(header) | {"alg": name}, decode(claims)) + "."


def with_public_key_as_secret(token, jwks, form):
    """The signature that is right where the token chooses the algorithm."""
    header, claims, _ = token.split(".")
    header = decode(header)
    [key] = [key for key in jwks["keys"] if key["kid"] == header["kid"]]
    secret = jwt.PyJWK(key).key.public_bytes(form, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = unsigned(header | {"alg": "HS256"}, decode(claims))
    return f"{text}.{encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"
