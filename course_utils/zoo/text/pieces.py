"""The pipeline of a model that reads pieces of words: as `pipeline.Pipeline`, with WordPiece in place of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from course_utils.zoo.text.wordpiece import WordPiece

SHARE = 0.95  # of the texts that are to be read whole
LEAST = 3  # places: two marks, and something to read


@dataclass
class Pieces:
    """How texts become ids of pieces: [CLS] text [SEP], in `length` places. `pieces`: all of them, at the places of their ids."""

    pieces: list[str]
    length: int

    @cached_property
    def wordpiece(self) -> WordPiece:
        """What cuts words into pieces."""
        return WordPiece(self.pieces)

    @property
    def vocabulary(self) -> int:
        """How many ids there are."""
        return len(self.pieces)

    @property
    def width(self) -> int:
        """Ids of a text."""
        return self.length

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), length) int32. A text without a word is its two marks: there is always something to read."""
        ids, _ = self.wordpiece.encode(texts, self.length)
        return np.pad(ids, [(0, 0), (0, self.length - ids.shape[1])])

    def facts(self) -> dict[str, Any]:
        """It as plain data, for a model's configuration."""
        return {"pieces": self.pieces, "length": self.length}


def made_for(texts: Iterable[str], pieces: WordPiece, length: int | None = None, *, most_length: int) -> Pieces:
    """A pipeline with fixed pieces: `length` places, marks included, or enough for 95% of the texts; 3 to `most_length`.

    Raises ValueError where there is no text.
    """
    if length is None:
        lengths = sorted(len(pieces.ids(text)) + 2 for text in texts)
        if not lengths:
            raise ValueError("there is no text to choose a length by")
        length = lengths[min(int(SHARE * len(lengths)), len(lengths) - 1)]
    return Pieces(pieces.vocabulary, min(max(length, LEAST), most_length))
