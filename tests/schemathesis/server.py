"""Asks the server that is explored, beside the requests that are made up."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["AUTH_URL"]


def ask(
    path: str,
    token: str | None = None,
    body: dict | None = None,
    form: dict | None = None,
    authorization: str | None = None,
) -> dict:
    headers = {}
    if authorization or token:
        headers["authorization"] = authorization or f"Bearer {token}"
    data = None
    if form:
        data = urllib.parse.urlencode(form).encode()
    elif body:
        headers["content-type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def log_in() -> str:
    name, password = os.environ["AUTH_ADMIN"], os.environ["AUTH_ADMIN_PASSWORD"]
    return ask("/auth", body={"username": name, "password": password})["access_token"]
