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


def gru(weights, name, steps, first=None):
    """Keras's order of the gates: update, reset, candidate; the reset gate after the matrix. Returns the states."""
    kernel, recurrent, bias = (weights[f"{name}/gru_cell/{one}"] for one in ("kernel", "recurrent_kernel", "bias"))
    h, states = np.zeros(len(recurrent)) if first is None else first, []
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


def seq2seq_parts(weights, ids):
    """The probabilities of the next output after those before, as a function."""
    words = words_of(weights, ids)
    forward = gru(weights, "reader/forward_gru", words)
    backward = gru(weights, "reader/backward_gru", words[::-1])
    states = [np.concatenate(pair) for pair in zip(forward, backward[::-1])]
    first = np.tanh(np.concatenate([forward[-1], backward[-1]]) @ weights["first_state/kernel"])

    def after(before):
        s = gru(weights, "writer", [weights["written/embeddings"][id] for id in before], first)[-1]
        shares = softmax(np.array([s @ (h @ weights["score/kernel"]) for h in states]))
        context = sum(share * h for share, h in zip(shares, states))
        joined = np.tanh(dense(weights, "join", np.concatenate([context, s])))
        return softmax(dense(weights, "out", joined))

    return after


def seq2seq(weights, ids, most=0):
    """Probabilities of the classes of a text with one label; with `most`, those of each to stand among that many, summed over
    all sequences of different labels.
    """
    after, classes = seq2seq_parts(weights, ids), len(weights["out/bias"]) - 3
    if not most:
        return after([1])[3:] / after([1])[3:].sum()
    found, beginnings = np.zeros(classes), [((), 1.0)]
    for _ in range(most):
        longer = []
        for labels, p in beginnings:
            next_one = after([1, *(label + 3 for label in labels)])
            for label in set(range(classes)) - set(labels):
                found[label] += p * next_one[label + 3]
                longer.append(((*labels, label), p * next_one[label + 3]))
        beginnings = longer
    return found


def seq2seq_translator(weights, ids, before):
    """Probabilities of the next output after each of `before`: (steps, outputs)."""
    after = seq2seq_parts(weights, ids)
    return [after(before[: at + 1]) for at in range(len(before))]


def heads_over(weights, name, queries, keys, looks):
    """Keras's attention of several heads, a place and a head at a time; place t looks at the keys of which looks(t, n) holds."""
    q, k, v = (
        [np.einsum("c,chs->hs", x, weights[f"{name}/{one}/kernel"]) + weights[f"{name}/{one}/bias"] for x in given]
        for one, given in (("query", queries), ("key", keys), ("value", keys))
    )
    kernel, bias = weights[f"{name}/attention_output/kernel"], weights[f"{name}/attention_output/bias"]
    found = []
    for t in range(len(queries)):
        seen = [n for n in range(len(keys)) if looks(t, n)]
        taken = np.zeros(len(bias))
        for head in range(len(kernel)):
            shares = softmax(np.array([q[t][head] @ k[n][head] / np.sqrt(q[t].shape[1]) for n in seen]))
            taken += sum(share * v[n][head] for share, n in zip(shares, seen)) @ kernel[head]
        found.append(taken + bias)
    return found


def placed(table, ids):
    width = table.shape[1]
    waves = [
        [(np.sin, np.cos)[n % 2](place / 10_000 ** ((n - n % 2) / width)) for n in range(width)]
        for place in range(len(ids))
    ]
    return [table[id] * np.sqrt(width) + wave for id, wave in zip(ids, np.array(waves))]


def transformer_translator(weights, ids, before, heads=3, blocks=2):
    """Probabilities of the next output after each of `before`: (steps, outputs)."""
    states = placed(weights["words/embeddings"], [id for id in ids if id])
    for number in range(blocks):
        states = block(weights, f"encoder_{number}", states, heads)
    written = placed(weights["written/embeddings"], before)
    for number in range(blocks):
        name = f"decoder_{number}"
        taken = heads_over(weights, f"{name}/own", written, written, lambda t, n: n <= t)
        written = [normalised(weights, f"{name}/norm_1", x + y) for x, y in zip(written, taken)]
        taken = heads_over(weights, f"{name}/source", written, states, lambda t, n: True)
        written = [normalised(weights, f"{name}/norm_2", x + y) for x, y in zip(written, taken)]
        thought = [dense(weights, f"{name}/down", np.maximum(0, dense(weights, f"{name}/up", x))) for x in written]
        written = [normalised(weights, f"{name}/norm_3", x + y) for x, y in zip(written, thought)]
    return [softmax(dense(weights, "out", x)) for x in written]


def by_sentence(ids, sentence_length=5):
    """The sentences of a text laid out in places of so many words."""
    return [ids[at : at + sentence_length] for at in range(0, len(ids), sentence_length)]


def entnet(weights, ids):
    sentences = [masked_sum(weights, "sentences", row) for row in by_sentence(ids) if any(row)]
    return entnet_answer(weights, sentences, np.mean(sentences, axis=0))[0]


