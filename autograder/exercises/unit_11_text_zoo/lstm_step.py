import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import INSIDE

#: Weights w (2, 8), u (2, 8) and b (8,) of two units: small whole numbers, by which each of the mistakes below shows.
W = np.array([[1, 0, -1, 2, 2, -1, 0, 1], [0, 1, 1, 0, -1, 1, 2, -2]], float)
U = np.array([[0, 1, 1, -1, 1, 0, -1, 0], [1, 0, 0, 1, 0, -1, 1, 1]], float)
B = np.array([0, -1, 1, 0, 0.5, 1, -1, 0.5])
#: The same, (1, 4), (1, 4) and (4,), of one unit and words of one number.
SMALL = [np.array(part) for part in ([[1.0, 0.0, 2.0, -1.0]], [[0.0, -2.0, 1.0, 0.0]], [-1.0, 0.0, 0.0, 3.0])]
#: Those of one unit and words of three numbers.
TALL = np.arange(12.0).reshape(3, 4) / 6, U[:1, :4], B[:4]


@exercise("lstm_step", points=3, objective=INSIDE, rtol=1e-4, atol=1e-6)
class LstmStep:
    """One step of an LSTM: the new h and the new c, a tuple; the columns of w, u and b are those of i, f, candidate and o."""

    def oracle(x, h, c, w, u, b):
        import keras

        cell = keras.layers.LSTMCell(len(h), dtype="float64")
        cell.build((1, len(x)))
        cell.set_weights([w, u, b])
        _, (new_h, new_c) = cell(np.asarray(x)[None], [np.asarray(h, float)[None], np.asarray(c, float)[None]])
        return np.asarray(new_h)[0], np.asarray(new_c)[0]

    examples = [
        probe(np.array([1.0]), np.array([0.0]), np.array([2.0]), np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4)),
        probe(np.array([1.0]), np.array([1.0]), np.array([2.0]), *SMALL),
        probe(np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([2.0, -1.0]), W, U, B),
        probe(np.array([-1.0, 1.0]), np.array([0.0, 0.5]), np.array([-2.0, 1.5]), W, U, B),
        probe(np.array([2.0, 0.0, -1.0]), np.array([1.0]), np.array([3.0]), *TALL),
    ]

    def hidden(rng):
        for d, units in ((3, 2), (1, 4), (5, 1), (4, 4), (16, 8), (2, 6)):
            yield a_step(rng, d, units)
        yield probe(*(argument.astype("float32") for argument in a_step(rng, 5, 3).args))
        yield probe(np.zeros(3), np.zeros(2), np.zeros(2), *a_step(rng, 3, 2).args[3:])  # before the first word
        x, h, c, w, u, b = a_step(rng, 3, 5).args
        yield probe(10 * x, h, 5 * c, w, u, b)  # gates that are open, or closed

    gates_then_candidate = mistake(
        "You take the candidate from the last columns. Their order is input, forget, candidate, output.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, order="ifog"),
    )
    candidate_second = mistake(
        "You take the candidate from the second group of columns and the forget gate from the third. Input, forget, candidate, "
        "output is the order.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, order="igfo"),
    )
    forget_and_input_swapped = mistake(
        "The input gate and the forget gate have changed places. What is *forgotten* is c; what is let *in* is the candidate.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, order="figo"),
    )
    unit_by_unit = mistake(
        "You read the columns as four numbers for each unit. They are four blocks: all input gates, all forget gates, and so on.",
        lambda x, h, c, w, u, b: stepped(*(x @ w + h @ u + b).reshape(-1, 4).T, c),
    )
    no_candidate_tanh = mistake(
        "The candidate is taken as it is. It goes through tanh, so that it stays between -1 and 1.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, candidate=lambda z: z),
    )
    sigmoid_candidate = mistake(
        "Your candidate goes through a sigmoid, like the gates, and could never be negative. It goes through tanh.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, candidate=lambda z: sigmoid(z)),
    )
    no_output_tanh = mistake(
        "The new c is let out as it is. It goes through tanh first: h = o * tanh(c).",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, shown=lambda c: c),
    )
    tanh_gates = mistake(
        "Your gates go through tanh, and a gate can become negative. Gates go through the sigmoid: 0 is closed, 1 is open.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, gate=np.tanh),
    )
    gates_not_squashed = mistake(
        "Your gates are not squashed. Each goes through the sigmoid: 0 is closed, 1 is open.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, gate=lambda z: z),
    )
    h_from_the_old_c = mistake(
        "The new h is made from the *old* c, so this word is only seen one step later. Renew c first, then let it out.",
        lambda x, h, c, w, u, b: (
            split(x, h, w, u, b)["o"] * np.tanh(c),
            told(x, h, c, w, u, b)[1],
        ),
    )
    no_forget_gate = mistake(
        "The old c is kept whole. The forget gate says how much of it stays: f * c.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, forgets=lambda i, f: 1.0),
    )
    no_input_gate = mistake(
        "The candidate is added whole. The input gate says how much of it is let in.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, admits=lambda i, f: 1.0),
    )
    no_output_gate = mistake(
        "The output gate is missing: h is o * tanh(c), and not all of tanh(c).",
        lambda x, h, c, w, u, b: (np.tanh(told(x, h, c, w, u, b)[1]), told(x, h, c, w, u, b)[1]),
    )
    one_gate_for_both = mistake(
        "You let in what was forgotten, 1 - f, as a GRU does with its one gate. An LSTM has an input gate of its own.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, admits=lambda i, f: 1 - f),
    )
    forgets_what_f_keeps = mistake(
        "Your forget gate works the wrong way round, 1 - f. In spite of its name, an f of 1 *keeps* c.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b, forgets=lambda i, f: 1 - f),
    )
    word_alone = mistake(
        "The old h is not used. The gates and the candidate look at the word *and* at h: x @ w + h @ u + b.",
        lambda x, h, c, w, u, b: told(x, 0 * h, c, w, u, b),
    )
    no_bias = mistake(
        "The bias is missing: x @ w + h @ u + b.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, 0 * b),
    )
    one_added_to_forget = mistake(
        "You add 1 to the forget gate's bias. Layers do so when they *draw* their first weights; here b is given as it is.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b + np.repeat([0, 1, 0, 0], len(h))),
    )
    c_first = mistake(
        "Both are right, in the wrong order: h first, then c.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b)[::-1],
    )
    h_alone = mistake(
        "That is the new h alone. The next step needs c as well: return h, c.",
        lambda x, h, c, w, u, b: told(x, h, c, w, u, b)[0],
    )


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return (1 + np.tanh(z / 2)) / 2


