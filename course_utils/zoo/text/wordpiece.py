"""WordPiece: words as pieces of a fixed vocabulary, so that no word is unknown only because it is rare.

As BERT has it: Devlin, Chang, Lee and Toutanova (2019), https://arxiv.org/abs/1810.04805; the lower-case kind, without accents.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

PADDING, UNKNOWN, CLASSIFY, SEPARATOR, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
LONGEST_WORD = 100  # characters; a longer one is unknown
INSIDE = "##"  # begins a piece that goes on with a word
WORDS_KEPT = 50_000  # whose pieces are remembered

# Blocks of Han characters, each of which is a word of its own.
_HAN = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPiece:
    """Pieces and their ids. `vocabulary`: every piece, at the place that is its id."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self.id_of = {piece: place for place, piece in enumerate(self.vocabulary)}
        if missing := [name for name in (PADDING, UNKNOWN, CLASSIFY, SEPARATOR, MASK) if name not in self.id_of]:
            raise ValueError(f"the vocabulary has no {', '.join(missing)}")
        self._kept = functools.lru_cache(WORDS_KEPT)(self._ids_of_word)

    def __reduce__(self) -> tuple:
        """For pickle: it is made again of its vocabulary."""
        return WordPiece, (self.vocabulary,)

    def pieces(self, text: str) -> list[str]:
        """The pieces of a text, "##" before those that go on with a word."""
        return [self.vocabulary[one] for one in self.ids(text)]

    def ids(self, text: str) -> list[int]:
        """The ids of a text's pieces."""
        return [one for word in words(text) for one in self._kept(word)]

    def encode(
        self, texts: Iterable[str], length: int, seconds: Iterable[str] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """[CLS] text [SEP], or [CLS] text [SEP] second [SEP], in at most `length` places.

        Returns ids (n, width) and segments (n, width), 1 in the second text and its [SEP], both int32; width is that of the
        longest. What is too long loses pieces at the end of the longer of its two texts; the marks stay.
        Raises ValueError where `length` has no room for the marks.
        """
        firsts = [self.ids(text) for text in texts]
        return self.lay_out(firsts, length, None if seconds is None else [self.ids(text) for text in seconds])

    def lay_out(
        self, firsts: Sequence[list[int]], length: int, seconds: Sequence[list[int]] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `encode`, from ids that texts have already become."""
        rows, split = [], []
        first, last = self.id_of[CLASSIFY], self.id_of[SEPARATOR]
        marks = 2 if seconds is None else 3
        if length < marks:
            raise ValueError(f"length={length} has no room for {marks} marks")
        for one, other in zip(firsts, [[]] * len(firsts) if seconds is None else seconds, strict=True):
            one, other = _cut(one, other, length - marks)
            rows.append([first, *one, last] + ([] if seconds is None else [*other, last]))
            split.append(len(one) + 2)
        width = max(map(len, rows), default=0)
        ids = np.full((len(rows), width), self.id_of[PADDING], "int32")
        segments = np.zeros((len(rows), width), "int32")
        for row, (found, begin) in enumerate(zip(rows, split, strict=True)):
            ids[row, : len(found)] = found
            segments[row, begin : len(found)] = 1
        return ids, segments

    def _ids_of_word(self, word: str) -> tuple[int, ...]:
        """The longest piece that the word begins with, then the longest that goes on, to its end; else it is unknown."""
        if len(word) > LONGEST_WORD:
            return (self.id_of[UNKNOWN],)
        pieces, rest, mark = [], word, ""
        while rest:
            longest = next((n for n in range(len(rest), 0, -1) if mark + rest[:n] in self.id_of), 0)
            if not longest:
                return (self.id_of[UNKNOWN],)
            pieces.append(self.id_of[mark + rest[:longest]])
            rest, mark = rest[longest:], INSIDE
        return tuple(pieces)


def _cut(one: list[int], other: list[int], room: int) -> tuple[list[int], list[int]]:
    """Both, cut to `room` places together: the longer loses first, the first where they are as long."""
    of_one = min(len(one), max(room - len(other), room // 2))
    return one[:of_one], other[: room - of_one]


def words(text: str) -> list[str]:
    """A text in lower case, without accents and control characters, at spaces, around marks and around Han characters."""
    spaced = "".join(_as_spaced(character) for character in text)
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn")
    lower = "".join(character.lower() for character in plain)  # one by one: a word's last sigma is a sigma
    return "".join(f" {c} " if _is_mark(c) else c for c in lower).split()


@functools.lru_cache(10_000)
def _as_spaced(character: str) -> str:
    """Nothing for a control character, a space for any space, a Han character with a space on either side."""
    if character in "\t\n\r":
        return " "
    if character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    if character.isspace():
        return " "
    return f" {character} " if any(low <= ord(character) <= high for low, high in _HAN) else character


@functools.lru_cache(10_000)
def _is_mark(character: str) -> bool:
    """Whether BERT takes it for punctuation: every sign of ASCII, and what Unicode calls so."""
    return (character.isascii() and character.isprintable() and not character.isalnum() and character != " ") or (
        unicodedata.category(character)[0] == "P"
    )
