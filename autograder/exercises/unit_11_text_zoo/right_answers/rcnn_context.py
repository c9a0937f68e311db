"""Right answers to `rcnn_context`, each written in another way."""

import numpy as np


def row_by_row(words, w_left, w_word, start, direction):
    if direction not in ("left", "right"):
        raise ValueError(direction)
    order = range(len(words)) if direction == "left" else range(len(words) - 1, -1, -1)
    contexts = np.zeros((len(words), len(start)))
    context = start
    for i in order:
        contexts[i] = context
        context = np.tanh(context @ w_left + words[i] @ w_word)
    return contexts


def turned_round_twice(words, w_left, w_word, start, direction):
    if direction == "right":
        return turned_round_twice(words[::-1], w_left, w_word, start, "left")[::-1]
    if direction != "left":
        raise ValueError(f"no side is called {direction!r}")
    rows = [start]
    for word in words[:-1]:
        rows.append(np.tanh(rows[-1] @ w_left + word @ w_word))
    return np.array(rows)


def with_accumulate(words, w_left, w_word, start, direction):
    from itertools import accumulate

    step = {"left": 1, "right": -1}.get(direction)
    if step is None:
        raise ValueError("left or right")
    read = words[::step][:-1] @ w_word
    rows = list(accumulate(read, lambda context, word: np.tanh(context @ w_left + word), initial=np.array(start)))
    return np.stack(rows)[::step]


def by_index(words, w_left, w_word, start, direction):
    n = len(words)
    contexts = np.empty((n, w_left.shape[0]))
    if direction == "left":
        contexts[0] = start
        for i in range(1, n):
            contexts[i] = np.tanh(w_left.T @ contexts[i - 1] + w_word.T @ words[i - 1])
    elif direction == "right":
        contexts[n - 1] = start
        for i in range(n - 2, -1, -1):
            contexts[i] = np.tanh(w_left.T @ contexts[i + 1] + w_word.T @ words[i + 1])
    else:
        raise ValueError("direction must be 'left' or 'right'")
    return contexts


def layer_of_keras(words, w_left, w_word, start, direction):
    import keras

    if direction != "left" and direction != "right":
        raise ValueError(direction)
    reader = keras.layers.SimpleRNN(len(start), return_sequences=True, use_bias=False)
    reader.build((1, None, words.shape[1]))
    reader.set_weights([w_word, w_left])
    text = words if direction == "left" else np.flip(words, axis=0)
    first = np.asarray(start, "float32")[None]
    rows = first
    if len(text) > 1:
        after = reader(text[None, :-1].astype("float32"), initial_state=first)[0]
        rows = np.concatenate([first, after])
    return rows if direction == "left" else np.flip(rows, axis=0)


def by_recursion(words, w_left, w_word, start, direction):
    assert words.ndim == 2
    if direction == "left":
        if len(words) == 1:
            return np.array([start], float)
        before = by_recursion(words[:-1], w_left, w_word, start, direction)
        return np.vstack([before, np.tanh(before[-1] @ w_left + words[-2] @ w_word)])
    if direction == "right":
        if len(words) == 1:
            return np.array([start], float)
        after = by_recursion(words[1:], w_left, w_word, start, direction)
        return np.vstack([np.tanh(after[0] @ w_left + words[1] @ w_word), after])
    raise ValueError(direction)


def joined_weights(words, w_left, w_word, start, direction):
    if direction not in {"left", "right"}:
        raise ValueError(direction)
    both = np.concatenate([w_left, w_word])
    places = np.arange(len(words))
    if direction == "right":
        places = places[::-1]
    rows = {places[0]: np.asarray(start, dtype=float)}
    for here, there in zip(places[1:], places):
        rows[here] = np.tanh(np.concatenate([rows[there], words[there]]) @ both)
    return np.array([rows[i] for i in range(len(words))])
