"""Feedback made from a seed and brought to every state there is, through the API of a demo server."""

from datetime import date, datetime, timedelta
from random import Random

from added_up import VIETNAM
from api import Api
from made_counts import FIELDS

WAYS = ("received", "refuse", "guide-elsewhere", "ask-sender", "withdraw", "accept", "split", "transfer", "transfer",
        "transfer", "approve", "submit", "close", "publish", "publish", "close")
# The demo has people of three units.
ANSWERING = ("SXD", "D916", "C31117")
# Days over which they are received.
SPAN = 83


def send_letters(office: Api, dice: Random, number: int, first: date, units: list[str]) -> None:
    """Received on paper from a day on."""
    letters = Letters(office, dice, units)
    for place in range(number):
        received = datetime(first.year, first.month, first.day, 9, tzinfo=VIETNAM) + timedelta(dice.randint(0, SPAN))
        letter = {
            "channel": "written", "received_at": received.isoformat(), "title": f"Phản ánh số {place} của người dân",
            "content": f"Hồ sơ số {dice.randint(10**6, 10**7)} nộp đã lâu mà chưa có kết quả giải quyết.",
            "sender": {"name": "Trần Văn Bình", "address": "Phường An Khánh", "phone": f"0900 {place:06}"},
        }
        item = office.create("/v1/feedback", letter)
        letters.take(f"/v1/feedback/{item['id']}", WAYS[place % len(WAYS)])


class Letters:
    def __init__(self, office: Api, dice: Random, units: list[str]) -> None:
        self.office, self.dice, self.units = office, dice, units
        self.people: dict[str, Api] = {}

    def take(self, path: str, way: str) -> None:
        """The steps of the usual way, as far as the item goes; or the one that ends it."""
        said = {"text": "Văn phòng đã xem xét nội dung này."}
        if way in ("refuse", "guide-elsewhere", "ask-sender", "withdraw"):
            more = {"refuse": {"ground": "unclear"}, "guide-elsewhere": {"to": "denunciation"}}.get(way, {})
            act(self.office, path, way, {**said, **more})
        if way in ("received", "refuse", "guide-elsewhere", "ask-sender", "withdraw"):
            return
        kind = self.dice.choice(("conduct", "regulation", "mixed", "initiative"))
        act(self.office, path, "accept", {"class": kind, "field": self.dice.choice(FIELDS)})
        if way == "split":
            parts = [{"class": "regulation", "unit": unit} for unit in self.dice.sample(self.units, 2)]
            act(self.office, path, "split", {"parts": parts})
        if way in ("accept", "split"):
            return
        unit = self.dice.choice(self.units) if way == "transfer" else self.dice.choice(ANSWERING)
        act(self.office, path, "transfer", {"unit": unit})
        if way == "transfer":
            return
        officer, head = (self.person(f"{role}.{unit.lower()}") for role in ("officer", "head"))
        act(officer, path, "draft", {"answer": "Đơn vị đã trả kết quả và xin lỗi người dân."})
        act(head, path, "approve", {})
        if way == "approve":
            return
        act(officer, path, "submit", {})
        if way != "submit":
            act(self.office, path, "accept-answer", {})
            act(self.office, path, way, {"confirmed": []} if way == "publish" else {})

    def person(self, name: str) -> Api:
        return self.people.setdefault(name, Api(name))


def act(who: Api, path: str, verb: str, body: dict) -> None:
    etag = who.ask("GET", path)[1]
    who.ask("POST", f"{path}/{verb}", body, If_Match=etag)
