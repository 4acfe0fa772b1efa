"""The first part: the server is killed in the middle of everything."""

import random
import sys
import threading
import time
from typing import NamedTuple

import feedback
from checks import SUBSCRIPTIONS, Checks
from client import Api
from live import faults_in
from receiver import Receiver
from server import Server
from writers import ADMIN, KEEPER, WRITERS, Ledger, Writer, start_writers

# Of ten kills so many in each moment.
MOMENTS = ("delivering", "writing", "starting", "writing", "delivering") + ("writing", "delivering") * 2 + ("writing",)
# Whoever was killed holds its leases for 30 s; only then the next one seals and sends.
LEASE_SECONDS = 45
AT_ONCE_SECONDS = 10
DRAIN_SECONDS = 900
JOIN_SECONDS = 180


class Pace(NamedTuple):
    """How long at most, in seconds: until the first kill, and until one while things are being written. How many
    deliveries at most until one while delivering. How long is written after the last kill. And of how many events
    the receiver refuses one, after which it is left alone for 5 s."""

    first: float
    writing: float
    deliveries: int
    after: float
    refuse_one_in: int


FULL = Pace(1, 4, 300, 0, 150)
# Killed so early the first time, it holds no lease whose end anyone would have to wait for. And while that of the
# second is waited for, there is time to write.
SHORT = Pace(0.25, 4, 60, 5, 500)


def torment(server: Server, kills: int, seed: int, pace: Pace) -> tuple[str, list[str]]:
    """A line of figures, and what was violated."""
    dice, began = random.Random(seed), time.monotonic()
    with Receiver(seed, pace.refuse_one_in) as receiver:
        kill_at_first_start(server, dice.uniform(0.05, pace.first))
        since, webhooks = subscribe(server.port, receiver)
        ledger, stop = Ledger(), threading.Event()
        ledger.before = {item["code"] for item in Api(server.port, KEEPER).all("/v1/feedback")}
        writers = start_writers(WRITERS + feedback.WRITERS, server.port, ledger, seed, stop)
        moments = [MOMENTS[number % len(MOMENTS)] for number in range(kills - 1)]
        for number, moment in enumerate(moments, 2):
            wait_for(moment, server, receiver, dice, pace)
            server.kill()
            print(f"  kill {number} of {kills}, {moment}: {tally(ledger, receiver)}", file=sys.stderr, flush=True)
            server.start()
        server.wait_until_ready()
        time.sleep(pace.after)
        violations = join(writers, stop)
        # Ten thousands of events wait by now: with 5 s of rest after each refusal they would take an hour.
        receiver.refuse_each = 0
        violations += drain(server.port, ledger, receiver, webhooks)
        checks = Checks(server.port, ledger, receiver, since)
        violations += ledger.violations + receiver.faults + checks.violations
        violations += hand_over(server) + end(server) + checks.feedback.stored(server)
        figures = f"{kills} kills, {tally(ledger, receiver)}, {time.monotonic() - began:.0f} s"
    return figures, violations


def kill_at_first_start(server: Server, seconds: float) -> None:
    """While the schema and the demo data are being stored."""
    server.start()
    time.sleep(seconds)
    server.kill()
    server.start()
    server.wait_until_ready()


def subscribe(port: int, receiver: Receiver) -> tuple[int, list[str]]:
    """The place in the trail from which everything is heard, and the ids of the webhooks."""
    admin, keeper, webhooks = Api(port, ADMIN), Api(port, KEEPER), []
    keeper.create("/v1/obligations/open-year", {"year": 2020})
    for path, patterns in SUBSCRIPTIONS.items():
        spec = {"name": f"Nhận {path}", "url": receiver.url(path), "unit": "VPUBND", "events": patterns}
        made = admin.create("/v1/webhooks", spec)
        receiver.trust(path, made["secret"])
        webhooks.append(made["webhook"]["id"])
    until, place = time.monotonic() + LEASE_SECONDS, None
    while place is None:
        if time.monotonic() > until:
            raise RuntimeError(f"the trail was not sealed within {LEASE_SECONDS} s")
        time.sleep(0.2)
        place = admin.read(f"/v1/audit?subject=webhook:{webhooks[-1]}").document["items"][0]["place"]
    return place, webhooks


