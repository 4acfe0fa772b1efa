"""Made-up Vietnamese texts: runs of words from the data that the product ships, so that words come as often, and
beside the same words, as they do there."""

import json
import random
import re
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = ("demo-registry.json", "units.json", "deadline-rules.json", "message-templates.json", "holidays.json")
# Words of Vietnamese, and no codes, keys or places in the documents.
WORD = re.compile(r"[a-zà-ỹđ]+", re.I)
VIETNAMESE = re.compile(r"[à-ỹđ]", re.I)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "en" for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


class Texts:
    """The same texts each time."""

    def __init__(self, seed: int = 2019) -> None:
        self.dice = random.Random(seed)
        shipped = [text for file in FILES for text in strings(json.loads((DATA / file).read_text()))]
        self.words = [
            word.lower() for text in shipped if VIETNAMESE.search(text) for word in WORD.findall(text)
        ]

    def run(self, words: int) -> str:
        first = self.dice.randrange(len(self.words) - words)
        return " ".join(self.words[first:first + words])

    def text(self, words: int) -> str:
        """Sentences of some ten words."""
        found: list[str] = []
        while words > 0:
            length = min(words, self.dice.randint(6, 14))
            found.append(self.run(length).capitalize() + ".")
            words -= length
        return " ".join(found)

    def letter(self, number: int) -> dict:
        return {
            "title": f"{self.run(9).capitalize()} ({number})",
            "content": f"Tôi nộp hồ sơ {number} nhưng chưa nhận được kết quả. {self.text(70)}",
            "sender": {
                "name": f"Nguyễn Văn {self.run(1).capitalize()}", "address": f"Số {number} phường An Khánh",
                "phone": f"09{self.dice.randrange(10**8):08}",
            },
        }
