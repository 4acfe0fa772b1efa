"""Clients in processes of their own, so that they are not what is measured: each keeps one connection, sends
requests that are written already, and reads only as much of an answer as it must."""

import itertools
import multiprocessing
import re
import socket
import threading
import time
import uuid
from typing import NamedTuple

from servers import Failed

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
WARM_SECONDS = 1
# Stands for a value that no two requests share.
UNIQUE = b"0123456789abcdef0123456789abcdef"


class Load(NamedTuple):
    # Answers a second, and how long each took, in ms, from the quickest to the slowest.
    rate: float
    took: list[float]
    # Of one core, what the clients used.
    share: float

    def at(self, part: float) -> float:
        return self.took[min(len(self.took) - 1, int(part * len(self.took)))]


def request(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def load(port: int, requests: list[bytes], clients: int, seconds: float, wanted: int = 200) -> Load:
    """So many clients ask one request after the other; each begins at another one."""
    processes = min(clients, 4)
    fork = multiprocessing.get_context("fork")
    begin = time.monotonic() + WARM_SECONDS
    until = begin + seconds
    answers = fork.SimpleQueue()
    shares = [range(number, clients, processes) for number in range(processes)]
    children = [
        fork.Process(target=work, args=(answers, port, requests, share, begin, until, wanted), daemon=True)
        for share in shares
    ]
    for child in children:
        child.start()
    took, used = [], 0.0
    for _ in children:
        found, seconds_used, fault = answers.get()
        if fault:
            raise Failed(f"a client: {fault}")
        took += found
        used += seconds_used
    for child in children:
        child.join()
    if not took:
        raise Failed("nothing was answered")
    return Load(len(took) / seconds, sorted(took), used / (seconds + WARM_SECONDS))


def work(answers, port: int, requests: list[bytes], share: range, begin: float, until: float, wanted: int) -> None:
    found: list[float] = []
    faults: list[str] = []

    def one(number: int) -> None:
        try:
            turn = itertools.islice(itertools.cycle(requests), number * 97 % len(requests), None)
            found.extend(ask(port, turn, begin, until, wanted))
        except (OSError, Failed, ValueError) as error:
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=one, args=(number,)) for number in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put((found, time.process_time(), faults[0] if faults else None))


def ask(port: int, requests, begin: float, until: float, wanted: int) -> list[float]:
    took = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (sent := time.monotonic()) < until:
            connection.sendall(next(requests).replace(UNIQUE, uuid.uuid4().hex.encode()))
            status = read_answer(connection)
            if status != wanted:
                raise Failed(f"answered {status}, not {wanted}")
            now = time.monotonic()
            if sent >= begin and now <= until:
                took.append((now - sent) * 1000)
    return took


def read_answer(connection: socket.socket) -> int:
    """The status of an answer, which was read to its end."""
    told = b""
    while b"\r\n\r\n" not in told:
        told += connection.recv(1 << 18) or gone()
    head, body = told.split(b"\r\n\r\n", 1)
    length, have = LENGTH.search(head), len(body)
    if not length:
        raise Failed("an answer without a length")
    while have < int(length[1]):
        have += len(connection.recv(1 << 18) or gone())
    return int(head.split(b" ", 2)[1])


def gone() -> bytes:
    raise Failed("the server hung up")
