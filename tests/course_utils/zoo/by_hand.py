"""The zoo's models once more, in NumPy, a text and a word at a time: slow, and as their papers write them.

`weights` maps the names of a built model's weights, as in "phrases_of_3/kernel", to arrays; `ids` are those of one text.
"""

import numpy as np
from scipy.special import erf


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def words_of(weights, ids):
    """The vectors of a text's words, padding left out."""
    return [weights["words/embeddings"][id] for id in ids if id]


def out(weights, features):
    return softmax(features @ weights["classes/kernel"] + weights["classes/bias"])


def fasttext(weights, ids):
    text = np.mean(words_of(weights, ids), axis=0)
    return softmax(weights["classes/matrix"] @ text + weights["classes/bias"])


def textcnn(weights, ids):
    words = words_of(weights, ids)
    features = []
    for width in (3, 4, 5):
        kernel, bias = weights[f"phrases_of_{width}/kernel"], weights[f"phrases_of_{width}/bias"]
        padded = [*words, *[np.zeros_like(words[0])] * (width - 1)]
        for place in range(kernel.shape[2]):
            found = [
                sum(padded[i + j] @ kernel[j, :, place] for j in range(width)) + bias[place] for i in range(len(words))
            ]
            features.append(max(0, *found))
    return out(weights, np.array(features))


def lstm(weights, name, steps):
    """Keras's order of the gates: input, forget, cell, output. Returns the states."""
    kernel, recurrent, bias = (weights[f"{name}/lstm_cell/{one}"] for one in ("kernel", "recurrent_kernel", "bias"))
    units = len(recurrent)
    h, c, states = np.zeros(units), np.zeros(units), []
    for x in steps:
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        states.append(h)
    return states


def gru(weights, name, steps):
    """Keras's order of the gates: update, reset, candidate; the reset gate after the matrix. Returns the states."""
    kernel, recurrent, bias = (weights[f"{name}/gru_cell/{one}"] for one in ("kernel", "recurrent_kernel", "bias"))
    h, states = np.zeros(len(recurrent)), []
    for x in steps:
        (xz, xr, xh), (hz, hr, hh) = np.split(x @ kernel + bias[0], 3), np.split(h @ recurrent + bias[1], 3)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        h = z * h + (1 - z) * np.tanh(xh + r * hh)
        states.append(h)
    return states


def both_ways(cell, weights, name, kind, steps):
    forward = cell(weights, f"{name}/forward_{kind}", steps)
    backward = cell(weights, f"{name}/backward_{kind}", steps[::-1])[::-1]
    return [np.concatenate(pair) for pair in zip(forward, backward)]


def textrnn(weights, ids):
    return out(weights, np.mean(both_ways(lstm, weights, "readers", "lstm", words_of(weights, ids)), axis=0))


def textrnn2(weights, ids):
    states = both_ways(lstm, weights, "readers", "lstm", words_of(weights, ids))
    last = lstm(weights, "reader_of_both", states)[-1]
    return out(weights, np.maximum(0, last @ weights["summary/kernel"] + weights["summary/bias"]))


def rcnn(weights, ids):
    words = words_of(weights, ids)

    def side(name, steps):
        kernel, recurrent, bias = (
            weights[f"sides/{name}/simple_rnn_cell/{one}"] for one in ("kernel", "recurrent_kernel", "bias")
        )
        h, states = np.zeros(len(recurrent)), []
        for x in steps:
            h = np.tanh(x @ kernel + h @ recurrent + bias)
            states.append(h)
        return states

    nothing = np.zeros_like(words[0])
    left = side("before", [nothing, *words[:-1]])
    right = side("after", [nothing, *words[:0:-1]])[::-1]
    y = [
        np.tanh(
            np.concatenate(three) @ weights["word_in_context/kernel"] + weights["word_in_context/bias"],
        )
        for three in zip(left, words, right)
    ]
    return out(weights, np.max(y, axis=0))


def han(weights, ids, sentence_length=5):
    def attend(name, states):
        u = [np.tanh(h @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]) for h in states]
        return np.average(
            states, axis=0, weights=softmax(np.array([each @ weights[f"{name}/context"][:, 0] for each in u]))
        )

    rows = [ids[at : at + sentence_length] for at in range(0, len(ids), sentence_length)]
    sentences = [
        attend("word_attention", both_ways(gru, weights, "word_reader", "gru", words_of(weights, row)))
        for row in rows
        if any(row)
    ]
    return out(weights, attend("sentence_attention", both_ways(gru, weights, "sentence_reader", "gru", sentences)))


def normalised(weights, name, x):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-12) * weights[f"{name}/gamma"] + weights[f"{name}/beta"]


def dense(weights, name, x):
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def block(weights, name, states, heads):
    """A block of an encoder, a place and a head at a time."""
    size = len(states[0]) // heads
    query, key, value = ([dense(weights, f"{name}/{one}", x) for x in states] for one in ("query", "key", "value"))
    after = []
    for at, x in enumerate(states):
        taken = []
        for of in (slice(head * size, (head + 1) * size) for head in range(heads)):
            shares = softmax(np.array([query[at][of] @ other[of] / np.sqrt(size) for other in key]))
            taken.append(sum(share * other[of] for share, other in zip(shares, value)))
        x = normalised(weights, f"{name}/norm_1", x + dense(weights, f"{name}/out", np.concatenate(taken)))
        up = dense(weights, f"{name}/up", x)
        gelu = up * (1 + erf(up / np.sqrt(2))) / 2
        after.append(normalised(weights, f"{name}/norm_2", x + dense(weights, f"{name}/down", gelu)))
    return after


def transformer(weights, ids, heads=3, blocks=2):
    width = len(weights["narrowed/bias"])
    states = []
    for place, word in enumerate(words_of(weights, ids)):
        waves = [
            (np.sin if n % 2 == 0 else np.cos)(place / 10_000 ** ((n - n % 2) / width)) for n in range(width)
        ]  # (width,)
        states.append(dense(weights, "narrowed", word) * np.sqrt(width) + waves)
    for number in range(blocks):
        states = block(weights, f"block_{number}", states, heads)
    return out(weights, np.mean(states, axis=0))
