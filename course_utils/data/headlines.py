"""AG's News: headlines and first sentences of news in four classes, as Zhang, Zhao and LeCun (2015) used them."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, fetch, letters
from course_utils.data.choose import Choice, choose, original_line
from course_utils.data.manifest import data_set
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import numpy as np

NAME = "ag_news"
CLASSES = ("World", "Sports", "Business", "Sci/Tech")
TEST, TRAIN = "ag_news_test.csv", "ag_news_train.csv"  # the files' names in the manifest
SEED = 2015  # of everything drawn here
TRAIN_SIZES = (3_665, 3_646, 3_678, 3_558)  # of the classes in the small training set: 14,547 texts
#: The substitute's classes: files, kinds of text in them, and what each gives to train and to test.
STAND_INS = (
    (letters.POSTS, ("talk.politics.",)),
    (letters.POSTS, ("rec.sport.",)),
    (letters.WIRES, letters.BUSINESS),
    (letters.POSTS, ("sci.", "comp.")),
)
STAND_IN_SIZES = {"train": 1_000, "test": 700}  # texts a class
STAND_IN_WORDS = 40  # about the length of a text of AG's News


@dataclass(frozen=True)
class News:
    """Labelled news. Unpacks as `(train_texts, y_train), (test_texts, y_test) = ag_news()`."""

    train: tuple[list[str], np.ndarray]  # texts: n; y: (n,) int64, 0 to 3
    test: tuple[list[str], np.ndarray]
    classes: tuple[str, ...]  # the name of class number i
    source: str  # one line: which source these came from
    canonical: bool  # real texts of AG's News; False for the substitute

    def __iter__(self) -> Iterator[tuple[list[str], np.ndarray]]:
        return iter((self.train, self.test))


def ag_news(full: bool = False) -> News:
    """Load AG's News: title and description, joined with a space, and their classes, 0 to 3.

    7,600 texts to test, 1,900 a class. To train there are 14,547, about a quarter of them in each class, or with `full`
    all 120,000. Where only the full file can be had (29 MB), the small set is drawn from it, with a fixed seed. Raises
    DataUnavailable, listing what was tried; for `full` also where nothing but the small set or a substitute can be had.
    """
    news = _news(bool(full))
    cache.say(news.source)
    train, test = ((list(texts), y.copy()) for texts, y in news)
    return replace(news, train=train, test=test)


def resolve_ag_news(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Texts `start` to `stop`: "text" as a list of str, "label" as (n,) int64. The option `full` is that of `ag_news`."""
    no_options(NAME, options, ("full",))
    news = _news(bool(options.get("full", False)))
    cache.say(news.source)
    parts = {"train": news.train, "test": news.test}
    splits = {name: {"text": texts, "label": y} for name, (texts, y) in parts.items()}
    return rows_of(NAME, splits, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the files on this disk without reading them; return the line on their source."""
    return choose("ag_news", refresh).source


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _news.cache_clear()


@functools.cache
def _news(full: bool) -> News:
    if full:
        return _read_full()
    choice = choose("ag_news")
    return _read_original(choice) if choice.canonical else _read_substitute(choice)


def _read_full() -> News:
    wanted = data_set(NAME)
    files = fetch.find_all(replace(wanted, files=tuple(replace(file, also=()) for file in wanted.files)))
    return News(_read(files[TRAIN]), _read(files[TEST]), CLASSES, original_line(NAME, files), True)


def _read_original(choice: Choice) -> News:
    import numpy as np

    texts, y = _read(choice.files[TRAIN])
    if np.any(np.bincount(y, minlength=4) > TRAIN_SIZES):
        rng = np.random.RandomState(SEED)
        drawn = [rng.permutation(np.flatnonzero(y == label))[:size] for label, size in enumerate(TRAIN_SIZES)]
        rows = np.sort(np.concatenate(drawn))
        texts, y = [texts[row] for row in rows], y[rows]
    return News((texts, y), _read(choice.files[TEST]), CLASSES, choice.source, True)


def _read(found: fetch.Found) -> tuple[list[str], np.ndarray]:
    """Texts and classes of a file: class, title, description without a header, or class and text under one.

    A backslash stands for a line break that the file's maker took out, or is one of the text's own; it is left as it is.
    """
    import numpy as np

    lines = csv.reader(io.StringIO(found.read().decode("utf-8"), newline=""))
    rows = [row for row in lines if row and row[0].strip().isdigit()]  # the header has no number
    # where title and description come joined already, two thirds of them are joined with " . " instead of a space
    texts = [" ".join(row[1:]) if len(row) > 2 else row[1].replace(" . ", " ", 1) for row in rows]
    return texts, np.array([int(row[0]) - 1 for row in rows], np.int64)


def _read_substitute(choice: Choice) -> News:
    import numpy as np

    rng = np.random.RandomState(SEED)
    parts = []
    seen: set[str] = set()  # some texts begin alike in both parts; those to test must be new
    for split, size in STAND_IN_SIZES.items():
        texts, y = [], []
        for label, (name, kinds) in enumerate(STAND_INS):
            of_class = letters.of_kinds(letters.read(choice.files, name, split), kinds, STAND_IN_WORDS)
            of_class = list(letters.some([text for text in of_class if text not in seen], size, rng))
            texts += of_class
            y += [label] * len(of_class)
        seen.update(texts)
        order = rng.permutation(len(texts))
        parts.append(([texts[i] for i in order], np.array(y, np.int64)[order]))
    train, test = parts
    return News(train, test, CLASSES, choice.source, False)
