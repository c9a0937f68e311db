"""Right answers to `frame_lengths`, each written in another way."""

import numpy as np

from ..shared import LAYERS


def loop_over_layers(l0):
    lengths = []
    for kernel, pool in [(7, 3), (7, 3), (3, 1), (3, 1), (3, 1), (3, 3)]:
        l0 = (l0 - kernel + 1) // pool
        if l0 < 1:
            raise ValueError("the text is too short")
        lengths.append(l0)
    return lengths


def written_out(l0):
    if l0 < 123:
        raise ValueError("at least 123 characters are needed")
    first = (l0 - 6) // 3
    second = (first - 6) // 3
    return [first, second, second - 2, second - 4, second - 6, (second - 8) // 3]


def with_recursion(l0):
    def after(frames, layers):
        if not layers:
            return []
        (kernel, pool), *others = layers
        left = (frames - kernel + 1) // pool
        if left <= 0:
            raise ValueError(f"{frames} frames are too few")
        return [left, *after(left, others)]

    return after(l0, LAYERS)


def accumulated(l0):
    from itertools import accumulate

    _, *lengths = accumulate(LAYERS, lambda n, layer: (n - layer[0] + 1) // layer[1], initial=l0)
    if any(n < 1 for n in lengths):
        raise ValueError("no frame would be left")
    return lengths


def counted_from_starts(l0):
    frames, lengths = l0, []
    for kernel in (7, 7, 3, 3, 3, 3):
        frames = len(range(0, frames - kernel + 1))
        if len(lengths) in (0, 1, 5):
            frames = len(range(0, frames - 2, 3))
        if not frames:
            raise ValueError(l0)
        lengths.append(frames)
    return lengths


def with_numpy(l0):
    lengths = np.zeros(7)
    lengths[0] = l0
    for i, (kernel, pool) in enumerate(zip([7, 7, 3, 3, 3, 3], [3, 3, 1, 1, 1, 3], strict=True)):
        lengths[i + 1] = np.floor((lengths[i] - (kernel - 1)) / pool)
    if lengths.min() < 1:
        raise ValueError("too short")
    return lengths[1:].astype(int).tolist()


def measured_on_keras_layers(l0):
    import keras

    frames, lengths = np.zeros((1, l0, 1)), []
    for kernel, pool in LAYERS:
        if frames.shape[1] < kernel:
            raise ValueError("too few frames for the kernel")
        frames = keras.layers.Conv1D(1, kernel)(frames)
        if frames.shape[1] < pool:  # with oneDNN, a pooling that leaves nothing raises AbortedError
            raise ValueError("nothing is left")
        frames = keras.layers.MaxPooling1D(pool)(frames) if pool > 1 else frames
        lengths.append(frames.shape[1])
    return lengths


def names_for_the_lengths(l0):
    a = (l0 - 6) // 3
    b = (a - 6) // 3
    c = b - 2
    d = c - 2
    e = d - 2
    f = int((e - 2) / 3)
    if f >= 1:
        return [a, b, c, d, e, f]
    raise ValueError("the text has too few characters")
