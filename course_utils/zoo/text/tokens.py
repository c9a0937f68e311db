"""Words of a text in any script, and the hash of n-grams. All of it in lower case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

# Scripts that put no space between words: a letter each. Han, Hiragana and Katakana, Thai, Lao, Myanmar, Khmer.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:['\u2019][^\W{_UNSPACED}]+)*")
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*", re.ASCII)  # the same of a text without other letters, in half the time
_END_OF_SENTENCE = re.compile(r"[.!?\u3002\uff01\uff1f\u0964]+[\s\"')\]\u201d\u2019]+|[\u3002\uff01\uff1f]|\n+")

FNV_OFFSET, FNV_PRIME = (
    0xCBF29CE484222325,
    0x100000001B3,
)  # of FNV-1a with 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
SEPARATOR = b"\x1f"  # between the words of an n-gram: "new york" is not "newyork"


def words(text: str) -> list[str]:
    """The words of a text: runs of letters, marks and digits, an apostrophe inside included; a letter each where no spaces are used."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text.lower())


def first_words(text: str, most: int) -> list[str]:
    """The first `most` words, without a look at the rest of a long text."""
    if len(text) < 40 * most:
        return words(text)[:most]
    found: list[str] = []
    for match in _WORD.finditer(text.lower()):
        found.append(match[0])
        if len(found) == most:
            break
    return found


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text: up to a full stop, an exclamation or a question mark that space follows, or the end of a line."""
    begin = 0
    for match in _END_OF_SENTENCE.finditer(text):
        if text[begin : match.end()].strip():
            yield text[begin : match.end()]
        begin = match.end()
    if text[begin:].strip():
        yield text[begin:]


def signs_as_words(text: str) -> str:
    """A text in which !, ? and pictures such as emoji are followed, or replaced, by a word each: `words` would leave them out.

    Exclamation and question marks stay where they are, since sentences end with them.
    """
    return "".join(map(_spoken, text))


def _spoken(character: str) -> str:
    """A sign's name in Unicode as one word; any other character as it is."""
    mark = character in "!?"
    if not mark and unicodedata.category(character) != "So":
        return character
    name = re.sub(r"\W", "_", unicodedata.name(character, "unnamed sign").lower())
    return f" {name}{character} " if mark else f" {name} "


def fnv1a(data: bytes) -> int:
    """The FNV-1a hash of bytes, 64 bits: the same on every machine and at every start, which Python's own `hash` is not."""
    value = FNV_OFFSET
    for byte in data:
        value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFFFFFFFFFF
    return value


def fnv1a_of_all(keys: Sequence[bytes], which: np.ndarray | None = None, after: np.ndarray | None = None) -> np.ndarray:
    """The hashes of many keys at once, uint64: byte after byte, for all keys that are as long.

    `which`: the places of the keys asked for, (n,), all of them if left out. `after`: hashes, (n,), of what stands before each.
    """
    lengths = np.fromiter(map(len, keys), "int64", len(keys))
    starts = np.cumsum(lengths) - lengths
    data = np.frombuffer(b"".join(keys), "uint8")
    if which is not None:
        lengths, starts = lengths[which], starts[which]
    order = np.argsort(-lengths, kind="stable")
    starts, shorter = starts[order], -lengths[order]
    values = np.full(len(order), FNV_OFFSET, "uint64") if after is None else after[order]
    for place in range(int(lengths.max(initial=0))):
        left = int(np.searchsorted(shorter, -place, side="left"))  # keys longer than `place` come first
        values[:left] = (values[:left] ^ data[starts[:left] + place]) * np.uint64(FNV_PRIME)
    found = np.empty_like(values)
    found[order] = values
    return found
