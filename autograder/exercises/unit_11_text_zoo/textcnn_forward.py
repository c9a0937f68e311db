import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import INSIDE

#: Kernels (width, d, filters) that can be checked by hand.
NOT_GOOD = np.array([[[1.0], [0.0]], [[0.0], [1.0]]])  # a negation, then praise
ALONE = np.array([[[2.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]])
PAIRS = np.array([[[1.0, 0.0], [2.0, -1.0]], [[0.0, 3.0], [-1.0, 1.0]]])
TRIPLES = np.array([[[1.0], [0.0]], [[0.0], [-2.0]], [[3.0], [1.0]]])
HANGING = np.array(
    [[[2.0], [0.0]], [[0.0], [-2.0]], [[-1.0], [1.0]]]
)  # answers most where it sees zeros behind the text
FOUR_WORDS = np.array([[1.0, 2.0], [-1.0, 1.0], [2.0, 0.0], [1.0, -3.0]])
FIVE_WORDS = np.array([[3.0, 1.0], [0.0, 2.0], [-1.0, 1.0], [1.0, 1.0], [2.0, 4.0]])


def too_short(x, kernels, biases):
    """Refuse a text in which the widest filter has no place."""
    if widest := next((len(w) for w in kernels if len(w) > len(x)), 0):
        raise ValueError(f"a filter of width {widest} has no place in {len(x)} words")


@exercise("textcnn_forward", points=3, objective=INSIDE, refuses=too_short, rtol=1e-4, atol=1e-5, dtype="any")
class TextcnnForward:
    """The largest answer of each filter over a text, at least 0: the filters of all widths in one vector."""

    def oracle(x, kernels, biases):
        import tensorflow as tf

        too_short(x, kernels, biases)
        text = tf.constant(np.asarray(x)[None], "float64")  # (1, words, d)
        found = [tf.nn.conv1d(text, tf.constant(w, "float64"), 1, "VALID") for w in kernels]  # (1, places, filters)
        answers = [tf.nn.relu(tf.nn.bias_add(z, tf.constant(b, "float64"))) for z, b in zip(found, biases, strict=True)]
        return tf.concat([tf.reduce_max(z, axis=1)[0] for z in answers], axis=0).numpy()

    examples = [
        probe(np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0]]), [NOT_GOOD], [np.array([-2.0])]),
        probe(FOUR_WORDS, [PAIRS], [np.array([1.0, -1.0])]),
        probe(FOUR_WORDS, [ALONE, PAIRS], [np.array([1.0, 0.0, -1.0]), np.array([0.0, 2.0])]),
        probe(-np.ones((3, 2)), [np.ones((2, 2, 2))], [np.array([0.5, 5.0])]),
        probe(FIVE_WORDS, [TRIPLES, ALONE, PAIRS], [np.array([-1.0]), np.array([0.5, 1.0, 0.0]), np.array([2.0, 0.5])]),
        probe(np.array([[0.0, 1.0], [1.0, 0.0], [3.0, -1.0]]), [HANGING], [np.array([0.0])]),
        probe(np.array([[2.0, 1.0]]), [ALONE], [np.array([0.5, 0.0, 1.0])]),
        probe(FOUR_WORDS[:2], [ALONE, TRIPLES], [np.array([0.0, 1.0, 0.0]), np.array([3.0])]),
    ]

    def hidden(rng):
        for n, d, sizes in (
            (9, 4, [(2, 3), (3, 3)]),
            (7, 3, [(5, 2), (1, 6), (3, 1)]),
            (5, 6, [(5, 4)]),
            (30, 16, [(3, 8), (4, 8), (5, 8)]),
            (1, 5, [(1, 3)]),
        ):
            yield a_text(rng, n, d, sizes)
        yield probe(*(in_float32(argument) for argument in a_text(rng, 12, 5, [(2, 4), (4, 2)]).args))
        x, kernels, biases = a_text(rng, 8, 3, [(3, 4), (2, 2)]).args
        yield probe(-np.abs(x), [np.abs(w) for w in kernels], [b - 1.0 for b in biases])  # nothing is found
        yield probe(rng.integers(-3, 4, size=(6, 2)), kernels=[PAIRS, TRIPLES], biases=[np.ones(2), np.zeros(1)])
        yield a_text(rng, 3, 4, [(2, 2), (4, 2)])
        yield a_text(rng, 2, 3, [(5, 2), (1, 2), (2, 2)])

    max_over_channels = mistake(
        "You keep the largest filter at each place. The other way round: for each filter its largest answer over all places, so "
        "that as many numbers are left as there are filters.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: relu(z + b).max(axis=1)),
    )
    no_relu = mistake(
        "The ReLU is missing: a filter that finds nothing answers 0, and no negative number.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: (z + b).max(axis=0)),
    )
    same_padding = mistake(
        "Zeros were added at both ends of the text, as padding 'same' does, and filters answer there too. Here a filter stands at "
        "n - width + 1 places, where it sees words alone.",
        lambda x, kernels, biases: joined(x, kernels, biases, best, around=lambda k: ((k - 1) // 2, k // 2)),
    )
    hangs_over = mistake(
        "Your last windows hang over the end of the text. Here a filter stands at n - width + 1 places, where it sees words alone.",
        lambda x, kernels, biases: joined(x, kernels, biases, best, around=lambda k: (0, k - 1)),
    )
    one_place_short = mistake(
        "You stop one place too early: a filter has n - width + 1 places in n words, the first and the last included.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: best(z[:-1], b)),
    )
    mean_over_time = mistake(
        "You take the mean over the places. TextCNN keeps the largest: one place is enough for a phrase to have occurred.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: relu(z + b).mean(axis=0)),
    )
    sum_over_time = mistake(
        "You add up over the places. TextCNN keeps the largest alone: how often a phrase occurs does not count.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: relu(z + b).sum(axis=0)),
    )
    no_bias = mistake(
        "The biases are missing: each filter's is added to its sums, before the ReLU.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: best(z, 0 * b)),
    )
    bias_after_relu = mistake(
        "You add the bias after the ReLU, so that a filter that found nothing answers with its bias. Sum, bias, ReLU.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: relu(z).max(axis=0) + b),
    )
    bias_at_every_word = mistake(
        "You add the bias for every word of a window, so it counts as often as the filter is wide. Add it once, after the sum.",
        lambda x, kernels, biases: joined(x, kernels, [len(w) * b for w, b in zip(kernels, biases, strict=True)], best),
    )
    flipped = mistake(
        "Your kernels are turned round: place 0 of a kernel meets the *first* word of a window. (np.convolve turns them; the "
        "layers of a network do not.)",
        lambda x, kernels, biases: joined(x, [w[::-1] for w in kernels], biases, best),
    )
    not_moved = mistake(
        "All places of your kernel meet the same word. Place j of it meets the word j steps further on.",
        lambda x, kernels, biases: joined(
            x, kernels, biases, best, slide=lambda x, w: np.asarray(x)[: len(x) - len(w) + 1] @ w.sum(axis=0)
        ),
    )
    without_overlap = mistake(
        "Your windows do not overlap: they move on by the filter's width. They move on by one word.",
        lambda x, kernels, biases: joined(x, kernels, biases, best, slide=lambda x, w: slid(x, w)[:: len(w)]),
    )
    tanh_for_relu = mistake(
        "You take tanh of the sums. That is possible, and here the ReLU is asked for: max(0, sum + bias).",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: np.tanh(z + b).max(axis=0)),
    )
    one_number_a_width = mistake(
        "You keep one number for all filters of a width. Each filter has a largest answer of its own: take the maximum along the "
        "places alone.",
        lambda x, kernels, biases: joined(x, kernels, biases, lambda z, b: [relu(z + b).max()]),
    )
    first_width_only = mistake(
        "Only the filters of the first width are there. Does `return` stand inside the loop?",
        lambda x, kernels, biases: joined(x, kernels[:1], biases[:1], best),
    )
    last_width_only = mistake(
        "Only the filters of the last width are there: each width replaces what was found before it. Collect, and join.",
        lambda x, kernels, biases: joined(x, kernels[-1:], biases[-1:], best),
    )
    sorted_by_width = mistake(
        "You join the widths from the narrowest to the widest. They are asked for in the order in which they are given.",
        lambda x, kernels, biases: joined(
            x, *zip(*sorted(zip(kernels, biases, strict=True), key=lambda pair: len(pair[0])), strict=True), best
        ),
    )
    not_joined = mistake(
        "The numbers are right; they should be in one array. np.concatenate joins those of all widths.",
        lambda x, kernels, biases: [joined(x, [w], [b], best) for w, b in zip(kernels, biases, strict=True)],
    )
    short_text_filled_up = mistake(
        "A text that is shorter than the widest filter gets zeros at its end from you. Here it should raise ValueError.",
        lambda x, kernels, biases: joined(
            np.pad(x, [(0, max(0, max(map(len, kernels)) - len(x))), (0, 0)]), kernels, biases, best
        ),
        refuses=None,
    )
    zeros_for_no_place = mistake(
        "A filter without a place answers 0 in yours, without a word. A text that is shorter than the widest filter should raise "
        "ValueError.",
        lambda x, kernels, biases: np.concatenate(
            [joined(x, [w], [b], best) if len(w) <= len(x) else 0.0 * b for w, b in zip(kernels, biases, strict=True)]
        ),
        refuses=None,
    )


def relu(z):
    """max(0, z)."""
    return np.maximum(z, 0)


def best(z, b):
    """The largest answers of (places, filters) sums with their biases: (filters,)."""
    return relu(z + b).max(axis=0)


def slid(x, w):
    """The sums of a kernel w (width, d, filters) at each place of x (words, d): (places, filters)."""
    places = len(x) - len(w) + 1
    return sum(np.asarray(x)[j : j + places] @ w[j] for j in range(len(w)))


def joined(x, kernels, biases, answer, around=lambda k: (0, 0), slide=slid):
    """`answer(sums, bias)` for each width, in one vector; `around(width)`: how many zeros stand before and after the text."""
    each = zip(kernels, biases, strict=True)
    return np.concatenate([answer(slide(np.pad(x, [around(len(w)), (0, 0)]), w), b) for w, b in each])


def in_float32(argument):
    """An array, or a list of arrays, in float32."""
    return [each.astype("float32") for each in argument] if isinstance(argument, list) else argument.astype("float32")


def a_text(rng, n, d, sizes):
    """A probe of n random words, with kernels of these (width, filters)."""
    kernels = [rng.normal(size=(width, d, filters)) for width, filters in sizes]
    return probe(rng.normal(size=(n, d)), kernels, [rng.normal(size=filters) for _, filters in sizes])
