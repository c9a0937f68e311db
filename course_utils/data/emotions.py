"""GoEmotions: comments from Reddit, each with one or several of 27 emotions, or neutral (Demszky and others, 2020)."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, fetch
from course_utils.data.archive import members
from course_utils.data.choose import original_line
from course_utils.data.manifest import data_set
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import numpy as np

NAME = "goemotions"
#: Part -> its file in the archive.
FILES = {"train": "goemotions_train.tsv", "validation": "goemotions_dev.tsv", "test": "goemotions_test.tsv"}
LABELS = "goemotions_labels.txt"


@dataclass(frozen=True)
class Emotions:
    """Texts with several labels. Unpacks as `(texts, y), (val_texts, y_val), (test_texts, y_test) = goemotions()`."""

    train: tuple[list[str], np.ndarray]  # texts: n; y: (n, 28) uint8, 1 for each emotion that the text has
    validation: tuple[list[str], np.ndarray]
    test: tuple[list[str], np.ndarray]
    classes: tuple[str, ...]  # the name of column number i
    source: str  # one line: which source these came from

    def __iter__(self) -> Iterator[tuple[list[str], np.ndarray]]:
        return iter((self.train, self.validation, self.test))


def goemotions() -> Emotions:
    """Load the comments: 43,410 to train, 5,426 to validate, 5,427 to test, each with at least one of 28 labels.

    The comments are as people wrote them: some are rude, and names are replaced by [NAME].
    """
    emotions = _read()
    cache.say(emotions.source)
    train, validation, test = ((list(texts), y.copy()) for texts, y in emotions)
    return replace(emotions, train=train, validation=validation, test=test)


def resolve_goemotions(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Rows of "train", "validation" or "test": "text" as a list of str, "labels" as (n, 28) uint8."""
    no_options(NAME, options)
    parts = zip(FILES, _read(), strict=True)
    splits = {name: {"text": texts, "labels": y} for name, (texts, y) in parts}
    return rows_of(NAME, splits, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the embedded file; return the line on it."""
    return original_line(NAME, fetch.find_all(data_set(NAME)))


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _read.cache_clear()


@functools.cache
def _read() -> Emotions:
    files = fetch.find_all(data_set(NAME))
    (found,) = files.values()
    texts = members(found)
    classes = tuple(texts[LABELS].split())
    train, validation, test = (_part(texts[file], len(classes)) for file in FILES.values())
    return Emotions(train, validation, test, classes, original_line(NAME, files))


def _part(table: str, classes: int) -> tuple[list[str], np.ndarray]:
    """The rows of a file: text, numbers of its labels with commas between, id of the comment; tabs between."""
    import numpy as np

    rows = [line.split("\t") for line in table.split("\n") if line]
    y = np.zeros((len(rows), classes), np.uint8)
    for row, (_, labels, _) in zip(y, rows, strict=True):
        row[[int(label) for label in labels.split(",")]] = 1
    return [text for text, _, _ in rows], y
