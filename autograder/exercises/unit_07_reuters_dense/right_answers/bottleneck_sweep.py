"""Right answers to `bottleneck_sweep`, each written in another way."""

import numpy as np


def with_keras(widths):
    import keras

    rng, rows = np.random.default_rng(1), []
    for w in widths:
        layers = [keras.layers.Dense(units) for units in (64, w, 46)]
        model = keras.Sequential([keras.Input((10_000,)), *layers])
        rank = np.linalg.matrix_rank(rng.normal(size=(500, w)) @ rng.normal(size=(w, 46)))
        rows.append((model.count_params(), rank))
    return np.array(rows)


def by_formula(widths):
    w = np.array(widths)
    return np.stack([10_000 * 64 + 64 + 64 * w + w + w * 46 + 46, np.minimum(w, 46)], axis=1)


def rank_of_keras_weights(widths):
    import keras

    def measured(w):
        body = keras.Sequential([keras.Input((64,)), keras.layers.Dense(w), keras.layers.Dense(46)])
        return [10_001 * 64 + body.count_params(), np.linalg.matrix_rank(body.get_weights()[-2])]

    return np.array([measured(w) for w in widths], dtype="int32")


def layer_by_layer(widths):
    result = np.zeros((len(widths), 2), dtype=int)
    for row, w in zip(result, widths, strict=True):
        units = 10_000
        for wider in (64, w, 46):
            row[0] += units * wider + wider
            units = wider
        row[1] = 46 if w > 46 else w
    return result


def a_column_each(widths):
    return np.column_stack([[640_110 + 111 * w for w in widths], [min(w, 64, 46) for w in widths]])


def with_recursion(widths):
    def rows(first, *others):
        row = (640_064 + 65 * first + 46 * first + 46, sorted([first, 46])[0])
        return [row, *rows(*others)] if others else [row]

    return np.array(rows(*widths), dtype="uint32")


def with_pandas(widths):
    import pandas as pd

    frame = pd.DataFrame({"w": widths})
    frame["parameters"] = 10_001 * 64 + 65 * frame.w + (frame.w + 1) * 46
    frame["rank"] = frame.w.clip(upper=46)
    return frame[["parameters", "rank"]].to_numpy()
