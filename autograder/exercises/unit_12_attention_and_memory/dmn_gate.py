import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import REMEMBER, a_pass, gate_scores, softmax

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
        probe(FACTS[:2], MEMORY, QUESTION, (*TWO_NUMBERS[:2], np.array([-1000.0]))),
        probe(np.array([[1000.0], [0.5], [-1000.0]]), *ONE_NUMBER[1:], (PRODUCT[0] / 40, *PRODUCT[1:])),
    ]

    def hidden(rng):
        for sentences, d, k in ((2, 3, 2), (5, 2, 4), (3, 4, 4), (4, 4, 4), (10, 6, 8), (1, 3, 2)):
            yield a_pass(rng, sentences, d, k)
        c, m, q, (w, b, u) = a_pass(rng, 6, 5, 3).args
        small = [part.astype("float32") for part in (w, b, u)]
        yield probe(c.astype("float32"), m.astype("float32"), q.astype("float32"), tuple(small))
        yield probe(
            c, m, q, (w, b, 20 * u)
        )  # what overflows is an example: single precision would lose its digits in sums so large
        yield probe(c[:, :1], m[:1], q[:1], (w[[0, 5, 10, 15], :1], 2.5 + abs(b[:1]), -20 - abs(u[:1])))
        yield probe(np.array([[500.0], [0.3], [-400.0]]) * c[:3], m, q, (w, b, u))
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
        lambda c, m, q, weights: np.exp(-np.logaddexp(0, -gate_scores(c, m, q, weights))),
    )
    over_features = mistake(
        "The softmax runs over an axis with one number, so each gate is 1. It should run over the sentences.",
        lambda c, m, q, weights: np.ones(len(c)),
    )
    scores_alone = mistake(
        "Those are the scores. A softmax over the sentences makes gates of them, which add up to 1.",
        lambda c, m, q, weights: gate_scores(c, m, q, weights),
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

    joined_below = mistake(
        "You join the four parts below one another, along the sentences. They are joined side by side: `np.hstack`, or `axis=1`.",
        lambda c, m, q, weights: gates(c, m, q, weights, join=lambda near: np.concatenate(near).reshape(len(c), -1)),
    )
    distances_swapped = mistake(
        "The two distances are exchanged: |c - q| comes before |c - m|.",
        lambda c, m, q, weights: gates(c, m, q, weights, order=(0, 1, 3, 2)),
    )
    b_u_swapped = mistake(
        "b and u are exchanged: the tuple is (w, b, u).",
        lambda c, m, q, weights: gates(c, m, q, (weights[0], weights[2], weights[1])),
    )
    u_inside = mistake(
        "Your tanh comes last. It comes before u: tanh(z @ w + b) @ u.",
        lambda c, m, q, weights: softmax(np.tanh(gate_scores(c, m, q, weights, squash=lambda z: z))),
    )
    tanh_twice = mistake(
        "You take a tanh of the scores as well. It is for the hidden numbers alone: tanh(z @ w + b) @ u.",
        lambda c, m, q, weights: softmax(np.tanh(gate_scores(c, m, q, weights))),
    )
    tanh_too_early = mistake(
        "Your tanh comes too early, at z. It comes behind w and b: tanh(z @ w + b) @ u.",
        lambda c, m, q, weights: gates(
            c, m, q, weights, squash=lambda z: z, join=lambda near: np.tanh(np.hstack(near))
        ),
    )
    sigmoid_for_tanh = mistake(
        "The hidden numbers go through a sigmoid in yours. A tanh is asked for.",
        lambda c, m, q, weights: gates(c, m, q, weights, squash=lambda z: 0.5 + 0.5 * np.tanh(z / 2)),
    )
    one_length = mistake(
        "Your distance is one number a sentence, the length of the difference. |c - q| keeps as many as a sentence has.",
        lambda c, m, q, weights: gates(
            c, m, q, weights, distance=lambda z: np.linalg.norm(z, axis=1, keepdims=True) * np.ones_like(z)
        ),
    )
    scaled = mistake(
        "You divide the scores by sqrt(d). That belongs to `scaled_dot_product`; here they are taken as they are.",
        lambda c, m, q, weights: softmax(gate_scores(c, m, q, weights) / np.sqrt(c.shape[1])),
    )
    clipped = mistake(
        "You clip the scores, so that large ones become equal. Take the largest off: nothing is lost by that.",
        lambda c, m, q, weights: softmax(np.clip(gate_scores(c, m, q, weights), -500, 500)),
    )

    @mistake(
        "The largest *absolute* score is taken off: where all are negative, exp gives 0 for each, and 0 / 0 is NaN. The largest one is."
    )
    def absolute_largest(c, m, q, weights):
        z = gate_scores(c, m, q, weights)
        raised = np.exp(z - np.abs(z).max())
        with np.errstate(invalid="ignore"):
            return raised / raised.sum()

    @mistake("The *least* score is taken off, so that the largest one overflows still. Take off the largest.")
    def least_taken_off(c, m, q, weights):
        z = gate_scores(c, m, q, weights)
        with np.errstate(over="ignore", invalid="ignore"):
            raised = np.exp(z - z.min())
            return raised / raised.sum()

    @mistake("A tanh by exp overflows for a large number, and infinity / infinity is NaN. `np.tanh` does not.")
    def tanh_by_exp(c, m, q, weights):
        with np.errstate(over="ignore", invalid="ignore"):
            return gates(c, m, q, weights, squash=lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1))

    @mistake(
        "exp of a large score overflows, and where all scores are far below 0 it gives 0 for each: infinity / infinity and 0 / 0 are NaN. "
        "A softmax stays the same when a number is taken off all scores: take off the largest."
    )
    def overflow(c, m, q, weights):
        with np.errstate(over="ignore", invalid="ignore"):
            raised = np.exp(gate_scores(c, m, q, weights))
            return raised / raised.sum()


def by_number(w):
    """(4 d, k) weights, in the order that treats the four parts number by number."""
    d = len(w) // 4
    return np.asarray(w)[np.arange(4 * d).reshape(d, 4).T.ravel()]


def gates(c, m, q, weights, **how):
    """Their softmax."""
    return softmax(gate_scores(c, m, q, weights, **how))
