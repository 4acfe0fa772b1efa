"""The server that is tormented: started on one port and one state, killed, started again."""

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import uuid
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from client import Api
from live import free_port, state_env, tail

READY_SECONDS = 120
# A server gives requests under way 20 seconds, and what it is sending 10.
STOP_SECONDS = 45


class Server:
    """A kstt on its own state; `with` ends it, however it stands."""

    def __init__(self, kstt: str, state: Path, database: str | None) -> None:
        state.mkdir(parents=True)
        self.state, self.log, self.port = state, state / "server.log", free_port()
        self.env = state_env(state) | {"KSTT_WEBHOOK_NETWORKS": "127.0.0.0/8"}
        if database:
            self.env["DATABASE_URL"] = database
        # So that a build meanwhile changes nothing.
        self.binary = shutil.copy2(kstt, state / "kstt")
        self.child: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}"],
                env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        api, until = Api(self.port), time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            self.check()
            try:
                if api.once("GET", "/health/ready").status == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"not ready within {READY_SECONDS} s\n{tail(self.log)}")

    def check(self) -> None:
        if self.child.poll() is not None:
            raise RuntimeError(f"the server ended on its own with {self.child.returncode}\n{tail(self.log)}")

    def kill(self) -> None:
        self.check()
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self) -> list[str]:
        """Ends it as an operator would; what was wrong with that."""
        self.child.terminate()
        try:
            code = self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return [f"SIGTERM did not end the server within {STOP_SECONDS} s"]
        return [f"the server ended with {code} on SIGTERM"] if code else []

    def run(self, *command: str) -> subprocess.CompletedProcess:
        """A command at the console, on the same state."""
        return subprocess.run([self.binary, *command], env=self.env, capture_output=True, text=True)

    def query(self, sql: str) -> list[tuple]:
        """What the database itself holds, past the server."""
        url = self.env["DATABASE_URL"]
        if url.startswith("sqlite:"):
            with closing(sqlite3.connect(f"file:{url.removeprefix('sqlite:')}?mode=ro", uri=True)) as database:
                return database.execute(sql).fetchall()
        command = ["psql", "-X", "-t", "--csv", "-v", "ON_ERROR_STOP=1", "-c", sql, url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [tuple(row) for row in csv.reader(told.splitlines())]

    def peak_memory(self) -> float:
        """MB of memory at most, where the system tells it; else 0."""
        status = Path(f"/proc/{self.child.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        return sum(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM:"))


class Database:
    """A PostgreSQL database of one's own, of the collation that kstt asks for."""

    def __init__(self) -> None:
        self.server = os.environ["KSTT_TEST_PG_URL"]
        self.name = f"kstt_soak_{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> str:
        self.query(
            f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def __exit__(self, *_: object) -> None:
        self.query(f"DROP DATABASE {self.name} WITH (FORCE)")

    def query(self, sql: str) -> None:
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, self.server], check=True)
