import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import PAIRS

ONE = np.array([[1.0, 4.0]])
OTHER = np.array([[3.0, -1.0]])
THREE = np.array([[1.0, 0.0, -2.0], [0.5, 3.0, 1.0], [-1.0, -2.0, 0.0]])
THREE_MORE = np.array([[2.0, 5.0, -3.0], [4.0, 0.5, -1.0], [-1.0, 2.0, 7.0]])


def fitting(u, v):
    """Refuse vectors that do not belong together, row by row."""
    if u.shape != v.shape:
        raise ValueError(f"u is {u.shape} and v is {v.shape}; there is a v for each u, of the same width")


@exercise("pair_features", points=2, objective=PAIRS, refuses=fitting, dtype="any")
class PairFeatures:
    """|u - v| and u * v side by side, (n, 2 d): the same if the two change places."""

    def oracle(u, v):
        fitting(u, v)
        n, d = u.shape
        rows = [
            [max(float(a), float(b)) - min(float(a), float(b)) for a, b in zip(u[i], v[i], strict=True)]
            + [float(a) * float(b) for a, b in zip(u[i], v[i], strict=True)]
            for i in range(n)
        ]
        return np.array(rows, float).reshape(n, 2 * d)

    examples = [
        probe(ONE, OTHER),
        probe(OTHER, ONE),
        probe(THREE, THREE_MORE),
        probe(ONE, ONE),
        probe(np.zeros((0, 2)), np.zeros((0, 2))),
        probe(ONE, THREE[:, :2]),
        probe(THREE[:, :2], ONE),
        probe(THREE[:, :1], THREE_MORE),
        probe(THREE[:1], THREE_MORE[:, :1]),
    ]

    def hidden(rng):
        for n, d in ((1, 1), (2, 3), (5, 4), (3, 8), (4, 4)):
            u, v = np.round(rng.normal(0, 2, (2, n, d)), 2)
            yield probe(u, v)
            yield probe(v, u)
        u, v = np.round(rng.normal(0, 2, (2, 6, 3)), 2).astype("float32")
        yield probe(u, v)
        yield probe(u, -u)
        yield probe(u[:1], v)
        yield probe(u[:, :1], v)
        yield probe(u, v[:1])
        yield probe(u, v[:, :1])
        yield probe(u, v[:5])
        yield probe(u[:1], v[:3, :1])

    concatenation_alone = mistake(
        "You put u and v side by side. Whether a number of u is near the same number of v, a layer behind it would have to find out by "
        "itself: give it |u - v| and u * v.",
        lambda u, v: np.concatenate([u, v], axis=1),
    )
    concatenation_too = mistake(
        "You put u and v before the features. Then the two may not change places any more: |u - v| and u * v alone are asked for.",
        lambda u, v: np.concatenate([u, v, np.abs(u - v), u * v], axis=1),
    )
    signed_difference = mistake(
        "Your difference has a sign, so that it changes if the two change places. Take its absolute value.",
        lambda u, v: np.concatenate([u - v, u * v], axis=1),
    )
    signed_the_other_way = mistake(
        "Your difference is v - u, and has a sign. Take its absolute value: |u - v|.",
        lambda u, v: np.concatenate([v - u, u * v], axis=1),
    )
    squared = mistake(
        "You square the difference. That is symmetric as well, but large differences drown small ones: the absolute value is asked for.",
        lambda u, v: np.concatenate([(u - v) ** 2, u * v], axis=1),
    )
    product_first = mistake(
        "The product stands first in yours. |u - v| first, then u * v.",
        lambda u, v: np.concatenate([u * v, np.abs(u - v)], axis=1),
    )
    difference_alone = mistake(
        "The product is missing: |u - v|, and behind it u * v.",
        lambda u, v: np.abs(u - v),
    )
    product_alone = mistake(
        "The difference is missing: |u - v|, and behind it u * v.",
        lambda u, v: u * v,
    )
    dot_product = mistake(
        "You add up the products to one number, the dot product. They stay d numbers: a layer behind it is to weigh each.",
        lambda u, v: np.concatenate([np.abs(u - v), (u * v).sum(axis=1, keepdims=True)], axis=1),
    )
    absolute_product = mistake(
        "You take the absolute value of the product as well. Its sign says whether the two agree: leave it.",
        lambda u, v: np.concatenate([np.abs(u - v), np.abs(u * v)], axis=1),
    )
    difference_of_absolutes = mistake(
        "You take absolute values first, and subtract then: 3 and -3 would be the same. Subtract first.",
        lambda u, v: np.concatenate([np.abs(np.abs(u) - np.abs(v)), u * v], axis=1),
    )
    sum_for_product = mistake(
        "You add where u * v is asked for.",
        lambda u, v: np.concatenate([np.abs(u - v), u + v], axis=1),
    )
    below_each_other = mistake(
        "The two stand below each other, (2 n, d). Side by side is axis 1: (n, 2 d).",
        lambda u, v: np.concatenate([np.abs(u - v), u * v], axis=0),
    )
    on_a_new_axis = mistake(
        "You stack them on an axis of their own. Side by side they are (n, 2 d): `np.concatenate` along axis 1.",
        lambda u, v: np.stack([np.abs(u - v), u * v], axis=1),
    )
    interleaved = mistake(
        "Difference and product stand in turn, number by number. First all differences, then all products.",
        lambda u, v: np.stack([np.abs(u - v), u * v], axis=2).reshape(len(u), -1),
    )
    u_overwritten = mistake(
        "The product is that of v and the difference: you have written the difference over u. Give it a name of its own.",
        lambda u, v: np.concatenate([np.abs(u - v), np.abs(u - v) * v], axis=1),
    )
    turned = mistake(
        "The two stand below each other, and then all is transposed. Side by side is `np.concatenate` along axis 1.",
        lambda u, v: np.concatenate([np.abs(u - v), u * v], axis=0).T,
    )
    sizes_compared = mistake(
        "You compare how many numbers the two have: a row of 3 and a column of 3 have as many. Compare `u.shape` with `v.shape`.",
        lambda u, v: np.concatenate(np.broadcast_arrays(np.abs(u - v), u * v), axis=1),
        refuses=lambda u, v: fitting(u, v if u.size != v.size else u),
    )
    one_for_all = mistake(
        "Where u has one row and v several, or one column, NumPy takes it for all, and no error comes. There is a v for each u: refuse "
        "other shapes with ValueError.",
        lambda u, v: np.concatenate(np.broadcast_arrays(np.abs(u - v), u * v), axis=1),
        refuses=None,
    )
