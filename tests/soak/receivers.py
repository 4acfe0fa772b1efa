"""The second part: receivers that misbehave, beside a good one that must not notice."""

import re
import socketserver
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from client import Api
from kills import end
from receiver import Receiver
from server import Server
from writers import ADMIN, FIRST_DAY, KEEPER

CHANGES = 100
ARRIVED_SECONDS = 60
READY_SECONDS = 2
# A sender waits 10 s for a receiver, and is told at once when it may stop reading.
CUT_OFF_SECONDS = 20
MOST_SWALLOWED_MB = 64
MOST_MEMORY_MB = 600
TESTS_AT_ONCE = 6
WATCHED_SECONDS = 25


class Bad(socketserver.ThreadingTCPServer):
    """Answers as `behave` does, on a bare connection, and keeps how many requests there were and for how long
    they were held on to."""

    daemon_threads, allow_reuse_address, request_queue_size = True, True, 50

    def __init__(self, behave) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.behave, self.over = behave, threading.Event()
        self.requests, self.swallowed, self.held = 0, 0, [0.0]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def finish_request(self, request, _address) -> None:
        began = time.monotonic()
        self.requests += 1
        request.settimeout(CUT_OFF_SECONDS * 2)
        try:
            read_request(request)
            self.behave(self, request)
        except OSError:
            pass
        self.held.append(time.monotonic() - began)

    def pour(self, request, piece: bytes) -> None:
        while not self.over.is_set():
            request.sendall(piece)
            self.swallowed += len(piece)

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


def read_request(request) -> None:
    """All of it: a connection that is closed over unread bytes is reset, and its answer lost."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += request.recv(1 << 16) or drop()
    head, body = head.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)[1])
    while len(body) < length:
        body += request.recv(1 << 16) or drop()


def drop():
    raise ConnectionError("the sender hung up")


def hang(_bad: Bad, request) -> None:
    while request.recv(1 << 16):
        pass


def drip(bad: Bad, request) -> None:
    request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not bad.over.wait(0.5):
        request.sendall(b"x")


def lie_about_length(_bad: Bad, request) -> None:
    request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nshort")


def never_end(bad: Bad, request) -> None:
    request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    bad.pour(request, b"x" * 65536)


def never_end_headers(bad: Bad, request) -> None:
    request.sendall(b"HTTP/1.1 200 OK\r\n")
    bad.pour(request, b"X-More: " + b"x" * 1000 + b"\r\n")


def answering(status: str, headers: str = ""):
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}\r\n".encode()
    return lambda _bad, request: request.sendall(answer)


# Receivers that have to be known to fail, and a word of the reason. The others answer 200 before they lie.
FAILING = {
    "hangs": "timeout", "drips": "timeout", "headers without end": "header", "redirects": "redirect",
    "answers 500": "500",
}


class Prober(threading.Thread):
    """Asks all the time whether the server is ready."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.api, self.over = Api(port), threading.Event()
        self.took: list[float] = []
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.over.wait(0.1):
            began = time.monotonic()
            try:
                status = self.api.once("GET", "/health/ready", timeout=30).status
            except OSError as error:
                status = error
            self.took.append(time.monotonic() - began)
            if status != 200:
                self.faults.append(f"/health/ready: {status}")


def bad_receivers(target: str) -> dict[str, Bad]:
    behaviours = {
        "hangs": hang, "drips": drip, "lies about its length": lie_about_length, "body without end": never_end,
        "headers without end": never_end_headers, "redirects": answering("302 Found", f"Location: {target}\r\n"),
        "answers 500": answering("500 Internal Server Error"), "is gone": answering("410 Gone"),
    }
    return {name: Bad(behave) for name, behave in behaviours.items()}


def beside_bad_ones(server: Server) -> tuple[str, list[str]]:
    server.start()
    server.wait_until_ready()
    with Receiver(0, refuse_each=0) as good:
        bad = bad_receivers(good.url("/redirected"))
        try:
            figures, violations = watch(server, good, bad)
        finally:
            for receiver in bad.values():
                receiver.close()
        violations += good.faults + end(server)
    return figures, violations


