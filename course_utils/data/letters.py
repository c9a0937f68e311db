"""Newswires and newsgroup posts in lower-case letters only: what the substitutes of other sets are made of.

Ana Cardoso-Cachopo's versions of Reuters-21578 and 20 Newsgroups: no digits, no punctuation, the title before the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from course_utils.data.fetch import Found

Texts = list[tuple[str, str]]  # (topic or group, text)

WIRES = "reuters-r52-{split}.tab"  # the files' names in the manifest
POSTS = "20newsgroups-{split}.tab"
LEAST = 20  # words, so that a text has something to tell
HEAD = 60  # words in which the line that names who is answered is looked for
#: What fills the class "business" elsewhere; not `earn`, whose stories are tables and keep nothing without their digits.
BUSINESS = ("acq", "trade", "money-fx", "interest", "jobs", "gnp", "cpi", "retail")


def read(files: Mapping[str, Found], name: str, split: str) -> Texts:
    """The texts of one file, `name` being WIRES or POSTS, in its order: a text a line after three lines of header."""
    lines = files[name.format(split=split)].read().decode("utf-8").split("\n")[3:]
    rows = (line.rstrip("\r").split("\t", 1) for line in lines if line.strip())
    return [(kind, text.strip()) for kind, text in rows if kind and text.strip()]


def of_kinds(texts: Iterable[tuple[str, str]], kinds: Collection[str], most: int) -> list[str]:
    """The first `most` words of each text of these kinds, every different text once, and none below LEAST words.

    A kind that ends in "." stands for all that begin with it.
    """
    begin = tuple(kind for kind in kinds if kind.endswith("."))
    chosen = (_body(text) for kind, text in texts if kind in kinds or (begin and kind.startswith(begin)))
    return list(dict.fromkeys(" ".join(words[:most]) for words in chosen if len(words) >= LEAST))


def _body(text: str) -> list[str]:
    """A text's words without what an answer begins with: "re SUBJECT in article NUMBER NAME writes"."""
    words = text.split()
    head = words[:HEAD]
    return words[len(head) - head[::-1].index("writes") :] if "writes" in head else words


def some(texts: list[str], n: int, rng: np.random.RandomState) -> Iterator[str]:
    """`n` of the texts, drawn without repeats, in the order in which they were."""
    if len(texts) < n:
        raise ValueError(f"{n} texts were to be drawn from {len(texts)}")
    return (texts[i] for i in sorted(rng.permutation(len(texts))[:n]))
