import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ATTEND, looking, normal, raised, scores, taken

LOG_3 = np.log(3.0)  # exp of it is 3: weights of 3 / 4 and 1 / 4 can be checked by hand
ALL = np.ones((1, 2), bool)
#: One query of four numbers: its products with the two keys are 2 log 3 and 0, divided by sqrt(4) they are log 3 and 0.
QUERY = np.array([[2 * LOG_3, 0.0, 0.0, 1.0]])
KEYS = np.array([[1.0, 0.0, 5.0, 0.0], [0.0, 7.0, 0.0, 0.0]])
VALUES = np.array([[20.0, 4.0], [0.0, 8.0]])
FIRST = np.array([[1.0, 0.0, 0.0, 0.0]])  # whose product with the second key is 0
#: Three queries, four keys, vectors of two numbers, values of three.
QUERIES = np.array([[1.0, -0.5], [2.0, 1.0], [-1.0, 3.0]])
MORE_KEYS = np.array([[0.5, 1.0], [-1.0, 2.0], [1.5, 0.0], [1.0, -2.0]])
MORE_VALUES = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, -1.0], [-2.0, 1.0, 0.5], [4.0, -1.0, 1.0]])
SOME = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]], bool)
#: Five words that look at themselves: keys, queries and values are alike in shape.
WORDS = np.array([[1.0, 0.0, 2.0], [0.5, -1.0, 1.0], [-1.0, 2.0, 0.0], [3.0, 1.0, -1.0], [0.0, 1.0, 1.0]])
LOOKS_BACK = np.tril(np.ones((5, 5), bool))