def wait_for(moment: str, server: Server, receiver: Receiver, dice: random.Random, pace: Pace) -> None:
    if moment == "starting":
        time.sleep(dice.uniform(0, 1))
        return
    server.wait_until_ready()
    if moment == "delivering":
        receiver.wait_for_more(dice.randint(1, pace.deliveries), LEASE_SECONDS)
    else:
        time.sleep(dice.uniform(0.1, pace.writing))


def join(writers: list[Writer], stop: threading.Event) -> list[str]:
    stop.set()
    for writer in writers:
        writer.join(JOIN_SECONDS)
    return [f"{writer.name} did not come to an end" for writer in writers if writer.is_alive()]


def drain(port: int, ledger: Ledger, receiver: Receiver, webhooks: list[str]) -> list[str]:
    """Lets everything arrive. A last event shows that all before it are on their way."""
    keeper, admin = Api(port, KEEPER), Api(port, ADMIN)
    body = {"person": "Lê Thị Cuối", "appointing_paper": "Quyết định cuối", "valid_from": "2019-03-04"}
    last = keeper.create("/v1/units/C31117/focal-officers", body)["id"]
    ledger.acknowledged("focal_officers.appoint", f"focal_officer:{last}")
    until = time.monotonic() + DRAIN_SECONDS
    event = admin.read(f"/v1/audit?subject=focal_officer:{last}").document["items"][0]["id"]
    if receiver.wait_for("/all", {event}, DRAIN_SECONDS):
        return [f"the last event did not arrive within {DRAIN_SECONDS} s"]
    while time.monotonic() < until:
        health = [admin.read(f"/v1/webhooks/{webhook}").document["health"] for webhook in webhooks]
        if not any(one["pending"]["value"] for one in health):
            dead = sum(one["dead"]["value"] for one in health)
            return [f"{dead} events were given up"] if dead else []
        time.sleep(0.5)
    return [f"events were still on their way after {DRAIN_SECONDS} s: {health}"]


def hand_over(server: Server) -> list[str]:
    """Whoever ends in good order gives up what it holds: the next one need not wait for the end of a lease."""
    violations = server.stop()
    server.start()
    server.wait_until_ready()
    began, keeper, admin = time.monotonic(), Api(server.port, KEEPER), Api(server.port, ADMIN)
    body = {"person": "Lê Thị Sau", "appointing_paper": "Quyết định sau", "valid_from": "2019-03-04"}
    made = keeper.create("/v1/units/C31117/focal-officers", body)["id"]
    while admin.read(f"/v1/audit?subject=focal_officer:{made}").document["items"][0]["place"] is None:
        if time.monotonic() - began > AT_ONCE_SECONDS:
            return violations + [f"after an orderly end the trail was not sealed within {AT_ONCE_SECONDS} s"]
        time.sleep(0.1)
    return violations


def end(server: Server) -> list[str]:
    """Stops the server, has the trail verified, and looks through the log."""
    violations = server.stop()
    verified = server.run("audit", "verify")
    if verified.returncode:
        violations.append(f"kstt audit verify: {verified.returncode}: {verified.stdout}{verified.stderr}")
    return violations + [f"in the log: {line}" for line in faults_of(server)]


def faults_of(server: Server) -> list[str]:
    with server.log.open(errors="replace") as lines:
        errors = [line.rstrip() for line in lines if " ERROR] " in line]
    return errors + faults_in(server.log)


def tally(ledger: Ledger, receiver: Receiver) -> str:
    events = sum(len(receiver.taken(path)) for path in SUBSCRIPTIONS)
    doubled = sum(receiver.doubled(path) for path in SUBSCRIPTIONS)
    return f"{ledger.done.total()} acknowledged changes, {events} events delivered, {doubled} duplicates delivered"
