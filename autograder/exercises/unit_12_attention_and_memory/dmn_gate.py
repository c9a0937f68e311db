import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import REMEMBER

LOG_2 = np.log(2.0)
LARGE = 20.0  # its tanh is 1 to 17 digits
#: Sentences of one number. One hidden number looks at c * q alone: the score is log 2 where c * q > 0, else 0 or -log 2.
ONE_NUMBER = np.array([[1.0], [0.0], [-1.0]]), np.array([3.0]), np.array([2.0])
PRODUCT = np.array([[LARGE], [0.0], [0.0], [0.0]]), np.zeros(1), np.array([LOG_2])
#: The same, looking at one of the three others.
WITH_MEMORY, FROM_QUESTION, FROM_MEMORY = (
    (np.roll(np.array([[1.0], [0.0], [0.0], [0.0]]), row, axis=0), np.array([-1.0]), np.array([2.0]))
    for row in (1, 2, 3)
)
#: Four sentences of two numbers, three hidden numbers.
FACTS = np.array([[1.0, -0.5], [0.5, 2.0], [-1.0, 1.0], [0.25, 0.0]])
MEMORY, QUESTION = np.array([0.5, -1.0]), np.array([1.5, 1.0])
WEIGHTS = (
    np.array(
        [
            [0.5, -1.0, 0.25],
            [1.0, 0.5, -0.5],
            [-0.75, 0.25, 1.0],
            [0.5, 1.0, 0.75],
            [-1.0, 0.5, 0.5],
            [0.25, -0.5, 1.0],
            [1.0, 0.75, -0.25],
            [-0.5, 1.0, 0.5],
        ]
    ),
    np.array([0.5, -0.25, 1.0]),
    np.array([1.5, -2.0, 1.0]),
)
#: Two numbers a sentence and one hidden number: few enough to be seen whole.
TWO_NUMBERS = np.array([[1.0], [0.0], [0.5], [0.0], [0.0], [-1.0], [0.0], [0.5]]), np.array([0.5]), np.array([2.0])


