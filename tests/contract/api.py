"""A running demo server as one account sees it, over one connection."""

import json
import os
import sys
import uuid
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

PASSWORD = "thu-nghiem-2019"


class Api:
    """Everything that is asked has to succeed: these suites are about what is answered then."""

    def __init__(self, username: str | None = None) -> None:
        self.username, self.token = username, ""
        self.connection = HTTPConnection(urlsplit(os.environ["KSTT_URL"]).netloc, timeout=600)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str | None, bytes]:
        """Status, ETag and body. A token that is over is replaced; a body of bytes goes as it is, as NDJSON."""
        if self.username and not self.token:
            grant = {"grant_type": "password", "username": self.username, "password": PASSWORD}
            self.token = Api().create("/v1/auth/token", grant)["access_token"]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            named["Content-Type"] = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        data = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
        self.connection.request(method, path, data, named)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status == 401 and self.username:
            self.token = ""
            return self.send(method, path, body, **headers)
        return answer.status, answer.headers["ETag"], content

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[dict, str | None]:
        """The document of a success and its ETag."""
        status, etag, content = self.send(method, path, body, **headers)
        if status not in (200, 201):
            sys.exit(f"{method} {path}: answered {status}: {content.decode()[:1000]}")
        return json.loads(content), etag

    def read(self, path: str, **query: object) -> dict:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)[0]

    def create(self, path: str, body: object) -> dict:
        return self.ask("POST", path, body, Idempotency_Key=str(uuid.uuid4()))[0]

    def all(self, path: str, **query: object) -> list[dict]:
        """A whole list."""
        page = self.read(path, **query, limit=200)
        found = page["items"]
        while page.get("next_cursor"):
            page = self.read(path, **query, limit=200, cursor=page["next_cursor"])
            found += page["items"]
        return found

    def lines(self, path: str, **query: object) -> list[dict]:
        """A table that is exported as NDJSON."""
        status, _, content = self.send("GET", f"{path}?{urlencode({**query, 'format': 'ndjson'})}")
        if status != 200:
            sys.exit(f"GET {path}: answered {status}: {content.decode()[:1000]}")
        return [json.loads(line) for line in content.splitlines()]
