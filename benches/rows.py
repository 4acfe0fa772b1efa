"""What is imported and asked for: a registry of any size from known rows, and queries made of its words.

Everything is drawn with fixed seeds, and the same originals are asked for at every size, so that answers weigh
the same and only the size of the registry differs.
"""

import json
import random
import re
import unicodedata
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()
COMMON = (
    "thủ tục", "cấp", "đăng ký", "giấy phép", "cấp giấy phép", "thủ tục cấp", "hồ sơ", "giấy chứng nhận",
    "cấp lại", "công trình", "đề nghị", "thủ tục đăng ký",
)
LEVELS = ("ministry", "city", "district", "commune")
CHANNELS = ("direct", "online", "post")
HOT = 500
QUERIES = 200
LISTS = 50


class Registry:
    """`size` procedures: the rows of a source over and over, each with a code and a name of its own."""

    def __init__(self, source: Path, size: int) -> None:
        self.rows = json.loads(source.read_text())["procedures"]
        self.size = size

    def code(self, place: int) -> str:
        return f"7.{place:06d}"

    def write(self, file: Path) -> None:
        with file.open("w") as out:
            for place in range(self.size):
                copy, original = divmod(place, len(self.rows))
                row = self.rows[original]
                code = self.code(place)
                row = {**row, "id": f"BENCH-{place:06d}", "code": code, "valid_from": "2018-01-01"}
                row["name"] = f"{row['name']} {in_words(copy)}" if copy else row["name"]
                row["local_code"] = f"{code}.000.00.00.H13"
                out.write(json.dumps(row, ensure_ascii=False) + "\n")

    def hot_codes(self) -> list[str]:
        """Codes at random: the same originals at every size, a random copy of each."""
        count = len(self.rows)
        originals = random.Random(1)
        copies = random.Random(self.size)
        return [
            self.code((original + count * copies.randrange(max(1, self.size // count))) % self.size)
            for original in (originals.randrange(count) for _ in range(HOT))
        ]

    def all_codes(self) -> list[str]:
        return [self.code(place) for place in range(self.size)]

    def queries(self) -> list[str]:
        """One to three words as they follow each other in a name: plain or bare of diacritics, some cut short."""
        draw = random.Random(2)
        names = [row["name"] for row in self.rows[: self.size]]
        made: dict[str, None] = {}
        for _ in range(QUERIES * 50):
            words = re.findall(r"\w{2,}", draw.choice(names))
            count = draw.randint(1, 3)
            if len(words) < count or len(made) >= QUERIES:
                continue
            start = draw.randrange(len(words) - count + 1)
            picked = words[start : start + count]
            if draw.random() < 0.25 and len(picked[-1]) > 3:
                picked[-1] = picked[-1][: draw.randint(2, len(picked[-1]) - 1)]
            text = " ".join(picked)
            made[without_diacritics(text) if draw.random() < 0.5 else text] = None
        return list(made)

    def common_queries(self) -> list[str]:
        names = " | ".join(without_diacritics(row["name"].lower()) for row in self.rows[: self.size])
        known = [text for text in COMMON if without_diacritics(text) in names]
        return [form for text in known for form in (text, without_diacritics(text))]


def list_candidates(fields: list[str], units: list[str]) -> list[str]:
    """Addresses of lists: every filter alone, then pairs and triples in a random order; the first one has none."""
    def path(**filters: str) -> str:
        return "/v1/procedures" + ("?" + urlencode(filters) if filters else "")
    singles = [{"level": level} for level in LEVELS] + [{"field": field} for field in fields[:10]]
    singles += [{"unit": unit} for unit in units[:10]] + [{"channel": channel} for channel in CHANNELS]
    mixed = [{"level": a, "unit": b} for a, b in product(LEVELS, units)]
    mixed += [{"level": a, "field": b} for a, b in product(LEVELS, fields)]
    mixed += [{"unit": a, "channel": b} for a, b in product(units, CHANNELS)]
    mixed += [{"field": a, "level": b, "channel": c} for a, b, c in product(fields, LEVELS, CHANNELS)]
    random.Random(3).shuffle(mixed)
    return [path(**filters) for filters in [{}, *singles, *mixed]]


def search_path(text: str) -> str:
    return "/v1/procedures?" + urlencode({"q": text})


def in_words(number: int) -> str:
    return " ".join(DIGITS[int(digit)] for digit in str(number))


def without_diacritics(text: str) -> str:
    split = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")
