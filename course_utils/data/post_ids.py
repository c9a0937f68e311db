"""The posts of the set "newsgroups" as word ids, without what gives a group away: headers, signatures and quotes are taken out."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from course_utils.data import cache
from course_utils.data.posts import newsgroups
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NAME = "newsgroup_ids"
NUM_WORDS = 20_000  # ids, the two marks included
LENGTH = 300  # words of a post that are kept
PADDING, UNKNOWN = 0, 1
SEED = 1993  # of the order of the posts: the archive is sorted by group
WORD = re.compile(r"[a-z]+|[0-9]+")  # in a text of lower case


@dataclass(frozen=True)
class PostIds:
    """Posts as ids. Unpacks as `(x_train, y_train), (x_test, y_test) = newsgroup_ids()`."""

    train: tuple[np.ndarray, np.ndarray]  # x: (n, 300) int32; y: (n,) int64, 0 to 19
    test: tuple[np.ndarray, np.ndarray]
    words: tuple[str, ...]  # word number i; 0 is the padding, 1 any word that has no number
    groups: tuple[str, ...]  # the name of group number i
    source: str  # one line: which source these came from
    canonical: bool  # the real posts; False for the substitute

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return iter((self.train, self.test))


def newsgroup_ids() -> PostIds:
    """Load the posts as ids: scikit-learn's strippers take headers, signatures and quotes out, then words are numbered.

    A word is a run of letters a to z, or of digits, in lower case. The 19,998 commonest words of the posts to train on
    have the ids from 2 on, 2 the commonest; of each post the first 300 words are kept, and 0 fills up what is shorter. A
    post that has no word left is one unknown word. Both parts are in an order that was drawn once. Raises DataUnavailable,
    listing what was tried.
    """
    posts = _ids()
    cache.say(posts.source)
    train, test = ((x.copy(), y.copy()) for x, y in posts)
    return replace(posts, train=train, test=test)


def resolve_newsgroup_ids(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Posts `start` to `stop`: "x" as (n, 300) int32, "y" as (n,) int64."""
    no_options(NAME, options)
    posts = _ids()
    cache.say(posts.source)
    parts = {"train": posts.train, "test": posts.test}
    return rows_of(NAME, {name: {"x": x, "y": y} for name, (x, y) in parts.items()}, split, column, start, stop)


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _ids.cache_clear()


@functools.cache
def _ids() -> PostIds:
    frame = newsgroups()
    canonical = frame.attrs["canonical"]
    groups = tuple(sorted(frame["group"].unique()))
    frame["label"] = frame["group"].map(groups.index)
    train, test = (_shuffled(frame[frame["split"] == split], canonical) for split in ("train", "test"))
    counted = Counter(word for words in train[0] for word in words)
    common = [word for word, _ in counted.most_common(NUM_WORDS - 2)]
    number = {word: i for i, word in enumerate(common, start=2)}
    words = ("", "[unknown]", *common)
    train_ids, test_ids = ((_rows(texts, number), labels) for texts, labels in (train, test))
    return PostIds(train_ids, test_ids, words, groups, frame.attrs["source"], canonical)


def _shuffled(frame: pd.DataFrame, canonical: bool) -> tuple[list[list[str]], np.ndarray]:
    """The words of each post and the labels, in an order drawn once. The substitute has nothing that could be taken out."""
    import numpy as np

    frame = frame.iloc[np.random.default_rng(SEED).permutation(len(frame))]
    texts = map(_stripped, frame["text"]) if canonical else frame["text"]
    return [WORD.findall(text.lower()) for text in texts], frame["label"].to_numpy("int64")


def _stripped(text: str) -> str:
    from sklearn.datasets import _twenty_newsgroups as strippers

    text = strippers.strip_newsgroup_footer(strippers.strip_newsgroup_header(text))
    return strippers.strip_newsgroup_quoting(text)


def _rows(texts: Iterable[list[str]], number: dict[str, int]) -> np.ndarray:
    """(n, LENGTH) int32 ids of the first words, padded behind."""
    import numpy as np

    texts = list(texts)
    rows = np.full((len(texts), LENGTH), PADDING, "int32")
    for row, words in zip(rows, texts, strict=True):
        ids = [number.get(word, UNKNOWN) for word in words[:LENGTH]] or [UNKNOWN]
        row[: len(ids)] = ids
    return rows
