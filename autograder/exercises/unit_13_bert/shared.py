"""What the exercises of the unit use: their objectives, lots to draw, pairs, and a block with its weights, right or wrong in one way."""

import numpy as np

PIECES = "cut words into pieces of a fixed vocabulary, and lay out a pair of texts"
TASKS = "make the two tasks of pre-training from plain text"
BLOCK = "compute a block of the encoder by hand, and pool what it gives"
WEIGHTS = "put published weights into a network of your own, and check them"
FEW = "put a head on frozen vectors when labels are few, and say what it beats"

EPSILON = 1e-12  # of a block's layer normalisations


def lots(seed, times):
    """What stands for `rng` in a probe of a function that is asked often."""
    return {"seed": int(seed), "times": times}


def block_weights(rng, width, heads, hidden):
    """A dictionary of random weights of a block."""
    sizes = {"query": (width, width), "key": (width, width), "value": (width, width), "out": (width, width)}
    sizes |= {"up": (width, hidden), "down": (hidden, width)}
    weights = {
        name: (rng.normal(0, 1.2 / np.sqrt(of), (of, to)), rng.normal(0, 0.4, to)) for name, (of, to) in sizes.items()
    }
    norms = {f"norm_{n}": (rng.uniform(0.5, 1.5, width), rng.normal(0, 0.4, width)) for n in (1, 2)}
    return {"heads": heads, **weights, **norms}


def elsewhere(documents, number):
    """All sentences of the other documents."""
    return [each for other, document in enumerate(documents) if other != number for each in document]


def pairs(documents, rng, others, share=0.5, step=1):
    """The pairs, or wrong ones: `others(number, i)` are the sentences from which a false one is drawn."""
    found = []
    for number, document in enumerate(documents):
        for i in range(0, len(document) - 1, step):
            if rng.random() < share:
                found.append((document[i], document[i + 1], 1))
            else:
                drawn = others(number, i) if others else elsewhere(documents, number)
                found.append((document[i], drawn[rng.integers(len(drawn))], 0))
    return found


def exact(z):
    """GELU as it is defined."""
    from scipy.special import erf

    return z / 2 * (1 + erf(z / np.sqrt(2)))


def tanh_approximation(z):
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def normal(x, weights, axis=-1, ddof=0, power=0.5, epsilon=EPSILON):
    """A layer normalisation, or one that is wrong in what is given."""
    with np.errstate(all="ignore"):
        z = (x - x.mean(axis=axis, keepdims=True)) / (x.var(axis=axis, keepdims=True, ddof=ddof) + epsilon) ** power
    return z * weights[0] + weights[1]


def attended(
    x,
    mask,
    weights,
    *,
    scale=None,
    axis=3,
    mask_axis=3,
    late_mask=False,
    low=None,
    interleaved=False,
    by_reshape=False,
    jumbled=False,
    no_out=False,
    stable=True,
):
    """What each place takes from the others, or what is wrong in what is given."""
    n, length, width = x.shape
    heads = weights["heads"]

    def by_head(name):
        z = x @ weights[name][0] + weights[name][1]
        if interleaved:
            return z.reshape(n, length, width // heads, heads).transpose(0, 3, 1, 2)
        if by_reshape:
            return z.reshape(n, heads, length, width // heads)
        return z.reshape(n, length, heads, width // heads).transpose(0, 2, 1, 3)

    query, key, value = map(by_head, ("query", "key", "value"))
    scores = query @ key.transpose(0, 1, 3, 2) * (scale(width, heads) if scale else (width // heads) ** -0.5)
    there = mask[:, None, None, :] if mask_axis == 3 else mask[:, None, :, None]
    if not late_mask:
        scores = np.where(there, scores, low(scores) if low else -1e9)
    raised = np.exp(scores - scores.max(axis=axis, keepdims=True) if stable else scores)
    shares = raised / raised.sum(axis=axis, keepdims=True) * (there if late_mask else 1)
    taken = shares @ value  # (n, heads, length, size)
    if not jumbled and not by_reshape:
        taken = taken.transpose(0, 2, 3, 1) if interleaved else taken.transpose(0, 2, 1, 3)
    taken = taken.reshape(n, length, width)
    return taken if no_out else taken @ weights["out"][0] + weights["out"][1]


def block(
    x,
    mask,
    weights,
    *,
    gelu=exact,
    first=np.add,
    second=np.add,
    second_norm=True,
    norm_axis=-1,
    ddof=0,
    power=0.5,
    epsilon=EPSILON,
    **wrong,
):
    """A block, or one that is wrong in what is given."""
    how = {"axis": norm_axis, "ddof": ddof, "power": power, "epsilon": epsilon}
    x = normal(first(x, attended(x, mask, weights, **wrong)), weights["norm_1"], **how)
    change = gelu(x @ weights["up"][0] + weights["up"][1]) @ weights["down"][0] + weights["down"][1]
    x = second(x, change)
    return normal(x, weights["norm_2"], **how) if second_norm else x


def pre_norm(x, mask, weights):
    """A block as later networks have it."""
    x = x + attended(normal(x, weights["norm_1"]), mask, weights)
    z = normal(x, weights["norm_2"])
    return x + exact(z @ weights["up"][0] + weights["up"][1]) @ weights["down"][0] + weights["down"][1]
