"""Processes that are measured: started on a free port, asked, weighed, always stopped."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A measurement or a step that did not work: one sentence."""


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def stop_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that `with` blocks stop their processes."""
    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def environment(work: Path, url: str) -> dict[str, str]:
    """That of a city in `work`: nothing of ours but how large its pools are to be."""
    sizes = ("KSTT_DB_CONNECTIONS", "KSTT_HTTP_WORKERS")
    kept = {k: v for k, v in os.environ.items() if k in sizes or not k.startswith("KSTT_") and k != "DATABASE_URL"}
    return kept | {"KSTT_VAR_DIR": str(work / "var"), "DATABASE_URL": url, "KSTT_RATE_LIMIT": "off"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A process with its output in a file on disk."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.command, self.log, self.env = command, log, env

    def __enter__(self) -> "Process":
        with self.log.open("ab") as out:
            self.started = time.monotonic()
            self.child = subprocess.Popen(
                self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(25)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def check(self) -> None:
        if self.child.poll() is not None:
            with self.log.open(errors="replace") as lines:
                said = [line.strip() for line in lines if " trace=" not in line]
            raise Failed(f"{Path(self.command[0]).name} ended with {self.child.returncode}; {' / '.join(said[-1:])}")

    def memory(self, key: str) -> float:
        """MB (10⁶ bytes) of VmRSS, VmHWM or RssAnon."""
        for line in Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024 / 1e6
        raise Failed(f"/proc tells no {key}")

    def seconds_of_cpu(self) -> float:
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def wait_until_quiet(self, limit: float) -> None:
        """Until it has hardly worked for three seconds: merging, sealing and tidying are done."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            before = self.seconds_of_cpu()
            time.sleep(3)
            self.check()
            if self.seconds_of_cpu() - before < 0.1:
                return
        raise Failed(f"{self.command[0]} was still busy after {limit:.0f} s")


class Server(Process):
    """A process that answers HTTP; entered, it is ready, and `ready_after` tells how soon."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None, ready: str) -> None:
        self.port = free_port()
        super().__init__([*command, "--listen", f"127.0.0.1:{self.port}"], log, env)
        self.ready_path = ready
        self.connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> "Server":
        super().__enter__()
        try:
            while self.get_status(self.ready_path) != 200:
                self.check()
                if time.monotonic() - self.started > 120:
                    raise Failed(f"{self.command[0]} was not ready within 120 s")
                time.sleep(0.002)
            self.ready_after = time.monotonic() - self.started
        except BaseException:
            self.__exit__()
            raise
        return self

    def get_status(self, path: str) -> int:
        try:
            return self.get(path)[0]
        except OSError:
            return 0

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str | None, bytes]:
        """Status, entity tag and body."""
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.request("GET", path, headers=headers or {})
                response = self.connection.getresponse()
                return response.status, response.headers["ETag"], response.read()
            except (OSError, http.client.HTTPException) as error:
                # A kept connection may have been closed meanwhile.
                self.connection.close()
                self.connection = None
                if attempt == 2 or isinstance(error, ConnectionRefusedError):
                    raise OSError(str(error)) from error
        raise AssertionError

    def good(self, path: str) -> tuple[str | None, bytes]:
        """Entity tag and body of an answer that must be 200."""
        try:
            status, etag, body = self.get(path)
        except OSError as error:
            self.check()
            raise Failed(f"{path} was not answered: {error}") from error
        if status != 200:
            raise Failed(f"{path} was answered with {status}")
        return etag, body


def run_to_end(command: list[str], log: Path, env: dict[str, str], what: str) -> tuple[float, float]:
    """Runs a command to a good end; seconds and the most MB it had resident."""
    with Process(command, log, env) as process:
        most, told = 0.0, time.monotonic()
        while process.child.poll() is None:
            try:
                most = max(most, process.memory("VmHWM"))
            except (Failed, OSError):
                pass  # It has just ended.
            if time.monotonic() - told > 30:
                told = time.monotonic()
                say(f"… {what}: {told - process.started:.0f} s")
            time.sleep(0.05)
        took = time.monotonic() - process.started
        if process.child.returncode != 0:
            process.check()
        return took, most


def size_on_disk(folder: Path) -> float:
    """MB of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def need(program: str) -> str:
    found = shutil.which(program)
    if not found:
        raise Failed(f"{program} is missing")
    return found
