"""Reuters newswires in 46 topics, as word ids the way Keras gives them; or a substitute with the same ids of topics.

974 stories of the canonical files (and of those rebuilt like them) have no body of their own and carry the next story's:
noise in the labels that no model can learn.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, letters
from course_utils.data.choose import Choice, choose
from course_utils.data.ids import (
    Lists,
    Numbered,
    Split,
    keras_order,
    rank_words,
    read_options,
    resolve,
    split_of,
    vocabulary,
)

if TYPE_CHECKING:
    import numpy as np

    from course_utils.data.fetch import Found

NAME = "reuters"
TEST_SHARE = 0.2  # of the shuffled stories: the last ones
#: The topics in the order of their ids, as in keras.datasets.reuters.get_label_names.
TOPICS = (
    *("cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee"),
    *("sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx"),
    *("interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin", "strategic-metal", "livestock", "retail"),
    *("ipi", "iron-steel", "rubber", "heat", "jobs", "lei", "bop", "zinc", "orange", "pet-chem"),
    *("dlr", "gas", "silver", "wpi", "hog", "lead"),
)


class Newswires(Lists):
    """Newswires as ids; 0 to 45 is a topic: `(x_train, y_train), (x_test, y_test) = load_reuters()`."""


def load_reuters(num_words: int | None = 10_000) -> Newswires:
    """Load the newswires as ids, shuffled, split (one in five to test) and numbered as `keras.datasets.reuters` does it.

    x is an object array (n,) of lists of int: 1 starts a story, 2 stands for a word that is not among the ids below
    `num_words`, and a word of rank r has the id r + 3. y is (n,) int64, 0 to 45. `num_words=None` keeps every word (Keras
    then drops the rarest one). Raises DataUnavailable, listing what was tried, and ValueError for fewer than 4 words.
    """
    num_words = vocabulary(num_words)
    stories = _announced()
    train, test = stories.lists(num_words)
    return Newswires(train, test, stories.source, stories.canonical)


def is_canonical() -> bool:
    """Whether the canonical stories are in use, and not the substitute's. Raises DataUnavailable where neither can be had."""
    return _announced().canonical


def reuters_word_index() -> dict[str, int]:
    """Word -> rank, 1 for the most frequent word; in `load_reuters` its id is the rank + 3. A fresh dict each time."""
    return dict(_announced().word_index)


def reuters_topics() -> list[str]:
    """The names of the 46 topics: topic number i is called `reuters_topics()[i]`. Needs no file."""
    return list(TOPICS)


def resolve_reuters(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Stories `start` to `stop`: "x" as id lists, or with encode="multi_hot" as (n, num_words) uint8; "y" as int64."""
    read_options(NAME, options)  # a wrong option is refused before anything is fetched
    return resolve(NAME, _announced().splits, split, column, (start, stop), options)


def prepare(refresh: bool = False) -> str:
    """Have the files on this disk without reading them; return the line on their source."""
    return _choose(refresh).source


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _stories.cache_clear()


def _announced() -> Numbered:
    stories = _stories()
    cache.say(stories.source)
    return stories


@functools.cache
def _stories() -> Numbered:
    choice = _choose()
    return _read_original(choice) if choice.canonical else _read_substitute(choice)


def _choose(refresh: bool = False) -> Choice:
    return choose("reuters", refresh, _one_edition)


def _one_edition(files: Mapping[str, Found]) -> str:
    """Ids of one edition mean nothing with the words of the other."""
    ids, words = (files[name].what for name in ("reuters.npz", "reuters_word_index.json"))
    return "" if ids == words else f"the ids are {ids}, but their word index is {words}"


def _read_original(choice: Choice) -> Numbered:
    import numpy as np

    npz, index = (choice.files[name] for name in ("reuters.npz", "reuters_word_index.json"))
    # the arrays are pickled lists; `read` has just compared these very bytes with the manifest's hashes
    with np.load(io.BytesIO(npz.read()), allow_pickle=True) as arrays:
        x, y = arrays["x"], arrays["y"]
    return Numbered(_shuffled(x, y), json.loads(index.read()), choice.source, canonical=True)


def _read_substitute(choice: Choice) -> Numbered:
    """Ids made from the text of R52, its two parts together: Keras' split is a random one, R52's goes by date."""
    import numpy as np

    numbers = {topic: number for number, topic in enumerate(TOPICS)}
    both = [*letters.read(choice.files, letters.WIRES, "train"), *letters.read(choice.files, letters.WIRES, "test")]
    wires = [(numbers[topic], text.split()) for topic, text in both if topic in numbers]
    index = rank_words(words for _, words in wires)
    x = np.empty(len(wires), object)
    x[:] = [[index[word] for word in words] for _, words in wires]
    return Numbered(_shuffled(x, np.array([y for y, _ in wires])), index, choice.source, canonical=False)


def _shuffled(x: np.ndarray, y: np.ndarray) -> dict[str, Split]:
    (order,) = keras_order(len(y))
    end = int(len(y) * (1 - TEST_SHARE))
    return {name: split_of(x[rows], y[rows]) for name, rows in (("train", order[:end]), ("test", order[end:]))}
