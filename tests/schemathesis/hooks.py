"""An admin for every request, who logs in again when a request has ended the session."""

import json
import os
import urllib.error
import urllib.request

import schemathesis

URL = os.environ["AUTH_URL"]


def ask(path: str, token: str | None = None, body: dict | None = None) -> dict:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(URL + path, data, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def log_in() -> str:
    name, password = os.environ["AUTH_ADMIN"], os.environ["AUTH_ADMIN_PASSWORD"]
    return ask("/auth", body={"username": name, "password": password})["access_token"]


@schemathesis.auth(refresh_interval=None)
class Admin:
    token: str | None = None

    def get(self, case, context) -> str:
        try:
            ask("/me", token=Admin.token)
        except urllib.error.HTTPError:
            Admin.token = log_in()
        return Admin.token

    def set(self, case, data, context) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
