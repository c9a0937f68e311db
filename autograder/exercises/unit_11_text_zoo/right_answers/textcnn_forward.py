"""Right answers to `textcnn_forward`, each written in another way."""

import numpy as np


def _refuse(x, kernels):
    if any(len(w) > len(x) for w in kernels):
        raise ValueError("a filter is wider than the text")


def one_place_after_the_other(x, kernels, biases):
    _refuse(x, kernels)
    strongest = []
    for w, b in zip(kernels, biases):
        for f in range(w.shape[2]):
            answers = [(x[i : i + len(w)] * w[:, :, f]).sum() + b[f] for i in range(len(x) - len(w) + 1)]
            strongest.append(max(0.0, max(answers)))
    return np.array(strongest)


def with_einsum(x, kernels, biases):
    from numpy.lib.stride_tricks import sliding_window_view

    strongest = []
    for w, b in zip(kernels, biases):
        windows = sliding_window_view(x, len(w), axis=0)  # (places, d, width); it refuses a short text itself
        strongest.append(np.einsum("pdk,kdf->pf", windows, w).max(axis=0) + b)
    return np.concatenate(strongest).clip(min=0)


def starting_from_zero(x, kernels, biases):
    _refuse(x, kernels)
    result = np.zeros(sum(map(len, biases)))
    first = 0
    for w, b in zip(kernels, biases):
        k, d, filters = w.shape
        for i in range(len(x) - k + 1):
            answer = x[i : i + k].reshape(k * d) @ w.reshape(k * d, filters) + b
            result[first : first + filters] = np.maximum(result[first : first + filters], answer)
        first += filters
    return result


def with_tensordot(x, kernels, biases):
    pooled = []
    for w, b in zip(kernels, biases):
        if len(x) < len(w):
            raise ValueError(f"{len(x)} words, and a filter of {len(w)}")
        answers = np.stack([np.tensordot(x[i : i + len(w)], w, 2) for i in range(len(x) - len(w) + 1)]) + b
        pooled.extend(np.where(answers > 0, answers, 0).max(0))
    return np.asarray(pooled)


def layers_of_keras(x, kernels, biases):
    import keras

    _refuse(x, kernels)
    pooled = []
    for w, b in zip(kernels, biases):
        layer = keras.layers.Conv1D(w.shape[2], w.shape[0], activation="relu")
        layer.build((1, *x.shape))
        layer.set_weights([w, b])
        pooled.append(keras.layers.GlobalMaxPooling1D()(layer(np.asarray(x, "float32")[None])))
    return np.concatenate(pooled, axis=1)[0]


def correlated_by_scipy(x, kernels, biases):
    from scipy.signal import correlate

    _refuse(x, kernels)
    return np.array(
        [
            max(0, correlate(np.asarray(x, float), w[:, :, f], mode="valid").max() + b[f])
            for w, b in zip(kernels, biases)
            for f in range(len(b))
        ]
    )


def in_plain_python(x, kernels, biases):
    words = x.tolist()
    strongest = []
    for w, b in zip([w.tolist() for w in kernels], [b.tolist() for b in biases]):
        for f, bias in enumerate(b):
            starts = range(len(words) - len(w) + 1)
            sums = [
                sum(w[j][c][f] * words[i + j][c] for j in range(len(w)) for c in range(len(words[0]))) for i in starts
            ]
            strongest.append(max(max(sums) + bias, 0.0))  # max of an empty list is a ValueError
    return np.array(strongest)
