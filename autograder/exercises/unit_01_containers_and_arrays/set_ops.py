from autograder.exercise import exercise, mistake, probe

from .shared import CONTAINERS, WORDS


@exercise("set_ops", points=1, objective=CONTAINERS)
class SetOps:
    """Union, intersection, difference and symmetric difference of two collections, as sets."""

    def oracle(a, b):
        both = [*a, *b]
        return {
            "|": set(both),
            "&": {x for x in both if x in a and x in b},
            "-": {x for x in both if x not in b},
            "^": {x for x in both if (x in a) != (x in b)},
        }

    examples = [
        probe([1, 2, 3], [3, 4]),
        probe(["good", "film", "good"], ["bad", "film"]),
        probe([1, 2], [1, 2, 5]),
        probe({1, 2}, {2, 3}),
        probe((1, 2, 2), [2, 3]),
        probe([], (4,)),
        probe({3}, []),
    ]

    def hidden(rng):
        for _ in range(4):
            m, n = rng.integers(3, 9, size=2)
            yield probe(rng.integers(0, 9, size=m).tolist(), rng.integers(4, 13, size=n).tolist())
        yield probe([str(w) for w in rng.choice(WORDS, size=8)], [str(w) for w in rng.choice(WORDS, size=5)])
        yield probe({1, 2, 3, int(rng.integers(10, 20))}, {3, 4, int(rng.integers(20, 30))})
        yield probe([], [int(rng.integers(9))])
        yield probe([int(rng.integers(9))], [])
        yield probe((1, 2, 2, int(rng.integers(10, 20))), [2, 3])
        yield probe([("a", 1), ("b", 2)], {("b", 2), ("c", int(rng.integers(9)))})

    xor_is_union = mistake(
        "Your `^` holds items that are in *both*: that is `|` again. `^` keeps what is in exactly one of the two.",
        lambda a, b: {**SetOps.oracle(a, b), "^": set(a) | set(b)},
    )
    one_sided = mistake(
        "Your `^` has what is only in `a`, and misses what is only in `b`. It is symmetric: it keeps both kinds.",
        lambda a, b: {**SetOps.oracle(a, b), "^": set(a) - set(b)},
    )
    difference_reversed = mistake(
        "Your `-` is the wrong way round: `a - b` is what is in `a` and not in `b`.",
        lambda a, b: {**SetOps.oracle(a, b), "-": set(b) - set(a)},
    )
    and_or = mistake(
        "Your `|` and `&` come from `or` and `and`. Those ask whether a set is empty and hand back one of the two sets whole; "
        "`|` and `&` look at the items.",
        lambda a, b: {**SetOps.oracle(a, b), "|": set(a) or set(b), "&": set(a) and set(b)},
    )
    lists = mistake(
        "The right items, in lists. The task asks for sets: in a list, order and repeats would count.",
        lambda a, b: {key: sorted(items) for key, items in SetOps.oracle(a, b).items()},
    )
    expects_sets = mistake(
        "These signs work on sets, and some of the inputs are lists: `set(a)` makes a set of any collection.",
        lambda a, b: {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b},
    )

    lists_only = mistake(
        "You make sets of lists only. A tuple comes in as well: `set(a)` takes any collection, a set included.",
        lambda a, b: set_signs(*(set(x) if isinstance(x, list) else x for x in (a, b))),
    )


def set_signs(a, b):
    """The four results for what knows the four signs."""
    return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}