def stepped(i, f, g, o, c, *, gate=sigmoid, candidate=np.tanh, shown=np.tanh, forgets=None, admits=None):
    """(h, c) after a step, from what the gates and the candidate are before they are squashed."""
    i, f, g, o = gate(i), gate(f), candidate(g), gate(o)
    new = (forgets(i, f) if forgets else f) * c + (admits(i, f) if admits else i) * g
    return o * shown(new), new


def told(x, h, c, w, u, b, order="ifgo", **wrong):
    """A step in which something is done in another way; `order` says what each quarter of the columns is taken for."""
    quarters = dict(zip(order, np.split(x @ w + h @ u + b, 4), strict=True))
    return stepped(*(quarters[letter] for letter in "ifgo"), c, **wrong)


def split(x, h, w, u, b):
    """The gates, squashed, by their letters."""
    return {letter: sigmoid(z) for letter, z in zip("ifgo", np.split(x @ w + h @ u + b, 4), strict=True)}


def a_step(rng, d, units):
    """A probe of one random step."""
    return probe(
        rng.normal(size=d),
        rng.uniform(-1, 1, size=units),
        rng.normal(0, 2, size=units),
        rng.normal(size=(d, 4 * units)),
        rng.normal(size=(units, 4 * units)),
        rng.normal(size=4 * units),
    )