def watch(server: Server, good: Receiver, bad: dict[str, Bad]) -> tuple[str, list[str]]:
    admin, keeper = Api(server.port, ADMIN), Api(server.port, KEEPER)
    webhooks = {name: subscribe(admin, receiver.url, name) for name, receiver in bad.items()}
    subscribe(admin, good.url("/good"), "good")
    prober, memory, began = Prober(server.port), server.peak_memory(), time.monotonic()
    prober.start()
    wanted = make_changes(admin, keeper)
    late = good.wait_for("/good", wanted, ARRIVED_SECONDS - (time.monotonic() - began))
    arrived = time.monotonic() - began
    violations = test_those_that_hang(admin, webhooks)
    time.sleep(max(0.0, WATCHED_SECONDS - (time.monotonic() - began)))
    violations += faults_of(admin, webhooks, bad)
    prober.over.set()
    prober.join()
    slowest, grown = max(prober.took), server.peak_memory() - memory
    violations += prober.faults
    violations += [f"{len(late)} of {len(wanted)} events had not arrived after {arrived:.0f} s"] if late else []
    violations += ["the redirect was followed"] if good.deliveries["/redirected"] else []
    violations += [f"/health/ready took {slowest:.1f} s"] if slowest > READY_SECONDS else []
    violations += [f"memory grew by {grown:.0f} MB"] if grown > MOST_MEMORY_MB else []
    figures = (
        f"{len(wanted)} events at the good receiver after {arrived:.1f} s beside {len(bad)} bad ones, readiness "
        f"{statistics.median(prober.took) * 1000:.0f} ms, at most {slowest * 1000:.0f} ms, memory + {grown:.0f} MB"
    )
    return figures, violations


def subscribe(admin: Api, url: str, name: str) -> str:
    spec = {"name": name, "url": url, "unit": "VPUBND", "events": ["focal_officers.*"]}
    return admin.create("/v1/webhooks", spec)["webhook"]["id"]


def make_changes(admin: Api, keeper: Api) -> set[str]:
    """The ids of their events."""
    made = []
    for number in range(CHANGES):
        body = {"person": f"Phạm Văn Tư {number}", "appointing_paper": "Quyết định", "valid_from": FIRST_DAY}
        made.append(keeper.create("/v1/units/SXD/focal-officers", body)["id"])
    rows = admin.all("/v1/audit")
    return {row["id"] for row in rows if row["subject"]["id"] in made}


def test_those_that_hang(admin: Api, webhooks: dict[str, str]) -> list[str]:
    """Test events wait for the receiver while the caller waits: they, too, keep nobody else waiting."""
    def test(name: str) -> str | None:
        began = time.monotonic()
        answer = admin.ask("POST", f"/v1/webhooks/{webhooks[name]}/test")
        took = time.monotonic() - began
        told = answer.status == 200 and not answer.document["delivered"] and took < CUT_OFF_SECONDS
        return None if told else f"a test of what {name}: {answer.status} {answer.document} after {took:.0f} s"
    with ThreadPoolExecutor(TESTS_AT_ONCE) as pool:
        return [fault for fault in pool.map(test, ("hangs", "drips") * (TESTS_AT_ONCE // 2)) if fault]


def faults_of(admin: Api, webhooks: dict[str, str], bad: dict[str, Bad]) -> list[str]:
    found = []
    for name, receiver in bad.items():
        told = admin.read(f"/v1/webhooks/{webhooks[name]}").document
        if not receiver.requests:
            found.append(f"what {name} was never called")
        if name in FAILING:
            reasons = {item["last_error"] for item in admin.all(f"/v1/webhooks/{webhooks[name]}/deliveries")} - {None}
            known = told["health"]["failing_since"] and told["health"]["failures"]
            if not known or not reasons or any(FAILING[name] not in reason for reason in reasons):
                found.append(f"what {name} is not known to fail: {reasons} {told['health']}")
        if told["disabled"] != (name == "is gone"):
            found.append(f"what {name}: disabled is {told['disabled']}")
        if max(receiver.held) > CUT_OFF_SECONDS:
            found.append(f"what {name} held on to a sender for {max(receiver.held):.0f} s")
        if receiver.swallowed > MOST_SWALLOWED_MB * 1e6 * receiver.requests:
            found.append(f"what {name} was read for {receiver.swallowed / 1e6:.0f} MB")
    if bad["is gone"].requests != 1:
        found.append(f"what is gone was called {bad['is gone'].requests} times")
    return found