def entnet_on_story(weights, story, question):
    """The answer, and the gates of each sentence."""
    sentences = [masked_sum(weights, "sentences", row) for row in story if any(row)]
    return entnet_answer(weights, sentences, masked_sum(weights, "question", question))


def masked_sum(weights, name, ids):
    places = weights[f"{name}/kernel"]
    return sum(places[place] * weights["words/embeddings"][id] for place, id in enumerate(ids) if id)


def entnet_answer(weights, sentences, question):
    keys, u, v, w, slope = (
        weights[f"memory/blocks/{name}"] for name in ("keys", "of_state", "of_key", "of_sentence", "slope")
    )
    states, gates = list(keys), []
    for sentence in sentences:
        gates.append([sigmoid(sentence @ h + sentence @ key) for h, key in zip(states, keys)])
        for block, (key, gate) in enumerate(zip(keys, gates[-1])):
            might = parametric_relu(states[block] @ u + key @ v + sentence @ w, slope)
            states[block] = states[block] + gate * might
            states[block] = states[block] / np.linalg.norm(states[block])
    shares = softmax(np.array([question @ h for h in states]))
    found = sum(share * h for share, h in zip(shares, states))
    answer = parametric_relu(question + found @ weights["answer/kernel"], weights["answer/slope"])
    return out(weights, answer), np.array(gates)


def parametric_relu(x, slope):
    return np.where(x > 0, x, slope * x)


def dmn(weights, ids):
    return dmn_on_story(weights, by_sentence(ids), ids)[0]


def dmn_on_story(weights, story, question, passes=2):
    """The answer, and the gates of each pass."""
    sentences = []
    for row in story:
        words = words_of(weights, row)
        count, channels = len(words), len(weights["words/embeddings"][0])
        if count:
            d = np.arange(1, channels + 1) / channels
            shares = [(1 - j / count) - d * (1 - 2 * j / count) for j in range(1, count + 1)]
            sentences.append(sum(share * word for share, word in zip(shares, words)))
    facts = [sentence + weights["facts/kernel"][age] for sentence, age in zip(sentences[::-1], range(100))][::-1]
    q = gru(weights, "question", words_of(weights, question))[-1]
    memory, gates = q, []
    for number in range(passes):
        scores = []
        for fact in facts:
            z = np.concatenate([fact * q, fact * memory, abs(fact - q), abs(fact - memory)])
            hidden = np.tanh(z @ weights["memory/kernel"] + weights["memory/bias"])
            scores.append(hidden @ weights["memory/score"][:, 0])
        gates.append(softmax(np.array(scores)))
        episode = sum(gate * fact for gate, fact in zip(gates[-1], facts))
        memory = np.maximum(0, dense(weights, f"memory/update_{number}", np.concatenate([memory, episode, q])))
    return out(weights, np.concatenate([memory, q])), np.array(gates)


def bert(weights, ids, heads=3, blocks=2):
    """A text of one segment."""
    word, place, segment = (weights[f"places/{name}/embeddings"] for name in ("word", "place", "segment"))
    states = [normalised(weights, "places/norm", word[id] + place[at] + segment[0]) for at, id in enumerate(ids) if id]
    for number in range(blocks):
        states = block(weights, f"block_{number}", states, heads)
    return out(weights, np.mean(states, axis=0))


def joint_bilstm(weights, a, b):
    """The last row of the table is the mark's."""
    mark = len(weights["words/embeddings"]) - 1
    return textrnn(weights, [*(id for id in a if id), mark, *(id for id in b if id)])


def filters_of(weights, ids, widths):
    """The strongest answer of each filter."""
    words, found = words_of(weights, ids), []
    for width in widths:
        kernel, bias = weights[f"phrases_of_{width}/kernel"], weights[f"phrases_of_{width}/bias"]
        padded = [*words, *[np.zeros_like(words[0])] * (width - 1)]
        windows = [sum(padded[i + j] @ kernel[j] for j in range(width)) + bias for i in range(len(words))]
        found.append(np.maximum(0, np.max(windows, axis=0)))
    return np.concatenate(found)


def two_cnn(weights, a, b):
    u, v = (filters_of(weights, ids, (1, 2, 3)) for ids in (a, b))
    return compared_and_thought(weights, [u, v, abs(u - v), u * v])


def two_bilstm(weights, a, b, features=False):
    u, v = (np.mean(both_ways(lstm, weights, "readers", "lstm", words_of(weights, ids)), axis=0) for ids in (a, b))
    scores = [
        sum(u[i] * m[i, j] * v[j] for i in range(len(u)) for j in range(len(v))) for m in weights["bilinear/kernel"]
    ]
    if not features:
        return out(weights, np.array(scores))
    return compared_and_thought(weights, [scores, u, v, abs(u - v), u * v])


def compared_and_thought(weights, parts):
    hidden = np.maximum(0, dense(weights, "hidden", np.concatenate(parts)))
    if "number/kernel" in weights:
        return dense(weights, "number", hidden)
    return out(weights, hidden)
