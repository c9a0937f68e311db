"""The table on GoEmotions from its members: scores with intervals, ensembles, boosting beside its control, as a page in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from course_utils import files
from course_utils.zoo import table
from course_utils.zoo.ensemble import greedy_selection, log_odds, soft_vote
from course_utils.zoo.training import emotions
from course_utils.zoo.training.emotions import BOOSTED, CONTROL, NINE, SHORT_ONE, SHORT_ONES, TFIDF, Member
from course_utils.zoo.training.ranking import ceiling, contributions, ranked, top5, top5_difference, top5_interval
from course_utils.zoo.training.scores import macro_f1, micro_f1, thresholds_by_label

TRIO = ("textcnn", "entnet", "dmn")
ALL = (*NINE, "bert", TFIDF)
GREEDY_ROUNDS = 20
Answers = np.ndarray  # probabilities (seeds, texts, labels)


@dataclass
class Row:
    """A line of the table: its answers to validation and test texts, one for each seed."""

    name: str
    validation: Answers
    test: Answers
    seconds: float  # of the processor, all members together
    parameters: int
    note: str = ""
    parts: np.ndarray = field(init=False)  # what each text adds to the top-5 score: (seeds, texts, 3)

    def __post_init__(self) -> None:
        y = emotions.answers()[2]
        self.parts = np.stack([contributions(y, ranked(each)) for each in self.test])

    def scores(self) -> list[float]:
        """The top-5 score on the test texts by seed."""
        return [top5(emotions.answers()[2], each) for each in self.test]

    def validated(self) -> float:
        """The mean score on the validation texts, by which the best is chosen."""
        return float(np.mean([top5(emotions.answers()[1], each) for each in self.validation]))

    def f1(self) -> tuple[float, float]:
        """Micro and macro F1, with a threshold a label that is tuned on the validation texts; means over the seeds."""
        _, y_val, y = emotions.answers()
        found = []
        for validation, test in zip(self.validation, self.test, strict=True):
            given = (test >= thresholds_by_label(y_val, validation)).astype("uint8")
            found.append((micro_f1(y, given), macro_f1(y, given)))
        micro, macro = np.mean(found, axis=0)
        return float(micro), float(macro)


def rows_of(members: Mapping[str, Sequence[Member]]) -> tuple[list[Row], list[Row]]:
    """Single models, and what is made of several: boosting, its control, and the ensembles whose members are all there."""
    singles: list[Row] = []
    sums: list[Row] = []
    for name, by_seed in members.items():
        validation, test = (np.stack([getattr(each, part) for each in by_seed]) for part in ("validation", "test"))
        seconds = float(np.mean([each.seconds for each in by_seed]))
        (sums if name in SHORT_ONES else singles).append(Row(name, validation, test, seconds, by_seed[0].parameters))
    by_name = {row.name: row for row in singles}
    seeds = max((len(row.test) for row in singles), default=0)
    for title, wanted, weigh in (
        (f"trio: {', '.join(TRIO)}", TRIO, _alike),
        ("the nine networks", NINE, _alike),
        ("all eleven", ALL, _alike),
        (f"greedy selection, {GREEDY_ROUNDS} rounds", ALL, _greedy),
    ):
        if all(name in by_name for name in wanted):
            sums.append(_ensemble(title, [by_name[name] for name in wanted], seeds, weigh))
    if "textcnn" in by_name and seeds > 1:
        sums.append(_seeds_of(by_name["textcnn"]))
    return singles, sums


def _alike(validation: np.ndarray) -> np.ndarray:
    return np.ones(len(validation))


def _greedy(validation: np.ndarray) -> np.ndarray:
    """Members (members, texts, labels) as often as greedy selection takes them on the validation texts."""
    return greedy_selection(validation, emotions.answers()[1], GREEDY_ROUNDS).astype("float64")


def _ensemble(title: str, rows: Sequence[Row], seeds: int, weigh: Callable[[np.ndarray], np.ndarray]) -> Row:
    """The members' sum of log-odds, or where they are selected the mean of their probabilities, for each seed.

    A model that has only one seed gives that.
    """
    validation: list[np.ndarray] = []
    test: list[np.ndarray] = []
    taken = []
    for seed in range(seeds):
        library = [
            np.stack([getattr(row, part)[min(seed, len(row.test) - 1)] for row in rows])
            for part in ("validation", "test")
        ]
        weights = weigh(library[0])
        for kept, each in zip((validation, test), library, strict=True):
            kept.append(_voted(each, weights) if weigh is _alike else np.average(each, axis=0, weights=weights))
        taken.append({row.name: int(often) for row, often in zip(rows, weights, strict=True) if often})
    note = "" if weigh is _alike else f"seed 0 takes {', '.join(f'{name} {often}' for name, often in taken[0].items())}"
    seconds, parameters = sum(row.seconds for row in rows), sum(row.parameters for row in rows)
    return Row(title, np.stack(validation), np.stack(test), seconds, parameters, note)


def _seeds_of(row: Row) -> Row:
    """The seeds of one model as an ensemble: as much work as an ensemble of as many different ones."""
    count = len(row.test)
    validation, test = (_voted(each, np.ones(count))[None] for each in (row.validation, row.test))
    return Row(f"{row.name}, {count} seeds", validation, test, row.seconds * count, row.parameters * count)


def _voted(probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-soft_vote(log_odds(probabilities), weights)))


def page(members: Mapping[str, Sequence[Member]]) -> str:
    """The page: the table, what it compares and how."""
    singles, sums = rows_of(members)
    best = max(singles, key=Row.validated)
    seeds = sorted({len(row.test) for row in singles})
    _, y_val, y = emotions.answers()
    prior = np.broadcast_to(emotions.answers()[0].mean(axis=0), y.shape)
    lines = [
        "# The zoo on GoEmotions",
        "",
        f"{emotions.TRAINING_TEXTS:,} texts to train on, {len(y_val):,} to stop by, tune and select on, {len(y):,} to measure on; seeds",
        f"of a model: {' or '.join(map(str, seeds))}. Whoever knows every label has {ceiling(y):.3f}; the commonest labels",
        f"for every text have {top5(y, prior):.3f}. The best single model on the validation texts: {best.name}.",
        "",
        f"| model | top-5 score | 95% interval | seeds | from {best.name} | micro F1 | macro F1 | parameters | seconds |",
        "|---|--:|---|---|---|--:|--:|--:|--:|",
        *(_line(row, best) for row in [*_best_first(singles), *sums]),
        "",
        *_boosting(sums),
        *(f"- {row.name}: {row.note}." for row in sums if row.note),
        "",
        "Top-5 score: a mean over the seeds; its interval and that of the difference by the paired bootstrap over the test texts. Where",
        "an interval of a difference holds 0, the data do not say which is better. F1: a threshold a label, tuned on the validation",
        "texts. Seconds: of the processor, a mean over the seeds, for an ensemble of all its members.",
        "",
    ]
    return "\n".join(lines)


def _best_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -float(np.mean(row.scores())))


def _line(row: Row, best: Row) -> str:
    scores, (low, high), (micro, macro) = row.scores(), top5_interval(row.parts), row.f1()
    each = ", ".join(f"{score:.4f}" for score in scores)
    apart = ""
    if row is not best:
        apart = _apart(row.parts, best.parts)
    cells = [row.name, f"{np.mean(scores):.4f}", f"{low:.4f} to {high:.4f}", each, apart]
    cells += [f"{micro:.3f}", f"{macro:.3f}", f"{row.parameters:,}", f"{row.seconds:.0f}"]
    return "| " + " | ".join(cells) + " |"


def _boosting(rows: Sequence[Row]) -> list[str]:
    by_name = {row.name: row for row in rows}
    if not set(SHORT_ONES) <= set(by_name):
        return []
    boosted, control, one = (by_name[name].parts for name in (BOOSTED, CONTROL, SHORT_ONE))
    return [
        f"- {BOOSTED}: {emotions.ROUNDS} TextCNNs of {emotions.SHORT} epoch each, with weights by the errors of those before; "
        f"{CONTROL}: as many without weights. From {SHORT_ONE}: {_apart(boosted, one)}; from {CONTROL}: {_apart(boosted, control)}."
    ]


def _apart(a: np.ndarray, b: np.ndarray) -> str:
    difference, below, above = top5_difference(a, b)
    return f"{difference:+.4f} [{below:+.4f}, {above:+.4f}]"


def write(members: Mapping[str, Sequence[Member]], path: Path) -> Path:
    """Write the page, and beside it what `course_utils.zoo.table` reads; returns where the latter is."""
    files.write(path, page(members).encode())
    test = {name: np.stack([each.test for each in by_seed]) for name, by_seed in members.items()}
    validation = {
        name: np.stack([each.validation for each in by_seed])
        for name, by_seed in members.items()
        if name not in SHORT_ONES
    }
    facts = {name: (float(np.mean([m.seconds for m in each])), each[0].parameters) for name, each in members.items()}
    predictions = path.with_suffix(".npz.xz")
    files.write(predictions, table.packed(test, validation, facts))
    return predictions
