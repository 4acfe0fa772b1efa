"""Asking the server, also while it is down: a request whose outcome is not known is sent again."""

import http.client
import json
import time
import uuid
from typing import NamedTuple

PASSWORD = "thu-nghiem-2019"
# The server is up again long before.
PATIENCE_SECONDS = 150
UNAVAILABLE = (429, 503)


class Answer(NamedTuple):
    status: int
    etag: str | None
    document: dict
    # Nobody can say whether an attempt before this one was done.
    doubtful: bool = False


class Unanswered(RuntimeError):
    """There was no answer for longer than the server may be away."""


def new_key() -> str:
    return f"soak-{uuid.uuid4()}"


class Api:
    """The server, as one demo account sees it, or nobody."""

    def __init__(self, port: int, username: str | None = None) -> None:
        self.port, self.username, self.token = port, username, None

    def once(self, method: str, path: str, body: object = None, timeout: float = 60, **headers: str) -> Answer:
        """One attempt; an OSError when it was not answered."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            named["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers["ETag"], json.loads(answer.read() or b"{}"))
        except (http.client.HTTPException, ValueError) as error:
            raise ConnectionError(f"the answer broke off: {error}") from error
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Attempts until there is an answer. Whoever creates gives an Idempotency-Key."""
        until, doubtful = time.monotonic() + PATIENCE_SECONDS, False
        while time.monotonic() < until:
            try:
                if self.username and not self.token:
                    self.log_in()
                answer = self.once(method, path, body, **headers)
            except ConnectionRefusedError:
                time.sleep(0.05)
                continue
            except OSError:
                doubtful = True
                continue
            if answer.status == 401 and self.token:
                self.token = None
            elif answer.status in UNAVAILABLE:
                time.sleep(0.1)
            else:
                return answer._replace(doubtful=doubtful)
        raise Unanswered(f"{method} {path}: no answer within {PATIENCE_SECONDS} s")

    def log_in(self) -> None:
        grant = {"grant_type": "password", "username": self.username, "password": PASSWORD}
        answer = self.once("POST", "/v1/auth/token", grant)
        if answer.status not in UNAVAILABLE:
            self.token = answer.document["access_token"]

    def read(self, path: str) -> Answer:
        answer = self.ask("GET", path)
        if answer.status != 200:
            raise AssertionError(f"GET {path}: answered {answer.status}: {answer.document}")
        return answer

    def create(self, path: str, body: dict) -> dict:
        answer = self.ask("POST", path, body, Idempotency_Key=new_key())
        if answer.status not in (200, 201):
            raise AssertionError(f"POST {path}: answered {answer.status}: {answer.document}")
        return answer.document

    def all(self, path: str) -> list[dict]:
        """A whole list."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.read(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}").document
            found += page["items"]
            cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
        return found
