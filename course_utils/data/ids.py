"""Texts as lists of word ids in Keras' numbering, kept as two flat arrays until somebody asks for lists.

1 starts a text, 2 stands for a word that is not among the ids below `num_words`, and a word of rank r has the id r + 3.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

START, UNKNOWN, INDEX_FROM = 1, 2, 3  # a text's first id; a word beyond num_words; what is added to a word's rank
KERAS_SEED = 113  # of the shuffles in keras.datasets.imdb and keras.datasets.reuters


@dataclass(frozen=True)
class Split:
    """Texts one after another: `ranks[starts[i]:starts[i + 1]]` are text i's word ranks, `y[i]` its label."""

    ranks: np.ndarray  # (words,) int32, 1 is the most frequent word
    starts: np.ndarray  # (texts + 1,) int64
    y: np.ndarray  # (texts,) int64

    def ids(self, num_words: int | None, start: int = 0, stop: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Ids of texts `start` to `stop`, without the start id: (words,), and their lengths: (texts,)."""
        start, stop, _ = slice(start, stop).indices(len(self.y))
        bounds = self.starts[start : max(start, stop) + 1]
        ids = self.ranks[bounds[0] : bounds[-1]] + INDEX_FROM
        if num_words is not None:
            ids[ids >= num_words] = UNKNOWN
        return ids, bounds[1:] - bounds[:-1]

    def lists(self, num_words: int | None, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Texts `start` to `stop` as an object array (n,) of lists of Python ints, each with the start id."""
        import numpy as np

        flat, lengths = self.ids(num_words, start, stop)
        numbers = np.arange(flat.max(initial=0) + 1).astype(object)  # one Python int for each id, shared by all lists
        words = numbers[flat].tolist()
        lists = np.empty(len(lengths), object)
        end = 0
        for i, length in enumerate(lengths.tolist()):
            lists[i] = [START, *words[end : end + length]]
            end += length
        return lists

    def multi_hot(self, num_words: int, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Texts `start` to `stop` as (n, num_words) uint8: 1 in the column of each id that the text has."""
        import numpy as np

        flat, lengths = self.ids(num_words, start, stop)
        hot = np.zeros((len(lengths), num_words), np.uint8)
        hot[:, START] = 1
        hot[np.repeat(np.arange(len(lengths)), lengths), flat] = 1
        return hot


@dataclass(frozen=True)
class Lists:
    """A set of texts as lists of ids. Unpacks like Keras' result: `(x_train, y_train), (x_test, y_test) = ...`."""

    train: tuple[np.ndarray, np.ndarray]  # x: (n,) of lists of int; y: (n,) of labels, from 0
    test: tuple[np.ndarray, np.ndarray]
    source: str  # one line: which source these came from
    canonical: bool  # the canonical texts and split; False for the substitute

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return iter((self.train, self.test))


@dataclass(frozen=True)
class Numbered:
    """A set's splits in Keras' order, the word index, and where they came from."""

    splits: dict[str, Split]
    word_index: dict[str, int]
    source: str
    canonical: bool

    def lists(self, num_words: int | None) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """x and y to train on, x and y to test with: freshly made."""
        train, test = ((split.lists(num_words), split.y.copy()) for split in self.splits.values())
        return train, test


def split_of(texts: Iterable[list[int]], y: Any) -> Split:
    """A split of these lists of ranks and labels."""
    import numpy as np

    starts = np.zeros(len(y) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=starts[1:])
    ranks = np.fromiter(chain.from_iterable(texts), np.int32, starts[-1])
    return Split(ranks, starts, np.asarray(y, np.int64))


def vocabulary(num_words: int | None) -> int | None:
    """`num_words` as an int, or None for every word. Raises ValueError where it leaves no word."""
    if num_words is None:
        return None
    num_words = operator.index(num_words)
    if num_words <= INDEX_FROM:
        raise ValueError(f"num_words={num_words} leaves no word: ids below {INDEX_FROM + 1} have other meanings")
    return num_words


def resolve(
    name: str, splits: dict[str, Split], split: str, column: str, rows: tuple[int, int | None], options: dict[str, Any]
) -> Any:
    """Rows of a column: "x" as a list of id lists, or with encode="multi_hot" as (n, num_words) uint8; "y" as int64.

    Raises ValueError, naming the set `name`, for a split, a column or an option that it does not have.
    """
    num_words, encode = read_options(name, options)
    if split not in splits:
        raise ValueError(f"{name} has no split {split!r}; it has {' and '.join(splits)}")
    if column == "y":
        return splits[split].y[slice(*rows)].copy()
    if column != "x":
        raise ValueError(f"{name} has no column {column!r}; it has x and y")
    if encode is None:
        return splits[split].lists(num_words, *rows).tolist()
    if num_words is None:
        raise ValueError("multi_hot needs num_words: it is the width of the array")
    return splits[split].multi_hot(num_words, *rows)


def read_options(name: str, options: dict[str, Any]) -> tuple[int | None, str | None]:
    """The options num_words (10,000 unless given) and encode. Raises ValueError for others, and for other values."""
    options = dict(options)
    num_words = vocabulary(options.pop("num_words", 10_000))
    encode = options.pop("encode", None)
    if options:
        raise ValueError(f"{name} has no option {next(iter(options))!r}; it has num_words and encode")
    if encode not in (None, "multi_hot"):
        raise ValueError(f"{name} cannot be encoded as {encode!r}; only as 'multi_hot'")
    return num_words, encode


def rank_words(texts: Iterable[list[str]]) -> dict[str, int]:
    """Word -> rank by frequency, 1 for the most frequent; of equals the one that comes first in the texts."""
    counts = Counter(chain.from_iterable(texts))
    return {word: rank for rank, (word, _) in enumerate(counts.most_common(), start=1)}


def keras_order(*sizes: int) -> list[np.ndarray]:
    """The orders into which Keras shuffles splits of these sizes, with one generator for all."""
    import numpy as np

    rng = np.random.RandomState(KERAS_SEED)
    orders = [np.arange(size) for size in sizes]
    for order in orders:
        rng.shuffle(order)
    return orders
