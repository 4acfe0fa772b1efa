"""A kstt of one's own: start it on a free port with its own state folder, wait until it is ready, always stop it.

As a program:  live.py --state DIR --log FILE -- command …
runs the command with KSTT_URL set, stops the server, and fails when the command failed or the server's log
shows an answer of 500 or a panic. It never touches a server that it did not start.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_SECONDS = 120
# a panic, or an answer 5xx in the plain, key=value or JSON form of a log line
# A panic, an answer of 5xx, or a token: nothing secret belongs in a log.
BAD_LINE = re.compile(r"""panicked at | 500 |\bstatus"?\s*[=:]\s*"?5\d\d\b|eyJ[\w-]{20,}""")


def state_env(state: Path) -> dict[str, str]:
    """The environment that makes any kstt command work on this state folder."""
    return {
        **os.environ,
        "KSTT_VAR_DIR": str(state / "var"),
        "DATABASE_URL": f"sqlite:{state / 'kstt.db'}",
        "KSTT_RATE_LIMIT": "off",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Kstt:
    """A running server: `with Kstt(binary, state, log) as url: …`"""

    def __init__(self, binary: str, state: Path, log: Path) -> None:
        self.binary, self.state, self.log = binary, state, log

    def __enter__(self) -> str:
        self.state.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", f"127.0.0.1:{port}"],
                env=state_env(self.state), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready(url)
        except BaseException:
            self._stop()
            raise
        return url

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"kstt ended on its own with {self.process.returncode}\n{tail(self.log)}")
        self._stop()

    def _wait_until_ready(self, url: str) -> None:
        until = time.monotonic() + READY_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"kstt did not start (exit {self.process.returncode})\n{tail(self.log)}")
            try:
                with opener.open(f"{url}/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"kstt was not ready within {READY_SECONDS} s\n{tail(self.log)}")

    def _stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def copy_state(prepared: Path, state: Path) -> Path:
    """A fresh copy of a prepared, stopped state folder."""
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(prepared, state)
    return state


def tail(log: Path, lines: int = 40) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def faults_in(log: Path) -> list[str]:
    """Lines of the server's log that must not be there."""
    with log.open(errors="replace") as lines:
        return [line.rstrip() for line in lines if BAD_LINE.search(line)]


def stop_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that `with` blocks stop their servers."""
    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    stop_on_signals()
    try:
        with Kstt(args.bin, args.state, args.log) as url:
            code = run(args.command, {**os.environ, "KSTT_URL": url})
    except (RuntimeError, OSError) as error:
        print(error)
        return 1
    faults = faults_in(args.log)
    if faults:
        print(f"the server's log shows {len(faults)} fault(s), first ones:", *faults[:10], sep="\n  ")
    return code or (1 if faults else 0)


def run(command: list[str], env: dict[str, str]) -> int:
    child = subprocess.Popen(command, env=env)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
