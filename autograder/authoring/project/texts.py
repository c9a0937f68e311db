"""From an instructor's file to what learners get and what the grader keeps: cleaned, drawn, split by the course's secret."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.limits import MAX_PROJECT_CLASSES, MAX_PROJECT_DIRT, MAX_PROJECT_TEXT, MAX_PROJECT_TEXTS
from course_utils.refused import Refused
from course_utils.zoo.text.read import Labelled, read
from course_utils.zoo.text.tokens import words

SHARE = 0.2  # of the different texts of each class that is held out
LEAST_TEXTS = 200  # different ones: with fewer, one held-out text is more than two and a half points
LEAST_OF_A_CLASS = 10  # different texts: two to hold out
LOOKED_AT = 1_000  # texts that tell whether words are letters here
SEED = 0  # of the order in which an answer gets its training texts: another one than the file's, which may be by class


@dataclass(frozen=True)
class Part:
    """Texts and the numbers of their classes, an (n,) array of integers."""

    texts: list[str]
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Prepared:
    """A file's texts, ready for a project."""

    names: list[str]  # of the classes, in alphabetical order
    shown: Labelled  # what learners get: the rows of the file without held-out texts and their copies
    training: Part  # what stays of these once they are cleaned: what the grader trains on
    held_out: Part
    counts: dict[str, int] = field(default_factory=dict)  # what was found: rows, empty, copies, ...
    by_characters: bool = False  # whether a letter, not a word between spaces, is what to read


def key_of(text: str) -> str:
    """What two texts share if they are the same but for capitals, spaces and signs: their letters and digits."""
    return "".join(filter(str.isalnum, text.lower()))


def prepare(
    path: Path, secret: str, text_column: str | None = None, label_column: str | None = None, skip_bad: bool = False
) -> Prepared:
    """Read a CSV or TSV of labelled texts, clean it and split it. `secret` decides which texts are held out.

    Raises Refused, with the value and the remedy, where no project can be made of the file.
    """
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise Refused(f"{path} is no .csv and no .tsv; save the table as one, with a header, in UTF-8")
    found = read([path], text_column=text_column, label_column=label_column, skip_bad=skip_bad)
    long = sum(len(text) > MAX_PROJECT_TEXT for text in found.texts)
    found.texts = [text[:MAX_PROJECT_TEXT] for text in found.texts]
    groups, counts = _grouped(found)
    counts["cut"] = long
    _require_classes(path, groups)
    rng = np.random.default_rng(random.Random(secret).getrandbits(64))
    kept = _drawn(groups, rng)
    counts["drawn"] = sum(map(len, kept.values()))
    held = {key for keys in kept.values() for key in rng.permutation(sorted(keys))[: round(SHARE * len(keys))].tolist()}
    return _parted(found, groups, kept, held, counts)


@dataclass
class _Groups:
    """The rows of each different text, by its key; and the rows that no class can have."""

    rows: dict[str, list[int]]  # key -> rows, the first one first
    label: dict[str, str]  # key -> label
    empty: list[int]
    torn: list[list[int]]  # for each text that stands there with two labels its rows


