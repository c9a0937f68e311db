"""From texts to the ids that a model reads, and from its answers to names of labels; saved inside the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from course_utils.limits import MAX_VOCABULARY
from course_utils.zoo.text.tokens import SEPARATOR, first_words, fnv1a_of_all, sentences

PADDING, UNKNOWN = 0, 1  # ids
FIRST = 2  # id of the most frequent word
AT_A_TIME = 2_000  # texts whose words lie in memory together
LETTERS = 1_000  # of a word that go into the hash of a pair of words: a file without spaces is one word
LEAST = 2  # times that a word must occur to be in it


@dataclass
class Pipeline:
    """How texts become ids. `words`: the vocabulary, the most frequent first; they have the ids 2, 3, ...

    `length`: words of a text that are read. With `sentence_length` a text is laid out as sentences of so many places, `length`
    places in all. With `ngrams` of 2 or more, runs of 2 to `ngrams` words follow the words, hashed into `buckets` ids.
    """

    words: list[str]
    length: int
    sentence_length: int = 0
    ngrams: int = 1
    buckets: int = 0
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.ngrams > 1 and not self.buckets:
            raise ValueError(f"ngrams={self.ngrams} need buckets, for example buckets=200_000")
        if self.sentence_length and self.length % self.sentence_length:
            raise ValueError(f"length={self.length} is no multiple of sentence_length={self.sentence_length}")
        self._ids = {word: FIRST + place for place, word in enumerate(self.words)}

    @property
    def vocabulary(self) -> int:
        """How many ids words can have, padding and the unknown word among them."""
        return FIRST + len(self.words)

    @property
    def width(self) -> int:
        """Ids of a text: its words, and its n-grams."""
        return sum(max(self.length - n + 1, 0) for n in range(1, self.ngrams + 1))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), width) int32. A text without a word is one unknown word: there is always something to read."""
        ids = np.zeros((len(texts), self.width), "int32")
        for at in range(0, len(texts), AT_A_TIME):
            self._encode_into(ids[at : at + AT_A_TIME], texts[at : at + AT_A_TIME])
        return ids

    def _encode_into(self, ids: np.ndarray, texts: Sequence[str]) -> None:
        tokens = [self._tokens(text) or [""] for text in texts]
        numbers: dict[str | None, int] = {}  # one for each different word, which is looked up once
        flat = np.array([numbers.setdefault(word, len(numbers)) for found in tokens for word in found], "int32")
        there = np.arange(self.length) < np.fromiter(map(len, tokens), "int32", len(tokens))[:, None]
        known = [PADDING if word is None else self._ids.get(word, UNKNOWN) for word in numbers]
        ids[:, : self.length][there] = np.array(known, "int32")[flat]
        if self.ngrams > 1:
            self._add_ngrams(ids, [SEPARATOR + (word or "")[:LETTERS].encode() for word in numbers], flat, there)

    def _tokens(self, text: str) -> list[Any]:
        """The words of a text, None for a place that stays empty."""
        if not self.sentence_length:
            return first_words(text, self.length)
        rows: list[Any] = []
        for sentence in sentences(text[: 60 * self.length]):
            found = first_words(sentence, self.sentence_length)
            if found and len(rows) < self.length:
                rows += found + [None] * (self.sentence_length - len(found))
        return rows[: self.length]

    def _add_ngrams(self, ids: np.ndarray, words: Sequence[bytes], flat: np.ndarray, there: np.ndarray) -> None:
        """Write hashed n-grams behind the words. The hash of a run of words goes on from that of the run without its last word.

        `words`: the different ones, each after a separator; `flat`: those of all texts, by number; `there`: where they stand.
        """
        numbers = np.zeros(there.shape, "int32")
        numbers[there] = flat
        values = fnv1a_of_all([word.removeprefix(SEPARATOR) for word in words])[numbers]  # (texts, length) uint64
        at = self.length
        for n in range(2, self.ngrams + 1):
            there, last = there[:, 1:], numbers[:, n - 1 :]
            values = values[:, :-1]
            values[there] = fnv1a_of_all(words, last[there], values[there])
            hashed = self.vocabulary + (values % np.uint64(self.buckets)).astype("int32")
            ids[:, at : at + values.shape[1]] = np.where(there, hashed, PADDING)
            at += values.shape[1]

    def facts(self) -> dict[str, Any]:
        """It as plain data, for a model's configuration."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}

    def vectors(self, known: dict[str, np.ndarray], seed: int = 0) -> tuple[np.ndarray, int]:
        """Vectors for all words, (vocabulary, dimension) float32, and how many of them are known: the others are drawn, small."""
        dimension = len(next(iter(known.values())))
        matrix = np.random.default_rng(seed).normal(0, 0.1, (self.vocabulary, dimension)).astype("float32")
        matrix[PADDING] = 0
        found = [(place, known[word]) for place, word in enumerate(self.words, FIRST) if word in known]
        for place, vector in found:
            matrix[place] = vector
        return matrix, len(found)


def made_for(
    texts: Iterable[str],
    length: int | None = None,
    *,
    most_words: int = MAX_VOCABULARY,
    least: int = LEAST,
    most_length: int = 400,
    sentence_length: int = 0,
    ngrams: int = 1,
    buckets: int = 0,
) -> Pipeline:
    """A pipeline from training texts alone: words that occur `least` times, at most `most_words`; long enough for 95% of the texts.

    Words that occur equally often stand in alphabetical order, so that the same texts in another order give the same ids.
    """
    counts: Counter[str] = Counter()
    lengths = []
    for text in texts:
        found = first_words(text, 10 * most_length)
        counts.update(found)
        lengths.append(len(found))
    if not lengths:
        raise ValueError("there is no text to make a vocabulary of")
    ranked = sorted((word for word, times in counts.items() if times >= least), key=lambda word: (-counts[word], word))
    if length is None:
        length = int(min(max(np.percentile(lengths, 95), 1), most_length))
    if sentence_length:
        length = max(2, -(-length * 3 // 2 // sentence_length)) * sentence_length  # sentences do not fill their places
    return Pipeline(ranked[:most_words], length, sentence_length, ngrams, buckets)
