import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import COMPARE

Y = np.array([0, 1, 2, 3, 0, 1, 2, 3])
ALL_ZERO, TWO_WRONG, ONE_WRONG = 0 * Y, np.array([0, 1, 2, 3, 0, 1, 3, 2]), np.array([0, 1, 2, 3, 0, 1, 2, 0])


def other_lengths(y, predictions, published):
    """Refuse predictions for another number of texts."""
    if any(len(classes) != len(y) for classes in predictions.values()):
        raise ValueError("a method has predicted for another number of texts")


@exercise(
    "error_table",
    points=2,
    objective=COMPARE,
    refuses=other_lengths,
    all_or_nothing=True,
    rtol=1e-4,  # 1.96, or what it is rounded from
)
class ErrorTable:
    """A row for each method, best first: (name, error in percent, half the width of its 95% interval, published error or None)."""

    def oracle(y, predictions, published):
        other_lengths(y, predictions, published)
        return ranked(y, predictions, published)

    examples = [
        probe(Y, {"all zero": ALL_ZERO, "two wrong": TWO_WRONG}, {}),
        probe(Y, {"b": TWO_WRONG, "a": ONE_WRONG, "c": ALL_ZERO}, {"a": 12.5, "c": 7.96}),
        probe(Y, {"all zero": ALL_ZERO, "short": ONE_WRONG[:5]}, {}),
        probe(Y, {"long": np.append(ONE_WRONG, 0)}, {}),
        probe(Y, {"one for all": Y[:1]}, {}),
        probe(Y[:1], {"two for one": Y[:2]}, {}),
        probe(Y, {"perfect": Y, "one wrong": ONE_WRONG}, {"other": 3.0, "perfect": 0.5}),
    ]

    def hidden(rng):
        for n in (40, 200, 1000):
            y = rng.integers(0, 4, size=n)
            wrong = rng.choice(np.arange(1, n), size=4, replace=False)
            predictions = {}
            for name, count in zip(("words", "pairs", "net", "guess"), wrong.tolist(), strict=True):
                predictions[name] = y.copy()
                which = rng.permutation(n)[:count]
                predictions[name][which] = (y[which] + rng.integers(1, 4, size=count)) % 4
            yield probe(y, predictions, {"net": 10.5, "words": 8.25, "other": 1.0})
        yield probe(y, {"none": y[:-1]}, {})
        yield probe(y, {"fits": y, "one for all": y[:1]}, {})  # NumPy would compare these, and the next, without a word
        yield probe(y[:1], {"three for one": y[:3]}, {})

    accuracies = mistake(
        "Those are accuracies: the share that is right. An error is the share that is *wrong*.",
        lambda y, predictions, published: ranked(y, predictions, published, error=lambda e: 100 - 100 * e),
    )
    accuracies_best_first = mistake(
        "Those are accuracies, the largest first. An error is the share that is *wrong*, and the smallest is best.",
        lambda y, predictions, published: ranked(y, predictions, published, error=lambda e: 100 - 100 * e)[::-1],
    )
    fractions = mistake(
        "Errors and margins are in percent, as in the paper's table; yours are fractions. Multiply by 100.",
        lambda y, predictions, published: [
            (name, e / 100, margin / 100, known) for name, e, margin, known in ranked(y, predictions, published)
        ],
    )
    margin_as_fraction = mistake(
        "The error is in percent, but its margin is not: multiply it by 100 too.",
        lambda y, predictions, published: [
            (name, e, margin / 100, known) for name, e, margin, known in ranked(y, predictions, published)
        ],
    )
    worst_first = mistake(
        "Your rows begin with the worst. The smallest error comes first.",
        lambda y, predictions, published: ranked(y, predictions, published)[::-1],
    )
    not_sorted = mistake(
        "Your rows stand in the order in which the methods were given. Sort them by their error, the smallest first.",
        lambda y, predictions, published: error_rows(y, predictions, published),
    )
    one_standard_error = mistake(
        "That is one standard error. Half the width of a 95% interval is 1.96 of them.",
        lambda y, predictions, published: [
            (name, e, margin / 1.96, known) for name, e, margin, known in ranked(y, predictions, published)
        ],
    )
    whole_width = mistake(
        "That is the whole width of the interval; asked for is half of it, what comes after the plus-minus sign.",
        lambda y, predictions, published: [
            (name, e, 2 * margin, known) for name, e, margin, known in ranked(y, predictions, published)
        ],
    )
    two_standard_errors = mistake(
        "Half the width of a 95% interval is 1.96 standard errors; you take 2.",
        lambda y, predictions, published: [
            (name, e, margin / 1.96 * 2, known) for name, e, margin, known in ranked(y, predictions, published)
        ],
    )
    percent_in_the_root = mistake(
        "You put percent into the formula, where e is a share: 1 - e is then below 0, and `abs` only hides it. Compute with shares, and "
        "multiply by 100 at the end.",
        lambda y, predictions, published: ranked(
            y, predictions, published, margin=lambda e, n: 1.96 * (abs(100 * e * (1 - 100 * e)) / n) ** 0.5
        ),
    )
    percent_gives_nan = mistake(
        "You put percent into the formula, where e is a share: 1 - e is then below 0, and it has no root. Compute with shares, and "
        "multiply by 100 at the end.",
        lambda y, predictions, published: ranked(
            y, predictions, published, margin=lambda e, n: float("nan") if e > 0.01 else 0.0
        ),
    )
    no_root = mistake(
        "The root is taken of n alone: it is the root of e * (1 - e) / n as a whole.",
        lambda y, predictions, published: ranked(
            y, predictions, published, margin=lambda e, n: 196 * e * (1 - e) / n**0.5
        ),
    )
    n_minus_one = mistake(
        "You divide by n - 1. The standard error of a share is the root of e * (1 - e) / n.",
        lambda y, predictions, published: ranked(
            y, predictions, published, margin=lambda e, n: 196 * (e * (1 - e) / (n - 1)) ** 0.5
        ),
    )
    margin_without_n = mistake(
        "The margin lacks the division by the number of texts: with more texts an error is known better.",
        lambda y, predictions, published: ranked(
            y, predictions, published, margin=lambda e, n: 196 * (e * (1 - e)) ** 0.5
        ),
    )
    key_error = mistake(
        "Where nothing was published, the fourth entry is None. `published[name]` fails there; `published.get(name)` does not.",
        lambda y, predictions, published: [(*row[:3], published[row[0]]) for row in ranked(y, predictions, published)],
    )
    lengths_not_compared = mistake(
        "The numbers are right, but predictions for another number of texts slip through. Raise ValueError: they may be predictions for "
        "another set, such as the training texts.",
        lambda y, predictions, published: ranked(y, cut_to(len(y), predictions), published),
        refuses=None,
    )

    by_name = mistake(
        "Your rows are sorted by name, as tuples are. Sort by the error: `key=lambda row: row[1]`.",
        lambda y, predictions, published: sorted(ranked(y, predictions, published), key=lambda row: row[0]),
    )


def error_rows(y, predictions, published, margin=lambda e, n: 196 * (e * (1 - e) / n) ** 0.5, error=lambda e: 100 * e):
    """The table's rows in the order of `predictions`."""
    rows = []
    for name, classes in predictions.items():
        e = sum(a != b for a, b in zip(np.asarray(y).tolist(), np.asarray(classes).tolist(), strict=True)) / len(y)
        rows.append((name, error(e), margin(e, len(y)), published.get(name)))
    return rows


def ranked(y, predictions, published, **otherwise):
    """The table's rows in the order of their error; `otherwise`: another `margin`, another `error`."""
    return sorted(error_rows(y, predictions, published, **otherwise), key=lambda row: row[1])


def cut_to(n, predictions):
    """Predictions of n texts each: what is longer is cut, what is shorter is repeated."""
    return {name: np.resize(classes, n) for name, classes in predictions.items()}
