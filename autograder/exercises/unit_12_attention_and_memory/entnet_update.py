import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import REMEMBER, after, sigmoid, softmax, unit_relu

LOG_3 = np.log(3.0)
#: Two blocks of two numbers. The sentence is near the first one's state, and far from everything of the second: gates of 3/4 and 1/2.
STATES, KEYS = np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros((2, 2))
SENTENCE = np.array([LOG_3, 0.0])
NO, ONE = np.zeros((2, 2)), np.eye(2)
WRITES = np.array(
    [[0.0, 1 / LOG_3], [0.0, 0.0]]
)  # makes the candidate [0, 1] of the sentence: the first block becomes [1, 3/4] / 1.25
#: Three blocks of two numbers.
THREE = tuple(
    np.array(numbers)
    for numbers in (
        [[0.6, 0.8], [-1.0, 0.0], [0.0, -1.0]],
        [[1.0, -0.5], [0.5, 2.0], [-1.5, 0.25]],
        [0.5, -1.0],
        [[1.0, -0.5], [0.75, 0.5]],
        [[0.0, 1.0], [-1.0, 0.5]],
        [[2.0, 0.25], [-0.5, 1.0]],
    )
)


@exercise("entnet_update", points=3, objective=REMEMBER, rtol=1e-4, atol=1e-6)
class EntnetUpdate:
    """(states, gates) after one more sentence: h + g relu(h u + keys v + s w), each block divided by its length; g a sigmoid a block."""

    def oracle(h, keys, s, u, v, w):
        from scipy.special import expit

        blocks, gates = [], []
        for state, key in zip(np.asarray(h, float), np.asarray(keys, float), strict=True):
            gates.append(
                expit(
                    sum(a * b for a, b in zip(s, state, strict=True)) + sum(a * b for a, b in zip(s, key, strict=True))
                )
            )
            candidate = [
                max(0.0, sum(state[i] * u[i, j] + key[i] * v[i, j] + s[i] * w[i, j] for i in range(len(s))))
                for j in range(len(s))
            ]
            new = state + gates[-1] * np.array(candidate)
            blocks.append(new / np.sqrt((new**2).sum()))
        return np.array(blocks), np.array(gates)

    examples = [
        probe(STATES, KEYS, SENTENCE, NO, NO, NO),
        probe(STATES, KEYS, SENTENCE, NO, NO, WRITES),
        probe(STATES, KEYS, 1000 * SENTENCE, NO, NO, WRITES / 1000),  # a gate that is wide open
        probe(
            np.array([[-0.6, 0.8], [0.8, -0.6]]), KEYS, np.zeros(2), -ONE, NO, NO
        ),  # shorter than 1 before it is divided
        probe(STATES, np.array([[0.0, 2.0], [1.0, 0.0]]), SENTENCE, NO, ONE, NO),
        probe(STATES, KEYS, SENTENCE, np.array([[0.0, 2.0], [1.0, 0.0]]), NO, NO),
        probe(*THREE),
        probe(np.array([[0.28, 0.96]]), *(part[:1] if part.shape == (3, 2) else part for part in THREE[1:])),
    ]

    def hidden(rng):
        for blocks, d in ((1, 3), (2, 2), (4, 3), (3, 5), (5, 5), (20, 8)):
            yield a_memory(rng, blocks, d)
        yield probe(*(part.astype("float32") for part in a_memory(rng, 4, 6).args))
        h, keys, s, u, v, w = a_memory(rng, 3, 4).args
        yield probe(keys, keys, s, u, v, w)  # before the first sentence the states are the keys
        yield probe(h, keys, 5 * s, u, v, w)  # gates that are open, or closed
        yield probe(h, keys, 50 * h.sum(axis=0), u, v, w)  # no gate so far below 0 that math.exp overflows
        yield probe(h, keys, s / 10, -u @ u.T / 9, v / 10, w / 10)

    softmax_over_features = mistake(
        "Your gate is a softmax over the numbers of a block, as an older program has it: a gate for each number, and they add up to 1. "
        "It is one sigmoid a block: the block opens, or it does not.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: softmax(s * h + s * keys)),
    )
    sigmoid_of_each = mistake(
        "You have a gate for each number of a block. The products s * h are to be added up first: one gate a block.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: sigmoid(s * h + s * keys)),
    )
    no_sigmoid = mistake(
        "The gates are the sums themselves. A sigmoid makes a number from 0, closed, to 1, open, of each.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: h @ s + keys @ s),
    )
    softmax_over_blocks = mistake(
        "The gates are a softmax over the blocks in yours, so that one can only open where another closes. Each has a sigmoid of its own.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: softmax(h @ s + keys @ s)),
    )
    over_features_by_exp = mistake(
        softmax_over_features.hint,
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: softmax(s * h + s * keys, by_exp=True)),
    )
    over_blocks_by_exp = mistake(
        softmax_over_blocks.hint,
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: softmax(h @ s + keys @ s, by_exp=True)),
    )
    not_normalised = mistake(
        "The new states are not divided by their length, so that nothing is ever forgotten, and the numbers grow.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, normal=False),
    )

    @mistake("You divide by the length of all blocks together. Each block is divided by its own.")
    def normal_over_all(h, keys, s, u, v, w):
        new, gates = after(h, keys, s, u, v, w, normal=False)
        return new / np.linalg.norm(new), gates

    @mistake("You divide by lengths along the wrong axis. A row is a block: each row is divided by its own length.")
    def normal_over_blocks(h, keys, s, u, v, w):
        new, gates = after(h, keys, s, u, v, w, normal=False)
        return new / np.maximum(np.linalg.norm(new, axis=0, keepdims=True), 1e-12), gates

    @mistake("You divide by the squared length. The length is the root of the sum of the squares.")
    def divided_by_squares(h, keys, s, u, v, w):
        new, gates = after(h, keys, s, u, v, w, normal=False)
        return new / np.maximum((new**2).sum(axis=1, keepdims=True), 1e-12), gates

    @mistake("You divide each block by the sum of its numbers. It is its length: the root of the sum of their squares.")
    def divided_by_sum(h, keys, s, u, v, w):
        new, gates = after(h, keys, s, u, v, w, normal=False)
        return new / np.abs(new).sum(axis=1, keepdims=True), gates

    gate_by_state_alone = mistake(
        "The gates ask the states alone. The keys are asked, too: s . h + s . key.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: sigmoid(h @ s)),
    )
    gate_by_key_alone = mistake(
        "The gates ask the keys alone. The states are asked, too: s . h + s . key.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: sigmoid(keys @ s)),
    )
    no_gate = mistake(
        "The gates are right, and have no effect: every block takes all of its candidate. (A gate before old state *and* candidate is "
        "divided away again.)",
        lambda h, keys, s, u, v, w: (after(h, keys, s, u, v, w, used=lambda g: 1.0)[0], after(h, keys, s, u, v, w)[1]),
    )
    as_in_a_gru = mistake(
        "You mix: (1 - g) of the old state and g of the candidate, as a GRU does. Here the old state stays whole, and g of the candidate "
        "is added.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, keeps=lambda g: 1 - g),
    )
    no_relu = mistake(
        "The ReLU is missing: what is negative in a candidate becomes 0.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=lambda z: z),
    )
    tanh = mistake(
        "You take a tanh of the candidate. A ReLU is asked for.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=np.tanh),
    )
    relu_outside = mistake(
        "The ReLU comes too late: it is for the candidate alone, not for old state and candidate together.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=lambda z: z, last=lambda z: np.maximum(z, 0)),
    )
    only_if_longer = mistake(
        "You divide by the length only where it is over 1. Each new state is brought to length 1, a short one as well.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, least=1.0),
    )
    columns_largest = mistake(
        "`np.max(x, 0)` is the largest number of each column. A ReLU compares with 0: `np.maximum(x, 0)`.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=lambda z: np.max(z, 0)),
    )
    relu_of_each = mistake(
        "You take a ReLU of each of the three products. They are added up first: one ReLU, of the sum.",
        lambda h, keys, s, u, v, w: after(
            h, keys, s, u, v, w, phi=lambda z: sum(np.maximum(part, 0) for part in (h @ u, keys @ v, s @ w))
        ),
    )
    v_w_swapped = mistake(
        "v and w are exchanged: keys @ v, s @ w.", lambda h, keys, s, u, v, w: after(h, keys, s, u, w, v)
    )
    candidate_divided = mistake(
        "You divide the candidate by its length. The new state is, after gate times candidate is added.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=unit_relu, normal=False),
    )
    both_divided = mistake(
        "You divide the candidate by its length as well. Only the new state is.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, phi=unit_relu),
    )
    gates_afterwards = mistake(
        "Your gates ask the new states. They ask the old ones, before anything is written.",
        lambda h, keys, s, u, v, w: (
            (new := after(h, keys, s, u, v, w)[0]),
            sigmoid(new @ s + keys @ s),
        ),
    )
    product_of_gates = mistake(
        "You multiply two sigmoids. The two products are added up, and one sigmoid is taken: sigmoid(s . h + s . key).",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, gate=lambda: sigmoid(h @ s) * sigmoid(keys @ s)),
    )
    old_state_lost = mistake(
        "The old state is lost: gate times candidate is *added* to h.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, keeps=lambda g: 0.0),
    )
    along_the_numbers = mistake(
        "`gates * candidates` puts a gate on each *column*. A gate is for its row: `gates[:, None]`.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w, used=lambda g: g.T),
    )

    @mistake(
        "exp of a large number overflows, and infinity / infinity is NaN. 1 / (1 + exp(-x)) is the same, and gives 1 there."
    )
    def exp_over_exp(h, keys, s, u, v, w):
        z = h @ s + keys @ s
        with np.errstate(over="ignore", invalid="ignore"):
            return after(h, keys, s, u, v, w, gate=lambda: np.exp(z) / (1 + np.exp(z)))

    u_v_swapped = mistake(
        "u and v are exchanged: h @ u, keys @ v.",
        lambda h, keys, s, u, v, w: after(h, keys, s, v, u, w),
    )
    transposed = mistake(
        "The matrices are transposed: here states, keys and sentence are rows, so h @ u + keys @ v + s @ w.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u.T, v.T, w.T),
    )
    sentence_not_in_candidate = mistake(
        "The sentence is missing in the candidate: s @ w.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, 0 * w),
    )
    key_not_in_candidate = mistake(
        "The keys are missing in the candidate: keys @ v.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, 0 * v, w),
    )
    state_not_in_candidate = mistake(
        "The states are missing in the candidate: h @ u.",
        lambda h, keys, s, u, v, w: after(h, keys, s, 0 * u, v, w),
    )
    states_alone = mistake(
        "The states are right. The gates are asked for as well, to be looked at: return states, gates.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w)[0],
    )
    gates_first = mistake(
        "Both are right, in the wrong order: the states first, then the gates.",
        lambda h, keys, s, u, v, w: after(h, keys, s, u, v, w)[::-1],
    )
    gates_with_an_axis = mistake(
        "The numbers are right; your gates have an axis too many. (blocks,) is asked for.",
        lambda h, keys, s, u, v, w: (after(h, keys, s, u, v, w)[0], after(h, keys, s, u, v, w)[1][:, None]),
    )


def a_memory(rng, blocks, d):
    """A probe of random blocks, whose states have length 1."""
    h = rng.normal(size=(blocks, d))
    h /= np.linalg.norm(h, axis=1, keepdims=True)
    return probe(h, rng.normal(size=(blocks, d)), rng.normal(size=d), *rng.normal(size=(3, d, d)))