def _grouped(found: Labelled) -> tuple[_Groups, dict[str, int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(found.texts):
        rows[key_of(text)].append(place)
    empty = rows.pop("", [])
    with_two = [key for key, places in rows.items() if len({found.labels[place] for place in places}) > 1]
    torn = [rows.pop(key) for key in with_two]
    label = {key: found.labels[places[0]][0] for key, places in rows.items()}
    counts = {
        "rows": len(found),
        "empty": len(empty),
        "copies": sum(len(places) - 1 for places in rows.values()),
        "with_two_labels": sum(map(len, torn)),
        "different": len(rows),
    }
    return _Groups(dict(rows), label, empty, torn), counts


def cleaned(texts: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stays of a table: no empty text, none that stands there with two labels, of each other text its first row."""
    groups, _ = _grouped(Labelled(list(texts), [(label,) for label in labels]))
    rows = sorted(places[0] for places in groups.rows.values())
    return [texts[row] for row in rows], [labels[row] for row in rows]


def _require_classes(path: Path, groups: _Groups) -> None:
    sizes = Counter(groups.label.values())
    if len(groups.rows) < LEAST_TEXTS:
        words = f"{path} has {len(groups.rows)} different texts with one label; {LEAST_TEXTS} are the least"
        raise Refused(f"{words}: add texts (copies, empty texts and texts with two labels do not count)")
    if len(sizes) < 2:
        raise Refused(f"{path} has one class, {_named(sizes)}; two are the least: is --label-column the right one?")
    if len(sizes) > MAX_PROJECT_CLASSES:
        words = f"{path} has {len(sizes)} classes; {MAX_PROJECT_CLASSES} are the most"
        raise Refused(f"{words}: join some, or name the right column with --label-column")
    small = {name: n for name, n in sizes.items() if n < LEAST_OF_A_CLASS}
    if small:
        words = f"{path}: too few different texts of {_named(small)}; {LEAST_OF_A_CLASS} of each class are the least"
        raise Refused(f"{words}: add texts, or join or remove these classes")


def _named(sizes: dict[str, int]) -> str:
    some = sorted(sizes)[:5]
    return ", ".join(f"{name[:40]!r} ({sizes[name]})" for name in some) + ", ..." * (len(sizes) > len(some))


def _drawn(groups: _Groups, rng: np.random.Generator) -> dict[str, list[str]]:
    """Label -> the keys of its texts that the project uses: all, or as many as there is room for, each class its share."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for key, label in groups.label.items():
        by_label[label].append(key)
    share = min(1.0, MAX_PROJECT_TEXTS / len(groups.label))
    return {
        label: [keys[i] for i in sorted(rng.permutation(len(keys))[: max(LEAST_OF_A_CLASS, int(share * len(keys)))])]
        for label, keys in sorted(by_label.items())
    }


def _parted(
    found: Labelled, groups: _Groups, kept: dict[str, list[str]], held: set[str], counts: dict[str, int]
) -> Prepared:
    trained = [key for keys in kept.values() for key in keys if key not in held]
    rows = sorted([*_dirt(groups), *(row for key in trained for row in groups.rows[key])])
    shown = found.take(rows)
    once = cleaned(shown.texts, [label for (label,) in shown.labels])
    away = [groups.rows[key][0] for key in sorted(held)]
    names = sorted(kept)
    training = _part(*once, names, np.random.default_rng(SEED))
    held_out = _part([found.texts[row] for row in away], [found.labels[row][0] for row in away], names)
    counts |= {"training": len(training), "held_out": len(held_out), "given_out": len(shown)}
    return Prepared(names, shown, training, held_out, counts, reads_characters(training.texts))


def _dirt(groups: _Groups) -> list[int]:
    """The rows that learners find to be of no use: some of the empty ones, and of the texts with two labels, each whole."""
    rows = groups.empty[:MAX_PROJECT_DIRT]
    for places in groups.torn:
        if len(rows) + len(places) <= 2 * MAX_PROJECT_DIRT:
            rows = [*rows, *places]
    return rows


def _part(texts: list[str], labels: list[str], names: list[str], rng: np.random.Generator | None = None) -> Part:
    """Texts with the numbers of their classes, in the order that `rng` draws."""
    order = np.arange(len(texts)) if rng is None else rng.permutation(len(texts))
    return Part([texts[i] for i in order], np.array([names.index(labels[i]) for i in order]))


def reads_characters(texts: Iterable[str]) -> bool:
    """Whether most letters of the texts belong to a script without spaces, or to Hangul, whose words change at their ends."""
    letters = unspaced = 0
    for text in list(texts)[:LOOKED_AT]:
        found = words(text)
        letters += sum(map(len, found))
        unspaced += sum(
            len(word) for word in found if not word.isascii() and (len(word) == 1 or "\uac00" <= word[0] <= "\ud7a3")
        )
    return 2 * unspaced > letters


def report(prepared: Prepared) -> Sequence[str]:
    """What was done to the file, a line each, for whoever runs the command."""
    n = prepared.counts
    lines = [f"{n['rows']:,} rows, {n['different']:,} different texts in {len(prepared.names)} classes"]
    told = {
        "empty": "rows without a letter or a digit",
        "copies": "rows that repeat an earlier text (capitals, spaces and signs do not count)",
        "with_two_labels": "rows whose text stands there with two labels",
    }
    lines += [f"left out: {n[fact]:,} {words}" for fact, words in told.items() if n[fact]]
    if n["drawn"] < n["different"]:
        lines.append(f"drawn: {n['drawn']:,} of the different texts, each class its share: more take too long to learn")
    if n["cut"]:
        lines.append(
            f"cut: {n['cut']:,} texts are longer than {MAX_PROJECT_TEXT:,} characters; the rest of each is left out"
        )
    reads = "characters" if prepared.by_characters else "words"
    return [*lines, f"{n['training']:,} to train on, {n['held_out']:,} held out; read by {reads}"]
