"""Right answers to `pool`, each written in another way."""

import numpy as np


def in_four_branches(states, mask, how):
    if how == "cls":
        return states[:, 0]
    words = mask[..., None]  # (n, length, 1)
    if how == "max":
        largest = np.where(words, states, -np.inf).max(axis=1)
        return np.where(mask.any(axis=1)[:, None], largest, 0)
    if how not in ("mean", "unit"):
        raise ValueError(how)
    mean = (states * words).sum(axis=1) / np.maximum(words.sum(axis=1), 1)
    if how == "mean":
        return mean
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    return mean / np.where(length == 0, 1, length)


def text_by_text(states, mask, how):
    if how not in ("cls", "mean", "max", "unit"):
        raise ValueError(f"unknown: {how}")
    result = np.zeros((len(states), states.shape[2]))
    for i, (text, there) in enumerate(zip(states, mask)):
        if how == "cls":
            result[i] = text[0]
        elif there.any():
            words = text[there]
            result[i] = words.max(axis=0) if how == "max" else words.mean(axis=0)
            if how == "unit":
                result[i] /= max(np.sqrt(np.sum(result[i] ** 2)), 1e-30)
    return result


def masked_arrays(states, mask, how):
    words = np.ma.array(states, mask=np.broadcast_to(~mask[..., None], states.shape))
    match how:
        case "cls":
            return states[:, 0, :]
        case "max":
            return words.max(axis=1).filled(0)
        case "mean":
            return words.mean(axis=1).filled(0)
        case "unit":
            mean = words.mean(axis=1).filled(0)
            return mean / (np.sqrt((mean * mean).sum(axis=1, keepdims=True)) + 1e-12)
    raise ValueError("how")


def by_a_product(states, mask, how):
    weights = mask / np.maximum(mask.sum(axis=1), 1)[:, None]
    mean = np.einsum("nl,nlw->nw", weights, states)
    lowest = states.min() - 1
    ways = {
        "cls": lambda: states[:, 0],
        "mean": lambda: mean,
        "max": lambda: np.max(np.where(mask[:, :, None], states, lowest), axis=1) * mask.any(axis=1, keepdims=True),
        "unit": lambda: np.divide(mean, size, out=np.zeros_like(mean), where=size > 0),
    }
    size = np.sqrt(np.einsum("nw,nw->n", mean, mean))[:, None]
    if how not in ways:
        raise ValueError(f"{how!r} is none of {list(ways)}")
    return ways[how]()


def with_keras(states, mask, how):
    from keras import ops

    states, words = ops.convert_to_tensor(states), ops.cast(mask, states.dtype)[..., None]
    if how == "cls":
        return np.array(states[:, 0])
    if how == "max":
        some = ops.any(mask, axis=1, keepdims=True)
        return np.array(ops.where(some, ops.max(ops.where(mask[..., None], states, -1e30), axis=1), 0.0))
    if how in ("mean", "unit"):
        mean = ops.sum(states * words, axis=1) / ops.maximum(ops.sum(words, axis=1), 1)
        return np.array(ops.normalize(mean, axis=1) if how == "unit" else mean)
    raise ValueError(how)
