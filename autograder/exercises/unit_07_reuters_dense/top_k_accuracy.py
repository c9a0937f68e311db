import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import GUESS

TOP_P = np.array([[0.6, 0.3, 0.1], [0.5, 0.2, 0.3], [0.1, 0.7, 0.2]])
TOP_Y = np.array([1, 2, 1])


def no_such_k(y, p, k):
    """Refuse a k that is not 1 to the number of classes."""
    if not 1 <= k <= p.shape[1]:
        raise ValueError(f"k={k}")


@exercise("top_k_accuracy", points=2, objective=GUESS, refuses=no_such_k)
class TopKAccuracy:
    """The share of stories whose topic is among the k most probable ones."""

    def oracle(y, p, k):
        import keras

        no_such_k(y, p, k)
        return float(np.mean(keras.ops.convert_to_numpy(keras.ops.in_top_k(y, p.astype("float32"), k))))

    examples = [
        probe(TOP_Y, TOP_P, 1),
        probe(TOP_Y, TOP_P, 2),
        probe(np.array([0, 0, 2, 2, 1]), np.vstack([TOP_P, [[0.25, 0.35, 0.4], [0.45, 0.2, 0.35]]]), 2),
        probe(
            np.array([3, 0, 1, 2, 3]),
            np.array([[4, 3, 2, 1], [1, 2, 3, 4], [4, 2, 3, 1], [2, 1, 3, 4], [2, 1, 4, 3]]) / 10,
            3,
        ),
        probe(TOP_Y, TOP_P, 3),
        probe(TOP_Y, TOP_P, 0),
        probe(np.array([0, 2]), np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]), 4),
        probe(np.array([0, 2]), np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]), 5),
        probe(
            np.array([1, 0, 2, 2, 0]),
            np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]]),
            4,
        ),
        probe(np.array([1, 0, 2]), np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1]]), -1),
    ]

    def hidden(rng):
        for n, classes, k in ((50, 46, 5), (30, 6, 2), (30, 6, 4), (20, 10, 1), (40, 4, 3)):
            p = np.stack([rng.permutation(classes) + 1.0 for _ in range(n)])
            y = np.where(rng.random(n) < 0.4, p.argmax(axis=1), rng.integers(0, classes, size=n))
            yield probe(y, p / p.sum(axis=1, keepdims=True), k)
        yield probe(TOP_Y, TOP_P, 4)
        yield probe(TOP_Y[:2], np.stack([rng.permutation(5), rng.permutation(5)]) / 10, 4)  # k above the stories
        yield probe(np.tile(TOP_Y, 2), np.tile(TOP_P, (2, 1)), 5)  # k above the classes, not above the stories

    top_one = mistake(
        "Only the most probable topic counts here, whatever k says. Look at the first k places.",
        lambda y, p, k: float(np.mean(places(y, p) < 1)),
    )
    least_probable = mistake(
        "np.argsort puts the *smallest* first, so those are the k least probable topics. Sort -p instead, or take the last k columns.",
        lambda y, p, k: float(np.mean(places(y, p) >= p.shape[1] - k)),
    )
    exactly_place_k = mistake(
        "You only ask whether the topic is in place k exactly. Places 1 to k all count.",
        lambda y, p, k: float(np.mean(places(y, p) == k - 1)),
    )
    one_too_many = mistake(
        "One place too many: with k = 1 the second best would count as well.",
        lambda y, p, k: float(np.mean(places(y, p) <= k)),
    )
    how_many = mistake(
        "That is how many stories, not their share: divide by their number.",
        lambda y, p, k: int(np.sum(places(y, p) < k)),
    )
    compares_places = mistake(
        "You compare *places* with topics: np.argsort gives the topics in order, so test whether y is one of its first k.",
        lambda y, p, k: float(np.mean(np.argsort(np.argsort(-p, axis=1), axis=1)[:, :k] == y[:, None])),
    )
    mean_over_places = mistake(
        "You divide by n times k. A story's topic can be only one of its first k: add up the hits of a row (`.any(axis=1)`) "
        "before you take the mean.",
        lambda y, p, k: float(np.mean(places(y, p) < k)) / k,
    )

    @mistake("You sort down the columns, over the stories. Sort each row (axis=1), over the topics.")
    def sorts_stories(y, p, k):
        order = np.argsort(-p, axis=0)[:, : min(k, p.shape[1])]
        return float(np.mean([label in row for label, row in zip(y, order, strict=True)]))

    any_k = mistake(
        "The shares are right, but a k that makes no sense (0, or more than there are topics) should raise ValueError.",
        lambda y, p, k: float(np.mean(places(y, p) < k)),
        refuses=None,
    )
    any_k_from_the_end = mistake(
        "The shares are right, but a k that makes no sense should raise ValueError. (Your k = 0 gives 1.0: a slice [-0:] is everything.)",
        lambda y, p, k: float(np.mean(places(y, p) < k)) if k else 1.0,
        refuses=None,
    )
    least_probable_unchecked = mistake(
        "np.argsort puts the *smallest* first, so those are the k least probable topics: sort -p instead. And a k that makes no sense "
        "should raise ValueError.",
        least_probable,
        refuses=None,
    )
    how_many_unchecked = mistake(
        "That is how many stories, not their share: divide by their number. And a k that makes no sense should raise ValueError.",
        how_many,
        refuses=None,
    )
    top_one_unchecked = mistake(
        "Only the most probable topic counts here, whatever k says. Look at the first k places; k = 0 should raise ValueError.",
        top_one,
        refuses=None,
    )


def places(y, p):
    """How many classes are more probable than each story's own: (n,)."""
    own = p[np.arange(len(y)), y]
    return (p > own[:, None]).sum(axis=1)