@exercise("scaled_dot_product", points=3, objective=ATTEND, rtol=1e-4, atol=1e-6)
class ScaledDotProduct:
    """What each query takes from the values, and the weights: a softmax over the keys of q . k / sqrt(d), where the mask allows it."""

    def oracle(q, k, v, mask):
        import keras

        def taken(values):
            by_head = [
                np.asarray(part, "float64")[None, :, None] for part in (q, k, values)
            ]  # a batch of one, one head
            found = keras.ops.dot_product_attention(*by_head, mask=np.asarray(mask)[None, None])
            return np.asarray(found)[0, :, 0]

        return taken(v), taken(np.eye(len(k)))  # what is taken of the unit vectors is the weights themselves

    examples = [
        probe(QUERY, KEYS, VALUES, ALL),
        probe(QUERY, KEYS, VALUES, np.array([[False, True]])),
        probe(QUERIES, MORE_KEYS, MORE_VALUES, np.ones((3, 4), bool)),
        probe(QUERIES, MORE_KEYS, MORE_VALUES, SOME),
        probe(WORDS, WORDS[::-1], WORDS, LOOKS_BACK),
        probe(1000 * QUERY, KEYS, VALUES, ALL),
        probe(np.array([[1000.0, 0.0]]), np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.eye(3), SOME[2:, :3]),
        probe(np.array([[1000.0, 0.0]]), np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.eye(3), SOME[:1, :3]),
        probe(-1000 * QUERY, KEYS, VALUES, np.array([[True, False]])),
        probe(np.array([[2000.0], [1.0]]) * FIRST, KEYS, VALUES, np.ones((2, 2), bool)),
        probe(-1e10 * FIRST, KEYS, VALUES, np.array([[True, False]])),
    ]

    def hidden(rng):
        for queries, keys, d, of_values in (
            (1, 3, 2, 4),
            (4, 4, 4, 4),
            (3, 6, 5, 2),
            (7, 2, 8, 3),
            (2, 9, 3, 1),
            (6, 1, 4, 5),
            (10, 10, 16, 16),
        ):
            yield looking(rng, queries, keys, d, of_values)
        q, k, v, mask = looking(rng, 4, 5, 3, 2).args
        yield probe(q.astype("float32"), k.astype("float32"), v.astype("float32"), mask)
        yield probe(q, k, v, np.ones_like(mask))
        yield probe(3000 * q, k, v, mask)
        yield probe(np.array([[5000.0], [1.0], [0.1], [0.01]]) * q, k, v, mask)
        yield probe(q, np.where(mask.any(axis=0)[:, None], k, 1e4), v, mask)

    not_scaled = mistake(
        "The scores are not scaled. The longer the vectors, the larger their products: divide them by sqrt(d), d being how many numbers "
        "a query has.",
        lambda q, k, v, mask: taken(normal(q @ k.T, mask), v),
    )
    scaled_by_d = mistake(
        "You divide by d. It is the square root of d: the spread of a sum of d products grows only as sqrt(d).",
        lambda q, k, v, mask: taken(normal(q @ k.T / q.shape[1], mask), v),
    )
    scaled_by_two = mistake(
        "You divide by 2, whatever the vectors are. That is sqrt(d) for d = 4 alone: d is how many numbers a query has, `q.shape[1]`.",
        lambda q, k, v, mask: taken(normal(q @ k.T / 2, mask), v),
    )
    scaled_by_keys = mistake(
        "You divide by the square root of how many keys, or queries, there are. How many numbers a query has, d, is what counts.",
        lambda q, k, v, mask: taken(normal(q @ k.T / np.sqrt(len(k)), mask), v),
    )
    multiplied = mistake(
        "You multiply by sqrt(d), which makes the largest score win altogether. Divide.",
        lambda q, k, v, mask: taken(normal(q @ k.T * np.sqrt(q.shape[1]), mask), v),
    )
    over_queries = mistake(
        "The softmax runs over the queries, so the weights of a *key* add up to 1. Each query shares its attention out among the keys: "
        "its row adds up to 1.",
        lambda q, k, v, mask: taken(normal(scores(q, k), mask, axis=0), v),
    )
    over_everything = mistake(
        "One softmax over the whole table. Each query has attention of its own: its row adds up to 1.",
        lambda q, k, v, mask: taken(normal(scores(q, k), mask, axis=(0, 1)), v),
    )
    divided_by_all = mistake(
        "You divide by the sum of the whole table. Each query has attention of its own: divide each row by its own sum.",
        lambda q, k, v, mask: taken(raised(q, k, mask) / raised(q, k, mask).sum(), v),
    )
    masked_afterwards = mistake(
        "The mask comes after the softmax: what is left of a row no longer adds up to 1. Put it on before.",
        lambda q, k, v, mask: taken(normal(scores(q, k), True) * mask, v),
    )
    scores_of_zero = mistake(
        "A forbidden key has the score 0 in yours, and exp(0) is 1: so it still has weight. Its score should be minus infinity.",
        lambda q, k, v, mask: taken(normal(scores(q, k) * mask, True), v),
    )
    no_mask = mistake(
        "The mask is not used: keys that a query may not look at have weight.",
        lambda q, k, v, mask: taken(normal(scores(q, k), True), v),
    )
    keys_taken = mistake(
        "You add up the keys. They only say how well they fit the query; it is the values that are taken.",
        lambda q, k, v, mask: taken(normal(scores(q, k), mask), k),
    )
    best_alone = mistake(
        "Each query takes the value with the largest score alone. A softmax shares its attention out.",
        lambda q, k, v, mask: taken(normal(1e9 * scores(q, k), mask), v),
    )
    uniform = mistake(
        "All keys that may be looked at have the same weight. The scores decide.",
        lambda q, k, v, mask: taken(normal(0 * scores(q, k), mask), v),
    )
    queries_for_keys = mistake(
        "Queries and keys are swapped, or the table of scores is transposed: row i belongs to query i, column j to key j.",
        lambda q, k, v, mask: taken(normal(scores(k, q), mask), v),
    )

    @mistake("The mask is turned round: True says that a query may look there.")
    def mask_turned(q, k, v, mask):
        with np.errstate(all="ignore"):
            hidden = np.where(mask, -1e9, scores(q, k))
            return taken(normal(hidden, True), v)

    @mistake(
        "Where all keys may be looked at, yours has minus infinity for all of them, and 0 / 0 is NaN. The mask is turned round: True "
        "says that a query may look there."
    )
    def mask_turned_to_nan(q, k, v, mask):
        with np.errstate(all="ignore"):
            hidden = np.where(mask, -np.inf, scores(q, k))
            weights = np.exp(hidden - hidden.max(axis=1, keepdims=True))
            return taken(weights / weights.sum(axis=1, keepdims=True), v)

    @mistake(
        "You take the largest score of the whole table off. Where another query has scores far above its own, exp gives 0 for a whole "
        "row, and 0 / 0 is NaN. Take off the largest of each row."
    )
    def largest_of_all(q, k, v, mask):
        kept = np.where(mask, scores(q, k), -np.inf)
        weights = np.exp(kept - kept.max())
        with np.errstate(invalid="ignore"):
            return taken(weights / weights.sum(axis=1, keepdims=True), v)

    @mistake(
        "A large negative number stands in for minus infinity. Where the scores that count are lower still, the forbidden key wins. "
        "-np.inf is below them all."
    )
    def not_low_enough(q, k, v, mask):
        return taken(normal(np.where(mask, scores(q, k), -1e9), True), v)

    @mistake("The weights are not divided by their sum: exp alone is no softmax. The weights of a query add up to 1.")
    def not_normalised(q, k, v, mask):
        with np.errstate(over="ignore", invalid="ignore"):
            return taken(np.exp(scores(q, k)) * mask, v)

    @mistake(
        "exp of a large score overflows, and where all scores of a row are far below 0 it gives 0 for each: infinity / infinity and 0 / 0 "
        "are NaN. A softmax stays the same when a number is taken off all scores of a row: take off the largest."
    )
    def overflow(q, k, v, mask):
        with np.errstate(over="ignore", invalid="ignore"):
            weights = np.where(mask, np.exp(scores(q, k)), 0)
            return taken(weights / weights.sum(axis=1, keepdims=True), v)

    @mistake(
        "Here the largest score belongs to a key that may not be looked at. Taken off the others, it leaves so little that exp gives 0 "
        "for all of them, and 0 / 0 is NaN. Put the mask on first, and look for the largest score among what is left."
    )
    def forbidden_sets_the_scale(q, k, v, mask):
        z = scores(q, k)
        weights = np.exp(z - z.max(axis=1, keepdims=True)) * mask
        with np.errstate(invalid="ignore"):
            return taken(weights / weights.sum(axis=1, keepdims=True), v)

    half_of_d = mistake(
        "You divide by d / 2. That is sqrt(d) for d = 4 alone.",
        lambda q, k, v, mask: taken(normal(q @ k.T / (q.shape[1] / 2), mask), v),
    )
    root_cut_off = mistake(
        "Your root is cut to a whole number: `int(...)`, or `//`. sqrt(2) is 1.414.",
        lambda q, k, v, mask: taken(normal(q @ k.T / int(np.sqrt(q.shape[1])), mask), v),
    )
    scaled_by_values = mistake(
        "You divide by the square root of how many numbers a *value* has. How many a query has, d, is what counts.",
        lambda q, k, v, mask: taken(normal(q @ k.T / np.sqrt(v.shape[1]), mask), v),
    )
    scaled_afterwards = mistake(
        "You divide the weights by sqrt(d), so that a row does not add up to 1. Divide the scores, before the softmax.",
        lambda q, k, v, mask: taken(normal(q @ k.T, mask) / np.sqrt(q.shape[1]), v),
    )
    clipped = mistake(
        "You clip the scores, so that large ones become equal. Take the largest of each row off: nothing is lost by that.",
        lambda q, k, v, mask: taken(normal(np.clip(scores(q, k), -500, 500), mask), v),
    )

    infinity_times_zero = mistake(
        "All is NaN. A product such as `~mask * -np.inf` is 0 times infinity where a query *may* look. `np.where(mask, scores, -np.inf)` "
        "multiplies nothing.",
        lambda q, k, v, mask: taken(np.full(mask.shape, np.nan), v),
    )

    @mistake(
        "exp overflows, and what came of it, NaN, you turn into 0: nothing is taken at all. Take the largest score of each row off."
    )
    def nan_to_zero(q, k, v, mask):
        with np.errstate(all="ignore"):
            weights = np.exp(scores(q, k)) * mask
            return taken(np.nan_to_num(weights / weights.sum(axis=1, keepdims=True)), v)

    @mistake(
        "Here the largest score belongs to a key that may not be looked at, so that exp gives 0 for all others; the small number under "
        "the line, or `nan_to_num`, hides the 0 / 0. Put the mask on first."
    )
    def forbidden_takes_all(q, k, v, mask):
        z = scores(q, k)
        weights = np.exp(z - z.max(axis=1, keepdims=True)) * mask
        return taken(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9), v)

    weights_first = mistake(
        "Both are right, in the wrong order: what is taken first, then the weights.",
        lambda q, k, v, mask: taken(normal(scores(q, k), mask), v)[::-1],
    )
    taken_alone = mistake(
        "What is taken is right. The weights are asked for as well, to be looked at: return taken, weights.",
        lambda q, k, v, mask: taken(normal(scores(q, k), mask), v)[0],
    )
    mean_for_sum = mistake(
        "You take the mean of the weighted values. The weights add up to 1 already: add up, and do not divide again.",
        lambda q, k, v, mask: (taken(normal(scores(q, k), mask), v)[0] / len(k), normal(scores(q, k), mask)),
    )
