"""A receiver that keeps count: what arrived on which path under which webhook-id, and what it answered."""

import base64
import hashlib
import hmac
import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Delivery(NamedTuple):
    event: str
    body: bytes
    status: int


class Receiver(ThreadingHTTPServer):
    """Refuses one event in `refuse_each` once, and takes it the next time; 0: refuses none."""

    daemon_threads = True

    def __init__(self, seed: int, refuse_each: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seed, self.refuse_each = seed, refuse_each
        # By path.
        self.secrets: dict[str, bytes] = {}
        self.deliveries: dict[str, list[Delivery]] = defaultdict(list)
        self.refused: dict[str, set[str]] = defaultdict(set)
        self.healthy: dict[str, bool] = defaultdict(lambda: True)
        self.faults: list[str] = []
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A sender that was killed hangs up in the middle."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def trust(self, path: str, secret: str) -> None:
        self.secrets[path] = base64.b64decode(secret.removeprefix("whsec_"))

    def take(self, path: str, headers, body: bytes) -> int:
        event = headers.get("webhook-id", "")
        with self.changed:
            self.faults += [f"{path}: {fault}" for fault in self.faults_of(path, headers, body)]
            status = 500 if self.is_refused(path, event) else 204
            self.healthy[path] = status == 204
            self.deliveries[path].append(Delivery(event, body, status))
            self.changed.notify_all()
        return status

    def is_refused(self, path: str, event: str) -> bool:
        """Never two in a row: a receiver that fails again and again is left alone for minutes."""
        if not self.refuse_each or not self.healthy[path] or event in self.refused[path]:
            return False
        chosen = int.from_bytes(hashlib.sha256(f"{self.seed} {event}".encode()).digest()[:8]) % self.refuse_each == 0
        if chosen:
            self.refused[path].add(event)
        return chosen

    def faults_of(self, path: str, headers, body: bytes) -> list[str]:
        event, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        found = []
        try:
            if json.loads(body)["id"] != event:
                found.append(f"webhook-id {event} on another event: {body!r}")
        except (ValueError, KeyError):
            found.append(f"no event: {body!r}")
        if path in self.secrets:
            digest = hmac.digest(self.secrets[path], f"{event}.{moment}.".encode() + body, "sha256")
            if headers.get("webhook-signature") != f"v1,{base64.b64encode(digest).decode()}":
                found.append(f"the signature of {event} does not match")
        return found

    def count(self) -> int:
        return sum(len(found) for found in self.deliveries.values())

    def wait_for_more(self, deliveries: int, seconds: float) -> None:
        with self.changed:
            wanted = self.count() + deliveries
            self.changed.wait_for(lambda: self.count() >= wanted, seconds)

    def wait_for(self, path: str, wanted: set[str], seconds: float) -> set[str]:
        """Until all of these events were taken; those that were not."""
        with self.changed:
            self.changed.wait_for(lambda: wanted <= self.taken(path), seconds)
            return wanted - self.taken(path)

    def taken(self, path: str) -> set[str]:
        return {delivery.event for delivery in self.deliveries[path] if delivery.status == 204}

    def doubled(self, path: str) -> int:
        """Deliveries of what had been taken before."""
        taken = [delivery.event for delivery in self.deliveries[path] if delivery.status == 204]
        return len(taken) - len(set(taken))


class Handler(BaseHTTPRequestHandler):
    timeout = 20

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return
        self.send_response(self.server.take(self.path, self.headers, body))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The server's own log tells enough."""
