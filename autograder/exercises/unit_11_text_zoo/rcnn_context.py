import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import INSIDE

THREE = np.array([[1.0], [2.0], [3.0]])
ONE = np.array([[1.0]])
#: Weights and words of two units and three numbers a word, by which each of the mistakes below shows.
W_LEFT = np.array([[0.5, -1.0], [1.0, 0.5]])
W_WORD = np.array([[0.5, 0.0], [-0.5, 1.0], [1.0, -0.5]])
WORDS = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, -1.0], [0.5, -1.0, 0.0], [-1.0, 0.5, 1.0]])
START = np.array([1.0, -0.5])


def unknown_direction(words, w_left, w_word, start, direction):
    """Refuse a side that is neither left nor right."""
    if direction not in ("left", "right"):
        raise ValueError(f"direction is {direction!r}; it can be 'left' or 'right'")


@exercise("rcnn_context", points=3, objective=INSIDE, refuses=unknown_direction, rtol=1e-4, atol=1e-6)
class RcnnContext:
    """For each word what stands to its left, or right: `start` at the end, else tanh(neighbour's context @ w_left + neighbour @ w_word)."""

    def oracle(words, w_left, w_word, start, direction):
        from math import tanh

        unknown_direction(words, w_left, w_word, start, direction)
        step = -1 if direction == "left" else 1
        columns = list(zip(np.transpose(w_left).tolist(), np.transpose(w_word).tolist(), strict=True))  # one a unit

        def context(i):
            """That of word i, from the far end on, without a look at what was computed for its neighbours."""
            if not 0 <= i + step < len(words):
                return [float(value) for value in start]
            before, word = context(i + step), words[i + step].tolist()
            return [tanh(dot(before, of_context) + dot(word, of_word)) for of_context, of_word in columns]

        def dot(a, b):
            return sum(x * y for x, y in zip(a, b, strict=True))

        return np.array([context(i) for i in range(len(words))])

    examples = [
        probe(THREE, ONE, ONE, np.array([0.0]), "left"),
        probe(THREE, ONE, ONE, np.array([0.0]), "right"),
        probe(THREE[:2], ONE, -ONE, np.array([2.0]), "left"),
        probe(WORDS, W_LEFT, W_WORD, START, "left"),
        probe(WORDS, W_LEFT, W_WORD, START, "right"),
        probe(WORDS[:1], W_LEFT, W_WORD, START, "right"),
        probe(WORDS, W_LEFT, W_WORD, START, "both"),
    ]

    def hidden(rng):
        for n, d, units in ((4, 3, 2), (2, 1, 3), (9, 2, 5), (6, 4, 4), (3, 5, 1)):
            for direction in ("left", "right"):
                yield a_text(rng, n, d, units, direction)
        yield a_text(rng, 1, 4, 3, "left")
        yield probe(*(argument.astype("float32") for argument in a_text(rng, 7, 4, 3, "right").args[:4]), "right")
        for direction in ("Left", "", "middle"):
            yield a_text(rng, 3, 2, 2, direction)

    after_its_own_word = mistake(
        "Each row has read its own word already: those are the states *after* the words. A context holds the words before alone, so "
        "the first row is `start`, and each state belongs one place further on.",
        lambda words, w_left, w_word, start, direction: sided(
            words, direction, lambda e: states(e, w_left, w_word, start)[1:]
        ),
    )
    own_word_for_its_neighbour = mistake(
        "Row i reads word i. It should read its *neighbour*, word i - 1 (to the right: i + 1): a word is no part of its own context.",
        lambda words, w_left, w_word, start, direction: sided(
            words, direction, lambda e: states(e[1:], w_left, w_word, start)
        ),
    )
    not_reversed_back = mistake(
        "The right contexts are in the order in which they were read, from the end on. Turn them round again, so that row i belongs "
        "to word i.",
        lambda words, w_left, w_word, start, direction: (
            states(words[:-1], w_left, w_word, start)
            if direction == "left"
            else states(words[:0:-1], w_left, w_word, start)
        ),
    )
    left_turned_round = mistake(
        "The left contexts are turned round as well. Only the right side is read from the end on.",
        lambda words, w_left, w_word, start, direction: sided(
            words, direction, lambda e: states(e[:-1], w_left, w_word, start)
        )[:: -1 if direction == "left" else 1],
    )
    always_left = mistake(
        "You give the left contexts for both directions. To the right, begin with the last word and read backwards.",
        lambda words, w_left, w_word, start, direction: states(words[:-1], w_left, w_word, start),
    )
    sides_swapped = mistake(
        "Left and right have changed places. The *left* context of a word is made of the words before it.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(
            words, w_left, w_word, start, {"left": "right", "right": "left"}[direction]
        ),
    )
    start_forgotten = mistake(
        "You begin with zeros. The context of the first word to be read is `start`.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(words, w_left, w_word, 0 * start, direction),
    )
    start_squashed = mistake(
        "`start` went through tanh. It is a context as it is: the first row is `start` itself.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(
            words, w_left, w_word, np.tanh(start), direction
        ),
    )
    start_once_more = mistake(
        "You begin with a step from `start` and a word of zeros. The context of the first word to be read is `start` itself.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(
            words, w_left, w_word, np.tanh(start @ w_left), direction
        ),
    )
    no_tanh = mistake(
        "The tanh is missing. Without it the numbers of a long text grow and grow.",
        lambda words, w_left, w_word, start, direction: shifted(
            words, w_left, w_word, start, direction, squash=lambda z: z
        ),
    )
    sigmoid = mistake(
        "You take the sigmoid, which is never negative. Here it is tanh.",
        lambda words, w_left, w_word, start, direction: shifted(
            words, w_left, w_word, start, direction, squash=lambda z: (1 + np.tanh(z / 2)) / 2
        ),
    )
    word_outside_tanh = mistake(
        "The word is added after the tanh. Add both products up first: tanh(context @ w_left + word @ w_word).",
        lambda words, w_left, w_word, start, direction: shifted(
            words, w_left, w_word, start, direction, step=lambda a, b: np.tanh(a) + b
        ),
    )
    transposed = mistake(
        "`w_left` is multiplied from the other side. The paper writes columns, W c; here vectors are rows: context @ w_left.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(words, w_left.T, w_word, start, direction),
    )
    neighbour_alone = mistake(
        "Each of your contexts knows the next neighbour alone. It goes on from the neighbour's *context*, and so knows all the words "
        "up to the end of the text.",
        lambda words, w_left, w_word, start, direction: sided(
            words,
            direction,
            lambda e: np.vstack([start, *(np.tanh(start @ w_left + word @ w_word) for word in e[:-1])]),
        ),
    )
    context_alone = mistake(
        "The words are not read at all: your contexts follow from one another. Add the neighbour's word @ w_word.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(words, w_left, 0 * w_word, start, direction),
    )
    one_row_too_many = mistake(
        "You have one row more than words: no word stands beyond the last one that is read. Leave its context out.",
        lambda words, w_left, w_word, start, direction: sided(
            words, direction, lambda e: states(e, w_left, w_word, start)
        ),
    )
    start_left_out = mistake(
        "One row is missing: the first word to be read has a context too, `start`.",
        lambda words, w_left, w_word, start, direction: sided(
            words, direction, lambda e: states(e[:-1], w_left, w_word, start)[1:]
        ),
    )
    other_is_right = mistake(
        "Any word but 'left' means the right side to you. A direction that is neither 'left' nor 'right' should raise ValueError.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(
            words, w_left, w_word, start, "left" if direction == "left" else "right"
        ),
        refuses=None,
    )
    other_is_left = mistake(
        "Any word but 'right' means the left side to you. A direction that is neither 'left' nor 'right' should raise ValueError.",
        lambda words, w_left, w_word, start, direction: RcnnContext.oracle(
            words, w_left, w_word, start, "right" if direction == "right" else "left"
        ),
        refuses=None,
    )


def states(words, w_left, w_word, start, step=np.add, squash=np.tanh):
    """`start`, and the states after each of these words: (words + 1, units)."""
    found = [np.asarray(start, float)]
    for word in words:
        found.append(squash(step(found[-1] @ w_left, word @ w_word)))
    return np.stack(found)


def sided(words, direction, contexts):
    """`contexts(words)` as they come for the left side; read from the end on, and turned round again, for the right."""
    return contexts(words) if direction == "left" else contexts(words[::-1])[::-1]


def shifted(words, w_left, w_word, start, direction, **wrong):
    """The contexts in which something is done in another way."""
    if "step" in wrong:
        wrong["squash"] = lambda z: z
    return sided(words, direction, lambda e: states(e[:-1], w_left, w_word, start, **wrong))


def a_text(rng, n, d, units, direction):
    """A probe of n random words."""
    weights = rng.normal(size=(units, units)), rng.normal(size=(d, units))
    return probe(rng.normal(size=(n, d)), *weights, rng.normal(size=units), direction)
