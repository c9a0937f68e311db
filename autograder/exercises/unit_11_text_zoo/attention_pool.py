import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import ATTEND

THREE = np.log(3.0)  # exp of it is 3: weights of 3 / 4 and 1 / 4 can be checked by hand
#: One text: tanh(20) is 1 to 17 digits, tanh(0) is 0, and the third place is padding.
FIRST_NUMBER = np.array([[1.0], [0.0]])  # (2, 1): a hidden number that looks at the first number of a word alone
STRONG = np.array([[[20.0, 4.0], [0.0, 8.0], [20.0, 100.0]]])  # (1, 3, 2)
#: Two texts of four places, two numbers a word, three hidden numbers.
TEXTS = np.array(
    [
        [[1.0, 0.0], [0.5, -1.0], [-1.0, 2.0], [3.0, 1.0]],
        [[0.0, 2.0], [-0.5, 1.0], [2.0, -1.0], [1.0, 1.0]],
    ]
)
W, B, U = (np.array(weights) for weights in ([[1.0, -0.5, 0.0], [0.5, 1.0, -1.0]], [0.5, -0.5, 1.0], [1.0, -2.0, 0.5]))
SQUARE_W = np.array([[1.0, -0.5], [0.5, 1.0]])


@exercise("attention_pool", points=3, objective=ATTEND, rtol=1e-4, atol=1e-6)
class AttentionPool:
    """The weighted sum of each text's words, and the weights: a softmax over the words of tanh(h @ w + b) @ u; padding has none."""

    def oracle(h, w, b, u, mask):
        from scipy.special import softmax

        pooled, weights = np.zeros((h.shape[0], h.shape[2])), np.zeros(mask.shape)
        for text in range(len(h)):
            words = [t for t in range(h.shape[1]) if mask[text, t]]
            scores = [float(np.tanh(h[text, t].astype(float) @ w + b) @ u) for t in words]
            for t, weight in zip(words, softmax(scores) if words else [], strict=True):
                weights[text, t] = weight
                pooled[text] += weight * h[text, t]
        return pooled, weights

    examples = [
        probe(STRONG, FIRST_NUMBER, np.zeros(1), np.array([THREE]), np.array([[True, True, False]])),
        probe(STRONG, FIRST_NUMBER, np.zeros(1), np.array([THREE]), np.array([[False, False, False]])),
        probe(STRONG / 10, FIRST_NUMBER, np.array([-1.0]), np.array([2.0]), np.array([[True, True, True]])),
        probe(TEXTS, W, B, U, np.array([[True, True, True, False], [True, True, False, False]])),
        probe(TEXTS, SQUARE_W, B[:2], U[:2], np.array([[True, False, True, True], [False, True, False, False]])),
        probe(STRONG, FIRST_NUMBER, np.zeros(1), np.array([2000.0]), np.array([[True, True, False]])),
        probe(STRONG, FIRST_NUMBER, np.zeros(1), np.array([-2000.0]), np.array([[True, False, True]])),
        probe(STRONG[:, ::-1], FIRST_NUMBER, np.zeros(1), np.array([2000.0]), np.array([[False, True, False]])),
    ]

    def hidden(rng):
        for texts, length, d, k in (
            (1, 4, 2, 3),
            (3, 6, 5, 5),
            (5, 3, 4, 2),
            (8, 20, 6, 10),
            (4, 1, 3, 2),
            (2, 2, 7, 1),
        ):
            yield some_texts(rng, texts, length, d, k)
        yield some_texts(rng, 4, 4, 4, 4)
        h, w, b, u, mask = some_texts(rng, 3, 5, 4, 3).args
        yield probe(*(argument.astype("float32") for argument in (h, w, b, u)), mask)
        yield probe(h, w, b, u, np.zeros_like(mask))
        yield probe(h, w, b, u, np.ones_like(mask))
        yield probe(h, w, b, 3000 * u, mask)
        yield probe(np.where(mask[..., None], h, 1e4), w, b, u, mask)  # padding may hold anything

    padding_gets_weight = mistake(
        "The mask is not used: padding gets a share of the weights. Only words may have one.",
        lambda h, w, b, u, mask: pooled(h, normal(scores(h, w, b, u), True)),
    )
    uniform_for_nothing = mistake(
        "A text that is all padding gets equal weights. It has no word to look at: zeros, for its weights and for its vector.",
        lambda h, w, b, u, mask: pooled(
            h, np.where(mask.any(axis=1, keepdims=True), normal(scores(h, w, b, u), mask), 1 / h.shape[1])
        ),
    )

    @mistake(
        "A text that is all padding gives NaN: 0 / 0. It has no word to look at: zeros, for its weights and for its vector."
    )
    def nan_for_nothing(h, w, b, u, mask):
        return pooled(h, np.where(mask.any(axis=1, keepdims=True), normal(scores(h, w, b, u), mask), np.nan))

    not_renormalised = mistake(
        "You put the mask on after the softmax, so that the weights of the words no longer add up to 1. Put it on before, or divide "
        "by their sum.",
        lambda h, w, b, u, mask: pooled(h, normal(scores(h, w, b, u), True) * mask),
    )
    scores_of_zero = mistake(
        "You multiply the scores of padding by 0. exp(0) is 1, so padding still has a weight: its score should be minus infinity, or "
        "its exp 0.",
        lambda h, w, b, u, mask: pooled(h, normal(scores(h, w, b, u) * mask, True)),
    )
    vectors_of_zero = mistake(
        "You multiply the vectors of padding by 0. Padding still takes a share of the weights, for tanh(b) @ u is a score, too.",
        lambda h, w, b, u, mask: pooled(h * mask[..., None], normal(scores(h * mask[..., None], w, b, u), True)),
    )
    softmax_over_features = mistake(
        "The softmax runs over an axis with one number, so each word has the weight 1. It should run over the words of a text: "
        "axis 1.",
        lambda h, w, b, u, mask: pooled(h, mask.astype(float)),
    )
    softmax_over_texts = mistake(
        "The softmax runs over the texts: the words of *one* text should share a weight of 1. That is axis 1.",
        lambda h, w, b, u, mask: pooled(h, normal(scores(h, w, b, u), mask, axis=0)),
    )
    mean_for_sum = mistake(
        "You take the mean of the weighted words. The weights add up to 1 already: add up, and do not divide again.",
        lambda h, w, b, u, mask: (
            AttentionPool.oracle(h, w, b, u, mask)[0] / h.shape[1],
            AttentionPool.oracle(h, w, b, u, mask)[1],
        ),
    )
    no_tanh = mistake(
        "The tanh is missing. It keeps each hidden number between -1 and 1 before u looks at them.",
        lambda h, w, b, u, mask: pooled(h, normal(scores(h, w, b, u, squash=lambda z: z), mask)),
    )
    no_bias = mistake(
        "The bias has no effect. It is added before the tanh, tanh(h @ w + b). After it, it would change all scores of a text alike, "
        "and a softmax does not see that.",
        lambda h, w, b, u, mask: AttentionPool.oracle(h, w, 0 * b, u, mask),
    )
    hidden_pooled = mistake(
        "You add up the hidden vectors, tanh(h @ w + b). They only decide about the weights; it is the words, h, that are added up.",
        lambda h, w, b, u, mask: (
            pooled(np.tanh(h @ w + b), normal(scores(h, w, b, u), mask))[0],
            normal(scores(h, w, b, u), mask),
        ),
    )
    plain_mean = mistake(
        "All words of a text have the same weight in yours. The scores decide: softmax of tanh(h @ w + b) @ u.",
        lambda h, w, b, u, mask: AttentionPool.oracle(h, w, b, 0 * u, mask),
    )
    best_word_only = mistake(
        "You keep the word with the largest score alone. A softmax shares the weight out.",
        lambda h, w, b, u, mask: AttentionPool.oracle(h, w, b, 1e9 * u, mask),
    )

    @mistake("The weights are not divided by their sum: exp alone is no softmax. The weights of a text add up to 1.")
    def not_normalised(h, w, b, u, mask):
        with np.errstate(over="ignore", invalid="ignore"):
            return pooled(h, np.exp(scores(h, w, b, u)) * mask)

    @mistake(
        "A large score makes exp overflow, and infinity / infinity is NaN. A softmax stays the same when a number is taken off all "
        "scores: take off the largest."
    )
    def overflow(h, w, b, u, mask):
        with np.errstate(over="ignore", invalid="ignore"):
            raised = np.where(mask, np.exp(scores(h, w, b, u)), 0)
            total = raised.sum(axis=1, keepdims=True)
            return pooled(h, raised / np.where(total == 0, 1, total))

    @mistake(
        "exp overflows, and the mask comes too late: infinity * 0 is NaN. A softmax stays the same when a number is taken off all "
        "scores: take off the largest of the words, first."
    )
    def overflow_before_the_mask(h, w, b, u, mask):
        with np.errstate(over="ignore", invalid="ignore"):
            raised = np.exp(scores(h, w, b, u)) * mask
            total = raised.sum(axis=1, keepdims=True)
            return pooled(h, raised / np.where(total == 0, 1, total))

    @mistake(
        "The largest score belongs to padding here. Taken off the words' scores, it leaves so little that exp gives 0 for all of "
        "them. Put the mask on first, and look for the largest score among the words."
    )
    def padding_sets_the_scale(h, w, b, u, mask):
        z = scores(h, w, b, u)
        raised = np.exp(z - z.max(axis=1, keepdims=True)) * mask
        with np.errstate(invalid="ignore"):
            return pooled(h, np.where(mask.any(axis=1, keepdims=True), raised / raised.sum(axis=1, keepdims=True), 0))

    weights_first = mistake(
        "Both are right, in the wrong order: the pooled vectors first, then the weights.",
        lambda h, w, b, u, mask: AttentionPool.oracle(h, w, b, u, mask)[::-1],
    )
    pooled_alone = mistake(
        "The pooled vectors are right. The weights are asked for as well, to be looked at: return pooled, weights.",
        lambda h, w, b, u, mask: AttentionPool.oracle(h, w, b, u, mask)[0],
    )
    weights_with_an_axis = mistake(
        "The numbers are right; your weights have an axis too many. (texts, length) is asked for: [..., 0] takes the last axis off.",
        lambda h, w, b, u, mask: (
            AttentionPool.oracle(h, w, b, u, mask)[0],
            AttentionPool.oracle(h, w, b, u, mask)[1][..., None],
        ),
    )


def scores(h, w, b, u, squash=np.tanh):
    """(texts, length) scores of the words."""
    return squash(np.asarray(h, float) @ w + b) @ u


def normal(z, mask, axis=1):
    """The softmax of scores where the mask is true, and 0 elsewhere."""
    kept = np.where(mask, z, -np.inf)
    largest = kept.max(axis=axis, keepdims=True)
    raised = np.exp(kept - np.where(np.isfinite(largest), largest, 0))
    total = raised.sum(axis=axis, keepdims=True)
    return raised / np.where(total == 0, 1, total)


def pooled(h, weights):
    """The weighted sum of each text's words, and the weights."""
    return (weights[..., None] * h).sum(axis=1), weights


def some_texts(rng, texts, length, d, k):
    """A probe of random texts; the last is cut, the first has padding anywhere, and one of three or more has no word."""
    mask = np.ones((texts, length), bool)
    mask[-1, length // 2 + 1 :] = False
    mask[0] = rng.random(length) < 0.6
    mask[0, -1] = True
    if texts > 2:
        mask[1] = False
    weights = rng.normal(size=(d, k)), rng.normal(size=k), 2 * rng.normal(size=k)
    return probe(rng.normal(size=(texts, length, d)), *weights, mask)
