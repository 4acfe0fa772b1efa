"""What a comparison finds: faults, and how many cells were compared."""

from added_up import Cells

MOST_SHOWN = 40

faults: list[str] = []
compared = 0


def expect(holds: object, message: str) -> None:
    """Notes a fault unless it holds."""
    if not holds:
        faults.append(message)


def compare(what: str, found: Cells, wanted: Cells) -> None:
    """Cells that are not there are 0; rows have to be the same."""
    global compared
    for key in sorted(found.keys() | wanted.keys()):
        compared += 1
        pair = found.get(key, 0), wanted.get(key, 0)
        expect(pair[0] == pair[1], f"{what}: {key[0]} / {key[1]} is {pair[0]}, the records come to {pair[1]}")
    rows = {row for row, _ in found}, {row for row, _ in wanted}
    expect(rows[0] == rows[1], f"{what}: rows that only one has: {sorted(rows[0] ^ rows[1])}")


def cells_in(roll_up: dict) -> Cells:
    return {(cell["row"], cell["column"]): cell["value"] for cell in roll_up["cells"]}


def closing(suite: str, more: str) -> int:
    """Prints what was found; the exit code."""
    for fault in faults[:MOST_SHOWN]:
        print(fault)
    outcome = f"{len(faults)} faults" if faults else "all equal"
    print(f"{suite}: {compared} cells compared, {outcome} ({more})")
    return 1 if faults or not compared else 0
