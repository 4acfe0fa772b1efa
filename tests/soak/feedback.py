"""Citizens who send feedback, the office that judges it and the units that answer it, while the server is killed.

Whoever sends an item also takes it further, in the name of everyone who has to do with it: nobody else changes it,
so at the end it has to be what the last answer said.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from client import Answer, Api, new_key
from writers import KEEPER, OFFICERS, Writer

SENDER, OFFICE, HEAD, OFFICER = "citizen", "controller", "head", "officer"
OFFICE_UNIT, UNITS = "VPUBND", ("SXD", "D916", "C31117")
# By state: what is done, by whom, and the state after it. Nothing leads on from the states that are not named.
MOVES = {
    "received": (
        ("accept", OFFICE, "accepted"), ("accept", OFFICE, "accepted"), ("accept", OFFICE, "accepted"),
        ("ask-sender", OFFICE, "awaiting_sender"), ("supplement", SENDER, "received"),
        ("refuse", OFFICE, "refused"), ("withdraw", SENDER, "withdrawn"),
    ),
    "awaiting_sender": (("supplement", SENDER, "received"), ("accept", OFFICE, "accepted")),
    "accepted": (
        ("transfer", OFFICE, "transferred"), ("transfer", OFFICE, "transferred"), ("transfer", OFFICE, "transferred"),
        ("assign", OFFICE, "assigned"), ("draft", OFFICER, "drafted"), ("split", OFFICE, "split"),
        ("guide-elsewhere", OFFICE, "out_of_scope"), ("merge", OFFICE, "merged"), ("withdraw", SENDER, "withdrawn"),
    ),
    "split": (("supplement", SENDER, "split"),) * 5 + (("withdraw", SENDER, "withdrawn"),),
    "transferred": (
        ("assign", HEAD, "assigned"), ("draft", OFFICER, "drafted"), ("transfer", OFFICE, "transferred"),
        ("hand-back", OFFICER, "accepted"),
    ),
    "assigned": (("draft", OFFICER, "drafted"), ("update", OFFICER, "assigned"), ("note", OFFICER, "assigned")),
    "drafted": (("approve", HEAD, "approved"), ("approve", HEAD, "approved"), ("draft", OFFICER, "drafted")),
    "approved": (("submit", OFFICER, "submitted"), ("submit", OFFICER, "submitted"), ("draft", OFFICER, "drafted")),
    "submitted": (
        ("accept-answer", OFFICE, "answer_accepted"), ("accept-answer", OFFICE, "answer_accepted"),
        ("return-answer", OFFICE, "answer_returned"), ("supplement", SENDER, "submitted"),
    ),
    "answer_returned": (("draft", OFFICER, "drafted"),),
    "answer_accepted": (
        ("publish", OFFICE, "published"), ("publish", OFFICE, "published"), ("close", OFFICE, "closed"),
    ),
    "published": (("vote", SENDER, "published"), ("reopen", SENDER, "reopened"), ("close", OFFICE, "closed")),
    "closed": (("vote", SENDER, "closed"), ("reopen", OFFICE, "reopened"), ("publish", OFFICE, "published")),
    "reopened": (("draft", OFFICER, "drafted"), ("transfer", OFFICE, "transferred"), ("close", OFFICE, "closed")),
}
# What only the whole of an item does, and never a part of it.
OF_THE_WHOLE = {"publish", "vote", "reopen", "split", "merge"}
OVER = {"published", "closed", "refused", "out_of_scope", "merged", "withdrawn"}
# What the trail calls it; everything else is judging.
CALLED = {"assign": "feedback.assign", "approve": "feedback.approve"} | dict.fromkeys(
    ("draft", "submit", "hand-back", "update", "note"), "feedback.handle"
)
# Refused, whoever asks: by state.
UNLAWFUL = {"received": "submit", "accepted": "publish", "published": "accept", "closed": "ask-sender"}
TOLD = ("code", "state", "class", "handler", "officer_id", "answer", "due_on", "satisfied", "version")


@dataclass
class Case:
    """An item, or a part of one, as the last answer said it stands."""

    id: str
    code: str
    state: str
    handler: str
    # The sender of a part knows the whole only.
    secret: str = ""
    whole: "Case | None" = None
    parts: list["Case"] = field(default_factory=list)
    voted: bool = False
    received: datetime = datetime.min

    @property
    def is_done(self) -> bool:
        return self.state in OVER or self.state == "answer_accepted"

    @property
    def path(self) -> str:
        return f"/v1/feedback/{self.id}"

    @property
    def public_path(self) -> str:
        return f"/v1/public/feedback/{self.code}"


def letter(title: str) -> dict:
    return {
        "title": title,
        "content": f"Tôi nộp hồ sơ đăng ký khai sinh nhưng đến nay vẫn chưa nhận được kết quả ({title}).",
        "sender": {"name": "Nguyễn Văn An", "address": "Phường An Khánh, quận Ninh Kiều", "phone": "0900 000 001"},
    }


class Correspondents(Writer):
    """Whoever sends keeps the code and the secret, and is told the same again when asking again."""

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.citizen, self.sent = Api(self.api.port), []

    def send(self, title: str, key: str | None = None) -> dict | None:
        key = key or new_key()
        answer = self.citizen.ask("POST", "/v1/public/feedback", letter(title), Idempotency_Key=key)
        if not self.expect(answer, (201,), f"send {title}"):
            return None
        if not answer.document.get("secret"):
            self.ledger.violated(f"{self.name}: no secret came with {answer.document}")
        with self.ledger.lock:
            self.ledger.receipts[title] = answer.document
        self.sent.append((title, key, answer.document))
        return answer.document

    def send_again(self) -> None:
        """Any of those that were sent, also before the server was killed last."""
        title, key, receipt = self.dice.choice(self.sent)
        answer = self.citizen.ask("POST", "/v1/public/feedback", letter(title), Idempotency_Key=key)
        if answer.document != receipt:
            self.ledger.violated(f"{self.name}: {title} again: {answer.status} {answer.document}, not {receipt}")


class Crowds(Correspondents):
    """Many send at once; some do not wait for the answer."""

    rest, crowd = 2, 6

    def act(self) -> None:
        titles = [f"{self.name} {self.number}.{place}" for place in range(self.crowd)]
        hasty = {title: self.dice.uniform(0.001, 0.03) for title in titles if self.dice.random() < 0.3}
        with ThreadPoolExecutor(self.crowd) as crowd:
            patient = [crowd.submit(self.send, title) for title in titles if title not in hasty]
            gone = [crowd.submit(self.send_and_go, title, seconds) for title, seconds in hasty.items()]
        for one in patient + gone:
            one.result()
        if self.sent and self.dice.random() < 0.5:
            self.send_again()

    def send_and_go(self, title: str, seconds: float) -> None:
        """Whether this was done nobody is told, mostly."""
        with self.ledger.lock:
            self.ledger.hasty.add(title)
        try:
            answer = Api(self.api.port).once("POST", "/v1/public/feedback", letter(title), timeout=seconds)
        except OSError:
            return
        if answer.status == 201:
            with self.ledger.lock:
                self.ledger.receipts[title] = answer.document


class Cases(Correspondents):
    """Send, and take what was sent through the office and the units to its end."""

    rest, most_open = 0.2, 8

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.open: list[Case] = []
        self.people: dict[str, Api] = {}
        self.officers: dict[str, str] = {}

    def act(self) -> None:
        if not self.open or (len(self.open) < self.most_open and self.dice.random() < 0.3):
            self.begin()
            return
        case = self.dice.choice(self.open)
        if self.dice.random() < 0.15:
            self.try_what_is_refused(case)
        moves = [move for move in MOVES[case.state] if self.can(case, move)]
        if moves:
            self.take(case, *self.dice.choice(moves))
        self.open = [case for case in self.open if self.goes_on(case)]

    def goes_on(self, case: Case) -> bool:
        """What has an answer is left alone some time."""
        left_alone = case.state in ("published", "closed") and self.dice.random() < 0.05
        return not left_alone and any(self.can(case, move) for move in MOVES.get(case.state, ()))

    def begin(self) -> Case | None:
        receipt = self.send(f"{self.name} {self.number}")
        if not receipt:
            return None
        item = self.api.read(f"/v1/feedback/{receipt['code']}").document
        case = Case(item["id"], item["code"], "received", OFFICE_UNIT, receipt["secret"])
        case.received = datetime.fromisoformat(item["received_at"])
        self.note(case, item, "received")
        self.open.append(case)
        if self.dice.random() < 0.3:
            self.send_again()
        return case

    def can(self, case: Case, move: tuple[str, str, str]) -> bool:
        act, who, _ = move
        if case.whole:
            return act not in OF_THE_WHOLE and who != SENDER
        return (act != "vote" or not case.voted) and (act != "merge" or bool(self.before(case)))

    def before(self, case: Case) -> list[Case]:
        """What an item may be merged into: whoever wrote first keeps their days."""
        return [other for other in self.open if not other.whole and other.received < case.received]

    def take(self, case: Case, act: str, who: str, state: str) -> None:
        """One act, by the one whose act it is, under the version that was read."""
        body = self.body_of(case, act)
        if who == SENDER:
            answer = self.as_sender(case, act, body)
        else:
            person = self.person(who, OFFICE_UNIT if who == OFFICE else case.handler)
            before = person.read(case.path)
            answer = person.ask("POST", f"{case.path}/{act}", body, If_Match=before.etag, Idempotency_Key=new_key())
        # The sender has some days only to open it again.
        wanted = (200, 409) if (act, who) == ("reopen", SENDER) else (200,)
        if not self.expect(answer, wanted, f"{act} {case.code} ({case.state})"):
            return
        action = "feedback.follow" if who == SENDER else CALLED.get(act, "feedback.judge")
        self.ledger.acknowledged(action, f"feedback:{case.id}")
        case.voted = act == "vote" or (case.voted and (act, who) != ("reopen", SENDER))
        item = self.api.read(case.path).document if who == SENDER else answer.document
        self.note(case, item, state)
        if act == "split":
            self.divide(case)
        if act == "withdraw":
            self.end(case)
        if case.whole and case.is_done:
            self.complete(case.whole)
        if case.secret and self.dice.random() < 0.2:
            self.follow(case)

    def as_sender(self, case: Case, act: str, body: dict) -> Answer:
        return self.citizen.ask(
            "POST", f"{case.public_path}/{act}", body, Feedback_Secret=case.secret, Idempotency_Key=new_key()
        )

    def body_of(self, case: Case, act: str) -> dict:
        said = f"Nội dung số {self.number}"
        if act == "assign":
            return {"officer_id": self.officer(case.handler)}
        if act == "merge":
            return {"into": self.dice.choice(self.before(case)).code}
        if act == "split":
            return {"parts": [{"class": "regulation", "unit": unit} for unit in self.dice.sample(UNITS, 2)]}
        if act in ("withdraw", "reopen"):
            return {"text" if case.state == "closed" else "reason": said}
        bodies = {
            "accept": {"class": self.dice.choice(("regulation", "conduct")), "field": "Hộ tịch"},
            "refuse": {"ground": "unclear", "text": said}, "guide-elsewhere": {"to": "denunciation", "text": said},
            "transfer": {"unit": self.dice.choice(UNITS), "note": said}, "draft": {"answer": f"Đã trả lời. {said}"},
            "vote": {"satisfied": self.dice.random() < 0.5}, "publish": {"confirmed": []},
        }
        notes = ("approve", "submit", "accept-answer", "close")
        return bodies.get(act) or ({"note": said} if act in notes else {"text": said})

    def person(self, role: str, unit: str) -> Api:
        name = f"{role}.{unit.lower()}"
        return self.people.setdefault(name, Api(self.api.port, name))

    def officer(self, unit: str) -> str:
        if unit not in self.officers:
            self.officers[unit] = Api(self.api.port, OFFICERS[unit]).read("/v1/me").document["id"]
        return self.officers[unit]

    def note(self, case: Case, item: dict, state: str) -> None:
        """What an answer said, which has to be what was to be expected."""
        if item["state"] != state:
            self.ledger.violated(f"{self.name}: {case.code} went from {case.state} to {item['state']}, not to {state}")
        case.state, case.handler = item["state"], item["handler"]
        with self.ledger.lock:
            self.ledger.states[case.path] = {name: item[name] for name in TOLD}

    def divide(self, case: Case) -> None:
        for item in self.api.read(f"{case.path}/parts").document["items"]:
            part = Case(item["id"], item["code"], "transferred", item["handler"], whole=case)
            self.ledger.acknowledged("feedback.judge", f"feedback:{part.id}")
            self.note(part, item, "transferred")
            case.parts.append(part)
        self.open += case.parts

    def complete(self, whole: Case) -> None:
        """The last answer to a part is the answer to the whole, in the same transaction."""
        if whole.state == "split" and all(part.is_done for part in whole.parts):
            self.ledger.acknowledged("feedback.judge", f"feedback:{whole.id}")
            is_answered = any(part.state == "answer_accepted" for part in whole.parts)
            state = "answer_accepted" if is_answered else "out_of_scope"
            self.note(whole, self.api.read(whole.path).document, state)

    def end(self, whole: Case) -> None:
        """With the whole end its parts, in the same transaction."""
        for part in whole.parts:
            if part.state not in OVER:
                state = "closed" if part.state == "answer_accepted" else "withdrawn"
                self.note(part, self.api.read(part.path).document, state)

    def follow(self, case: Case) -> None:
        """With the secret one sees where it stands, without it nothing."""
        seen = self.citizen.ask("GET", case.public_path, Feedback_Secret=case.secret)
        if (seen.status, seen.document.get("state")) != (200, case.state):
            self.ledger.violated(f"{self.name}: the sender of {case.code} is told {seen}, not {case.state}")
        self.expect(self.citizen.ask("GET", case.public_path, Feedback_Secret="0" * 20), (404,), "a wrong secret")

    def try_what_is_refused(self, case: Case) -> None:
        stale = {"If_Match": '"999"', "Idempotency_Key": new_key()}
        self.expect(self.api.ask("POST", f"{case.path}/note", {"text": "Cũ"}, **stale), (412,), "note by a stale ETag")
        act = UNLAWFUL.get(case.state)
        if act and not case.whole:
            fresh = {"If_Match": self.api.read(case.path).etag, "Idempotency_Key": new_key()}
            body = self.body_of(case, act)
            self.expect(self.api.ask("POST", f"{case.path}/{act}", body, **fresh), (409,), f"{act} when {case.state}")


class MoreCases(Cases):
    """The same, beside them."""


class Disputes(Cases):
    """Two of the office judge an item at once: one of them does."""

    rest = 0.5

    def act(self) -> None:
        case = self.begin()
        if not case:
            return
        self.open.clear()
        etag = self.api.read(case.path).etag
        acts = ("accept", "refuse")

        def judge(act: str) -> Answer:
            body = self.body_of(case, act)
            return self.api.ask("POST", f"{case.path}/{act}", body, If_Match=etag, Idempotency_Key=new_key())

        with ThreadPoolExecutor(2) as both:
            answers = dict(zip(acts, both.map(judge, acts)))
        done = [act for act, answer in answers.items() if self.expect(answer, (200, 409, 412), act)]
        if len(done) != 1:
            self.ledger.violated(f"of two who judged {case.code} succeeded: {done}")
        for act in done:
            self.ledger.acknowledged("feedback.judge", f"feedback:{case.id}")
            self.note(case, answers[act].document, {"accept": "accepted", "refuse": "refused"}[act])


WRITERS = (Crowds, Cases, MoreCases, Disputes)