@exercise("dmn_gate", points=3, objective=REMEMBER, rtol=1e-4, atol=1e-6)
class DmnGate:
    """The gates of one pass: a softmax over the sentences of tanh([c * q, c * m, |c - q|, |c - m|] @ w + b) @ u."""

    def oracle(c, m, q, weights):
        from scipy.special import softmax

        w, b, u = weights
        scores = []
        for fact in np.asarray(c, float):
            near = [x * y for x, y in zip(fact, q, strict=True)] + [x * y for x, y in zip(fact, m, strict=True)]
            near += [abs(x - y) for x, y in zip(fact, q, strict=True)] + [
                abs(x - y) for x, y in zip(fact, m, strict=True)
            ]
            hidden = [np.tanh(sum(z * w[i, j] for i, z in enumerate(near)) + b[j]) for j in range(len(b))]
            scores.append(float(np.dot(hidden, u)))
        return softmax(scores)

    examples = [
        probe(*ONE_NUMBER, PRODUCT),
        probe(*ONE_NUMBER, WITH_MEMORY),
        probe(*ONE_NUMBER, FROM_QUESTION),
        probe(*ONE_NUMBER, FROM_MEMORY),
        probe(FACTS, MEMORY, QUESTION, WEIGHTS),
        probe(FACTS[:1], MEMORY, QUESTION, WEIGHTS),
        probe(FACTS[:2], MEMORY, QUESTION, TWO_NUMBERS),
        probe(FACTS, MEMORY, QUESTION, (*WEIGHTS[:2], 1000 * WEIGHTS[2])),
    ]

    def hidden(rng):
        for sentences, d, k in ((2, 3, 2), (5, 2, 4), (3, 4, 4), (4, 4, 4), (10, 6, 8), (1, 3, 2)):
            yield a_pass(rng, sentences, d, k)
        c, m, q, (w, b, u) = a_pass(rng, 6, 5, 3).args
        small = [part.astype("float32") for part in (w, b, u)]
        yield probe(c.astype("float32"), m.astype("float32"), q.astype("float32"), tuple(small))
        yield probe(c, m, q, (w, b, 3000 * u))
        yield probe(c, q, q, (w, b, u))  # the first pass: nothing remembered but the question

    no_distance = mistake(
        "The distances are forgotten: |c - q| and |c - m| are half of what is looked at.",
        lambda c, m, q, weights: gates(c, m, q, weights, use=(1, 1, 0, 0)),
    )
    no_products = mistake(
        "The products are forgotten: c * q and c * m are half of what is looked at.",
        lambda c, m, q, weights: gates(c, m, q, weights, use=(0, 0, 1, 1)),
    )
    swapped = mistake(
        "Memory and question are exchanged. The order is c * q, c * m, |c - q|, |c - m|, and each has weights of its own.",
        lambda c, m, q, weights: gates(c, q, m, weights),
    )
    distance_first = mistake(
        "Products and distances are exchanged: the products come first.",
        lambda c, m, q, weights: gates(c, m, q, weights, order=(2, 3, 0, 1)),
    )
    by_whom = mistake(
        "The order is another one: both products first, then both distances. You have what belongs to the question first.",
        lambda c, m, q, weights: gates(c, m, q, weights, order=(0, 2, 1, 3)),
    )
    interleaved = mistake(
        "The four parts are mixed number by number. All numbers of c * q come first, then all of c * m, then the two distances.",
        lambda c, m, q, weights: gates(c, m, q, (by_number(weights[0]), *weights[1:])),
    )
    added_up = mistake(
        "You add the products up: c @ q is one number a sentence. c * q keeps as many as a sentence has, each with weights of its own.",
        lambda c, m, q, weights: gates(c, m, q, weights, product=lambda c, x: (c @ x)[:, None] * np.ones_like(c)),
    )
    question_twice = mistake(
        "Your memory has no part in it: the question stands in its places, so that every pass finds the same sentence. It is c * m and "
        "|c - m| there.",
        lambda c, m, q, weights: gates(c, q, q, weights),
    )
    signed = mistake(
        "You take the difference with its sign. How far apart two numbers are is never negative.",
        lambda c, m, q, weights: gates(c, m, q, weights, distance=lambda z: z),
    )
    squared = mistake(
        "You square the differences. Their absolute values are asked for.",
        lambda c, m, q, weights: gates(c, m, q, weights, distance=np.square),
    )
    question_alone = mistake(
        "The memory has no part in yours, so that every pass finds the same sentence. It is looked at beside the question.",
        lambda c, m, q, weights: gates(c, m, q, weights, use=(1, 0, 1, 0)),
    )
    memory_alone = mistake(
        "The question has no part in yours. It is looked at beside the memory.",
        lambda c, m, q, weights: gates(c, m, q, weights, use=(0, 1, 0, 1)),
    )
    no_tanh = mistake(
        "The tanh is missing. It keeps each hidden number between -1 and 1 before u looks at them.",
        lambda c, m, q, weights: gates(c, m, q, weights, squash=lambda z: z),
    )
    no_bias = mistake(
        "The bias has no effect. It is added before the tanh; after it, it would change all scores alike, and a softmax does not see that.",
        lambda c, m, q, weights: gates(c, m, q, (weights[0], 0 * weights[1], weights[2])),
    )
    sigmoid = mistake(
        "Each of your gates is a sigmoid. The sentences compete here: a softmax over all of them.",
        lambda c, m, q, weights: np.exp(-np.logaddexp(0, -scores(c, m, q, weights))),
    )
    over_features = mistake(
        "The softmax runs over an axis with one number, so each gate is 1. It should run over the sentences.",
        lambda c, m, q, weights: np.ones(len(c)),
    )
    scores_alone = mistake(
        "Those are the scores. A softmax over the sentences makes gates of them, which add up to 1.",
        lambda c, m, q, weights: scores(c, m, q, weights),
    )
    best_alone = mistake(
        "One sentence has the gate 1, the others 0. A softmax shares it out.",
        lambda c, m, q, weights: gates(c, m, q, (*weights[:2], 1e9 * weights[2])),
    )
    episode = mistake(
        "That is the episode, the sentences added up by their gates. The gates themselves are asked for.",
        lambda c, m, q, weights: gates(c, m, q, weights) @ c,
    )
    with_an_axis = mistake(
        "The numbers are right; your gates have an axis too many. (sentences,) is asked for.",
        lambda c, m, q, weights: gates(c, m, q, weights)[:, None],
    )

    @mistake(
        "A large score makes exp overflow, and infinity / infinity is NaN. A softmax stays the same when a number is taken off all "
        "scores: take off the largest."
    )
    def overflow(c, m, q, weights):
        with np.errstate(over="ignore", invalid="ignore"):
            raised = np.exp(scores(c, m, q, weights))
            return raised / raised.sum()


def scores(
    c, m, q, weights, *, use=(1, 1, 1, 1), order=(0, 1, 2, 3), product=np.multiply, distance=np.abs, squash=np.tanh
):
    """(sentences,) scores that may go wrong in one way: see the mistakes above."""
    w, b, u = weights
    c = np.asarray(c, float)
    near = [product(c, np.asarray(q)), product(c, np.asarray(m)), distance(c - q), distance(c - m)]
    return squash(np.hstack([use[i] * near[i] for i in order]) @ w + b) @ u


def by_number(w):
    """(4 d, k) weights, in the order that treats the four parts number by number."""
    d = len(w) // 4
    return np.asarray(w)[np.arange(4 * d).reshape(d, 4).T.ravel()]


def gates(c, m, q, weights, **how):
    """Their softmax."""
    z = scores(c, m, q, weights, **how)
    raised = np.exp(z - z.max())
    return raised / raised.sum()


def a_pass(rng, sentences, d, k):
    """A probe of random sentences."""
    weights = rng.normal(size=(4 * d, k)), rng.normal(size=k), 2 * rng.normal(size=k)
    return probe(rng.normal(size=(sentences, d)), rng.normal(size=d), rng.normal(size=d), weights)
