"""GloVe word vectors: the most frequent words of GloVe 6B, 100 numbers each, embedded in the course."""

from __future__ import annotations

import functools
import io
import operator
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, fetch
from course_utils.data.choose import original_line
from course_utils.data.manifest import data_set
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import numpy as np

EMBEDDED = 10_000  # words in the course's own file
LARGE = 20_000  # words in the file that a mirror may hold
DIMENSIONS = 100


def glove(words: int = EMBEDDED) -> tuple[list[str], np.ndarray]:
    """The `words` most frequent words, and their vectors: (words, 100) float32, rounded to float16 on the way.

    10,000 words lie in the course itself; up to 20,000 can be had from a mirror. Raises ValueError for fewer than 1 or
    more than 20,000, and DataUnavailable for more than 10,000 where no mirror has them.
    """
    words = operator.index(words)
    if not 1 <= words <= LARGE:
        raise ValueError(f"words={words}: from 1 to {LARGE:,} words are available")
    known, vectors, source = _read("glove" if words <= EMBEDDED else "glove_large")
    cache.say(source)
    return known[:words], vectors[:words].astype("float32")


def load_vectors(words: int = EMBEDDED) -> dict[str, np.ndarray]:
    """Word -> vector, (100,) float32, for the `words` most frequent words. The words are in lower case."""
    return dict(zip(*glove(words), strict=True))


def resolve_glove(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Rows of the one split "all" of the embedded words: "words" as a list of str, "vectors" as (n, 100) float32."""
    no_options("glove", options)
    words, vectors = glove()
    return rows_of("glove", {"all": {"words": words, "vectors": vectors}}, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the embedded file; return the line on it."""
    return original_line("glove", fetch.find_all(data_set("glove")))


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _read.cache_clear()


@functools.cache
def _read(name: str) -> tuple[list[str], np.ndarray, str]:
    """Words, vectors (n, 100) float16, and the line on their source."""
    import numpy as np

    files = fetch.find_all(data_set(name))
    (found,) = files.values()
    with np.load(io.BytesIO(found.read()), allow_pickle=False) as arrays:
        words, vectors = arrays["words"], arrays["vectors"]
    # the embedded file holds its words as bytes, a word a line: a quarter of the size of an array of text
    words = words.tobytes().decode().split("\n") if words.dtype == np.uint8 else words.tolist()
    return words, vectors, original_line(name, files)
