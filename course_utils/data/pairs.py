"""SICK: pairs of sentences, how much they have to do with each other, and whether one follows from the other."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.data import cache
from course_utils.data.archive import members
from course_utils.data.choose import Choice, choose
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import numpy as np

NAME = "sick"
#: Part -> its file in the manifest.
FILES = {"train": "SICK_train.txt", "validation": "SICK_trial.txt", "test": "SICK_test_annotated.txt"}
CLASSES = ("contradiction", "neutral", "entailment")
SEED = 2014  # of everything drawn here
#: Pairs in each part of the substitute: as many as SICK has.
STAND_IN_SIZES = {"train": 4_500, "validation": 500, "test": 4_927}


class Pairs(NamedTuple):
    """Pairs of sentences with their two judgments."""

    a: list[str]
    b: list[str]
    relatedness: np.ndarray  # (n,) float32, from 1, nothing in common, to 5, the same
    entailment: np.ndarray  # (n,) int64, 0 to 2: what b is to a, in the order of CLASSES


@dataclass(frozen=True)
class SentencePairs:
    """Unpacks as `train, validation, test = sick()`, each of them `Pairs`."""

    train: Pairs
    validation: Pairs
    test: Pairs
    classes: tuple[str, ...]  # the name of class number i
    source: str  # one line: which source these came from
    canonical: bool  # the pairs of SICK; False for the substitute

    def __iter__(self) -> Iterator[Pairs]:
        return iter((self.train, self.validation, self.test))


def sick() -> SentencePairs:
    """Load the pairs: 4,500 to train, 500 to validate, 4,927 to test.

    Where SICK cannot be had, as many pairs are made by its recipe (another word for the same, a negation, exchanged roles)
    from the sentences of bAbI. Raises DataUnavailable, listing what was tried.
    """
    pairs = _pairs()
    cache.say(pairs.source)
    train, validation, test = (Pairs(list(p.a), list(p.b), p.relatedness.copy(), p.entailment.copy()) for p in pairs)
    return replace(pairs, train=train, validation=validation, test=test)


def resolve_sick(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Rows of "train", "validation" or "test": a field of `Pairs`."""
    no_options(NAME, options)
    splits = {name: part._asdict() for name, part in zip(FILES, _pairs(), strict=True)}
    return rows_of(NAME, splits, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the files on this disk without reading them; return the line on their source."""
    return choose(NAME, refresh).source


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _pairs.cache_clear()


@functools.cache
def _pairs() -> SentencePairs:
    choice = choose(NAME)
    if choice.canonical:
        parts = [_original(choice.files[file].read().decode("utf-8")) for file in FILES.values()]
    else:
        parts = _substitute(choice)
    train, validation, test = parts
    return SentencePairs(train, validation, test, CLASSES, choice.source, choice.canonical)


def _original(text: str) -> Pairs:
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    return _as_pairs(
        [
            (
                row["sentence_A"],
                row["sentence_B"],
                float(row["relatedness_score"]),
                row["entailment_judgment"].strip().lower(),
            )
            for row in rows
        ]
    )


def _as_pairs(rows: list[tuple[str, str, float, str]]) -> Pairs:
    import numpy as np

    a, b, relatedness, entailment = map(list, zip(*rows, strict=True))
    return Pairs(
        a, b, np.array(relatedness, np.float32), np.array([CLASSES.index(each) for each in entailment], np.int64)
    )


class Fact(NamedTuple):
    """That somebody goes to a place, or does something with a thing."""

    who: str
    act: str  # a key of WORDS
    what: str
    is_true: bool = True

    def said(self, rng: np.random.Generator) -> str:
        """As a clause, in one of the ways of saying it."""
        past, plain = WORDS[self.act][rng.integers(len(WORDS[self.act]))]
        return f"{self.who} {past if self.is_true else f'did not {plain}'} the {self.what}"


#: What is done -> the ways of saying it in bAbI, in the past, and as they follow "did not".
WORDS = {
    "go": (
        ("went to", "go to"),
        ("moved to", "move to"),
        ("journeyed to", "journey to"),
        ("travelled to", "travel to"),
    ),
    "take": (("took", "take"), ("got", "get"), ("grabbed", "grab"), ("picked up", "pick up")),
    "drop": (("dropped", "drop"), ("discarded", "discard"), ("put down", "put down")),
}
_CLAUSE = re.compile(r"([A-Z]\w+) ([a-z ]+?) the (\w+)(?: there)?\.")
_ACTS = {past: act for act, ways in WORDS.items() for past, _ in ways} | {"went back to": "go"}
Two = tuple[Fact, ...]


def _substitute(choice: Choice) -> list[Pairs]:
    import numpy as np

    (found,) = choice.files.values()
    rng = np.random.default_rng(SEED)
    texts = members(found)
    facts = sorted(
        {
            Fact(match[1], _ACTS[match[2]], match[3])
            for name in sorted(texts)
            for match in _CLAUSE.finditer(texts[name])
            if match[2] in _ACTS
        }
    )
    recipes = list(RECIPES)
    shares = np.array([share for _, share, *_ in recipes])
    seen: set[tuple[str, str]] = set()
    parts = []
    for size in STAND_IN_SIZES.values():
        rows: list[tuple[str, str, float, str]] = []
        while len(rows) < size:
            change, _, relatedness, judgment = recipes[rng.choice(len(recipes), p=shares)]
            first, second = (facts[n] for n in rng.choice(len(facts), 2, replace=False))
            other = facts[rng.integers(len(facts))]
            if len({fact.who for fact in (first, second, other)}) < 3 or first[1:3] == second[1:3]:
                continue
            a, b = (first, second), change(first, second, other)
            a_said, b_said = (" and ".join(fact.said(rng) for fact in two) for two in (a, b))
            if a_said != b_said and (a_said, b_said) not in seen:
                seen.add((a_said, b_said))
                rows.append((a_said, b_said, relatedness, judgment))
        parts.append(_as_pairs(rows))
    return parts


def _not(fact: Fact) -> Fact:
    return fact._replace(is_true=False)


#: From two facts, and one of a third person: what the second sentence says, how often, how related, and what it is to the
#: first. Shares and scores are about those of SICK. A negation is in pairs of every class, so that it gives none away.
RECIPES: tuple[tuple[Callable[[Fact, Fact, Fact], Two], float, float, str], ...] = (
    (lambda one, two, _: (one, two), 0.14, 4.8, "entailment"),  # other words
    (lambda one, two, _: (two, one), 0.08, 4.5, "entailment"),  # the other order
    (lambda one, two, _: (two,), 0.07, 3.8, "entailment"),  # one of the two
    (lambda one, two, _: (one, _not(two)), 0.10, 3.7, "contradiction"),
    (lambda one, two, _: (_not(one),), 0.05, 3.4, "contradiction"),
    (lambda one, two, _: (one._replace(who=two.who), two._replace(who=one.who)), 0.16, 4.0, "neutral"),  # roles
    (lambda one, two, other: (one, other), 0.15, 3.2, "neutral"),
    (lambda one, two, other: (one, _not(other)), 0.10, 3.0, "neutral"),
    (lambda one, two, other: (other._replace(who=two.who), one._replace(who=other.who)), 0.10, 2.5, "neutral"),
    (lambda one, two, other: (other,), 0.05, 1.5, "neutral"),
)
