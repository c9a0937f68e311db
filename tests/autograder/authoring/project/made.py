"""Tables of labelled texts, made by dice, for tests of projects."""

import csv
import random

THEMES = {
    "food": "soup bread rice pasta cheese lemon butter salad",
    "money": "bank loan profit tax market share budget price",
    "sport": "goal match team coach league cup striker season",
}
COMMON = "the a of and with for today very new old big small is was we they you it on in"


def rows(count=210, classes=("money", "sport"), seed=3):
    """(text, label): eleven words, four of them of the label's theme; no text twice."""
    rng = random.Random(seed)
    found = {}
    while len(found) < count:
        label = classes[len(found) % len(classes)]
        words = [*rng.sample(THEMES[label].split(), 4), *rng.sample(COMMON.split(), 7)]
        found.setdefault(" ".join(rng.sample(words, 11)).capitalize() + ".", label)
    return list(found.items())


def write(path, table, header=("text", "label")):
    """The table as a CSV, or a TSV by its name. Returns the path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writerows([header, *table])
    return path


def han_rows(count=210, classes=("差评", "好评"), seed=5):
    """(text, label): forty Chinese letters without a space, most of them the label's; no text twice."""
    rng = random.Random(seed)
    found = {}
    while len(found) < count:
        label = classes[len(found) % len(classes)]
        first = 0x4E00 + 50 * classes.index(label)
        found.setdefault("".join(chr(first + rng.randrange(60)) for _ in range(40)), label)
    return list(found.items())
