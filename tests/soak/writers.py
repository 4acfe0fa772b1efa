"""Those who change things while the server is killed, and the ledger of what was acknowledged to them.

Each writer has things of its own, and does one act after the other until the server says how it ended. So at the
end every thing has to be just as the ledger says, and the trail to tell of every act once.
"""

import random
import threading
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from client import Answer, Api, new_key

KEEPER, ADMIN = "controller.vpubnd", "admin.vpubnd"
# Units with demo accounts of every role, and their officers.
OFFICERS = {"VPUBND": "officer.vpubnd", "SXD": "officer.sxd", "D916": "officer.d916", "C31117": "officer.c31117"}
FIRST_DAY = "2019-03-04"
# The clocks on these are kept by the acts on the feedback itself.
FEEDBACK = "feedback"
TOLD_OF_A_DUTY = ("officer_id", "met_at", "cancelled_at", "paused_at", "note", "version")
TOLD_OF_AN_ACCOUNT = ("username", "display_name", "email", "phone", "disabled")


class Ledger:
    """What was acknowledged."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done: Counter[tuple[str, str]] = Counter()
        # By path: what a reader has to find there.
        self.states: dict[str, dict] = {}
        self.units: list[str] = []
        # Codes of feedback that came with the demo.
        self.before: set[str] = set()
        # Feedback by its title: what the sender was told, and what nobody may have been told.
        self.receipts: dict[str, dict] = {}
        self.hasty: set[str] = set()
        self.moved_to = ""
        self.violations: list[str] = []

    def acknowledged(self, action: str, subject: str, path: str = "", state: dict | None = None) -> None:
        with self.lock:
            self.done[action, subject] += 1
            if path:
                self.states[path] = state

    def violated(self, message: str) -> None:
        with self.lock:
            self.violations.append(message)


class Writer(threading.Thread):
    """Does something, rests, and does something else."""

    rest = 0.5
    account = KEEPER

    def __init__(self, name: str, port: int, ledger: Ledger, seed: int, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.api, self.ledger, self.stop = Api(port, self.account), ledger, stop
        self.dice, self.number = random.Random(f"{seed} {name}"), 0

    def run(self) -> None:
        try:
            while not self.stop.wait(self.dice.uniform(0, 2 * self.rest)):
                self.number += 1
                self.act()
        except Exception:
            self.ledger.violated(f"{self.name}: {traceback.format_exc(limit=-3)}")

    def act(self) -> None:
        raise NotImplementedError

    def expect(self, answer: Answer, wanted: tuple[int, ...], what: str) -> bool:
        if answer.status not in wanted:
            self.ledger.violated(f"{self.name}: {what}: answered {answer.status}: {answer.document}")
        return answer.status in wanted and answer.status < 300

    def changed(self, path: str, method: str, act: str, body: dict) -> dict | None:
        """Changes a thing that takes no Idempotency-Key; what it is afterwards. When the outcome of an attempt is
        not known, the next one is refused if the first was done: then what is read counts."""
        before = self.api.read(path)
        answer = self.api.ask(method, path + act, body, If_Match=before.etag)
        if answer.doubtful and answer.status in (409, 412):
            now = self.api.read(path)
            return now.document if now.etag != before.etag else None
        return answer.document if self.expect(answer, (200,), f"{method} {path}{act}") else None


class OfDuties(Writer):
    """Takes some of the obligations, by their ids, so that no two writers have the same one."""

    share = (0, 1)
    query = "state=open"

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.waiting: list[str] = []

    def next_duty(self) -> str | None:
        if not self.waiting:
            first, of = self.share
            found = self.api.all(f"/v1/obligations?{self.query}")
            self.waiting = [
                duty["id"] for duty in found
                if duty["unit"]["code"] not in OFFICERS and duty["subject"]["kind"] != FEEDBACK
                and int(duty["id"][-6:], 16) % of == first
            ]
            self.dice.shuffle(self.waiting)
        return self.waiting.pop() if self.waiting else None

    def noted(self, act: str, duty: dict) -> None:
        path = f"/v1/obligations/{duty['id']}"
        state = {name: duty[name] for name in TOLD_OF_A_DUTY}
        self.ledger.acknowledged(f"obligations.{act}", f"obligation:{duty['id']}", path, state)

    def try_to(self, act: str, path: str, etag: str, body: dict) -> Answer:
        return self.api.ask("POST", f"{path}/{act}", body, If_Match=etag, Idempotency_Key=new_key())


class Doers(OfDuties):
    """Record that duties were met, or call them off; try what is refused, too."""

    rest = 0.2

    def act(self) -> None:
        duty = self.next_duty()
        if duty is None:
            return
        path = f"/v1/obligations/{duty}"
        etag = self.api.read(path).etag
        if self.dice.random() < 0.2:
            # A fixed date does not stand still.
            self.expect(self.try_to("suspend", path, etag, {"reason": "Tạm dừng"}), (409,), "suspend")
        if self.dice.random() < 0.1:
            self.expect(self.try_to("meet", path, '"999"', {"note": "Cũ"}), (412,), "meet by a stale ETag")
        act, body = self.dice.choice((
            ("meet", {"note": f"Kế hoạch số {self.number}/KH"}),
            ("meet", {"note": f"Báo cáo số {self.number}", "met_at": "2019-01-15T02:00:00Z"}),
            ("cancel", {"reason": f"Không còn phải làm ({self.number})"}),
        ))
        answer = self.try_to(act, path, etag, body)
        if self.expect(answer, (200,), act):
            self.noted(act, answer.document)


class FirstHalf(Doers):
    share = (0, 3)


class SecondHalf(Doers):
    share = (1, 3)


class Rivals(OfDuties):
    """Two at a time want to end the same duty: one of them does."""

    share, rest = (2, 3), 0.4

    def act(self) -> None:
        duty = self.next_duty()
        if duty is None:
            return
        path = f"/v1/obligations/{duty}"
        etag = self.api.read(path).etag
        acts = (("meet", {"note": f"Đã xong ({self.number})"}), ("cancel", {"reason": f"Thôi ({self.number})"}))
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda act: self.try_to(act[0], path, etag, act[1]), acts))
        done = [act for (act, _), answer in zip(acts, answers) if self.expect(answer, (200, 409, 412), act)]
        if len(done) != 1:
            self.ledger.violated(f"of two rivals for {duty} succeeded: {done}")
        for (act, _), answer in zip(acts, answers):
            if answer.status == 200:
                self.noted(act, answer.document)


class Assigners(OfDuties):
    """Give the duties of a few units to their officers, and take them back."""

    rest = 0.2

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.held: list[tuple[str, str]] = []
        self.officers: dict[str, str] = {}

    def learn(self) -> None:
        accounts = {item["username"]: item["id"] for item in Api(self.api.port, ADMIN).all("/v1/accounts")}
        self.officers = {unit: accounts[name] for unit, name in OFFICERS.items()}
        for unit in OFFICERS:
            duties = self.api.all(f"/v1/obligations?unit={unit}")
            self.held += [
                (duty["id"], unit) for duty in duties
                if duty["unit"]["code"] == unit and duty["subject"]["kind"] != FEEDBACK
            ]

    def act(self) -> None:
        if not self.held:
            self.learn()
        duty, unit = self.dice.choice(self.held)
        path = f"/v1/obligations/{duty}"
        before = self.api.read(path)
        officer = None if before.document["officer_id"] else self.officers[unit]
        answer = self.try_to("assign", path, before.etag, {"officer_id": officer})
        if self.expect(answer, (200,), "assign"):
            self.noted("assign", answer.document)


class Appointers(Writer):
    """Appoint focal officers and end their terms."""

    rest = 0.15

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.serving: list[str] = []
        self.communes: list[str] = []

    def act(self) -> None:
        if not self.communes:
            units = self.api.all(f"/v1/units?kind=commune&as_of={FIRST_DAY}")
            self.communes = sorted(unit["code"] for unit in units)
        if self.serving and self.dice.random() < 0.3:
            self.end(self.serving.pop(self.dice.randrange(len(self.serving))))
        else:
            self.appoint(f"/v1/units/{self.dice.choice(self.communes)}/focal-officers")

    def appoint(self, path: str) -> None:
        body = {"person": f"Nguyễn Thị Mai {self.number}", "phone": "0292 3820 000",
                "appointing_paper": f"Quyết định {self.number}/QĐ-UBND", "valid_from": FIRST_DAY}
        made = self.api.create(path, body)
        path = f"{path}/{made['id']}"
        self.serving.append(path)
        self.ledger.acknowledged("focal_officers.appoint", f"focal_officer:{made['id']}", path, made)

    def end(self, path: str) -> None:
        ended = self.changed(path, "POST", "/end", {"on": "2030-01-01", "reason": "Chuyển công tác"})
        if ended:
            self.ledger.acknowledged("focal_officers.end", f"focal_officer:{ended['id']}", path, ended)


class Registrars(Writer):
    """Make accounts and change them. A webhook hears nothing of it."""

    rest, account = 0.4, ADMIN

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.known: list[str] = []

    def act(self) -> None:
        if self.known and self.dice.random() < 0.5:
            path = self.dice.choice(self.known)
            name = f"Trần Văn Ba {self.number}"
            body = {"display_name": name, "email": f"ba{self.number}@cantho.example", "disabled": False}
            account = self.changed(path, "PUT", "", body)
            if account:
                self.noted("accounts.change", account)
            return
        body = {"username": f"soak.{self.number}", "display_name": f"Trần Văn Ba {self.number}",
                "grant": {"unit": self.dice.choice(sorted(OFFICERS)), "role": "clerk"}}
        account = self.api.create("/v1/accounts", body)["account"]
        self.noted("accounts.create", account)
        self.known.append(f"/v1/accounts/{account['id']}")

    def noted(self, action: str, account: dict) -> None:
        state = {name: account.get(name) for name in TOLD_OF_AN_ACCOUNT}
        self.ledger.acknowledged(action, f"account:{account['id']}", f"/v1/accounts/{account['id']}", state)


class Founders(Writer):
    """Create communes, which at once owe what every commune owes, and open years."""

    rest, account = 3, ADMIN

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.years, self.keeper = [2021, 2022], Api(self.api.port, KEEPER)

    def act(self) -> None:
        if self.years and self.dice.random() < 0.3:
            self.keeper.create("/v1/obligations/open-year", {"year": self.years.pop(0)})
            return
        body = {"code": f"MOI{self.number}", "kind": "commune", "subtype": "phường", "parent_code": "D916",
                "name": f"Ủy ban nhân dân phường Mới {self.number}", "short_name": f"UBND phường Mới {self.number}",
                "valid_from": FIRST_DAY, "legal_basis": "Nghị quyết về việc thành lập phường"}
        unit = self.api.create("/v1/units", body)
        with self.ledger.lock:
            self.ledger.units.append(unit["code"])
        state = {name: unit[name] for name in ("id", "code", "kind", "periods")}
        self.ledger.acknowledged("units.create", f"unit:{unit['id']}", f"/v1/units/{unit['code']}", state)


class Clockmakers(Writer):
    """Move the clock on, so that people are reminded."""

    rest, account = 6, ADMIN

    def act(self) -> None:
        today = datetime.fromisoformat(self.api.read("/v1/clock").document["now"])
        moment = (today + timedelta(days=self.dice.randint(1, 3))).isoformat()
        if self.expect(self.api.ask("PUT", "/v1/clock", {"now": moment}), (200,), "PUT /v1/clock"):
            self.ledger.moved_to = moment


WRITERS = (FirstHalf, SecondHalf, Rivals, Assigners, Appointers, Registrars, Founders, Clockmakers)


def start_writers(
    kinds: tuple[type[Writer], ...], port: int, ledger: Ledger, seed: int, stop: threading.Event
) -> list[Writer]:
    writers = [kind(kind.__name__, port, ledger, seed, stop) for kind in kinds]
    for writer in writers:
        writer.start()
    return writers
