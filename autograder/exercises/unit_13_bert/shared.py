"""What the exercises of the unit use: their objectives, lots to draw, pairs, and a block with its weights, right or wrong in one way."""

import itertools

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


def trimmed(a, b, room, first_loses=lambda a, b: len(a) >= len(b)):
    """Both, cut one by one until they fit."""
    a, b = list(a), list(b)
    while len(a) + len(b) > max(room, 0):
        (a if first_loses(a, b) else b).pop()
    return a, b


def at_first(first_was_longer):
    """Who loses a piece where that was decided once: the one that was longer, as long as it has any."""
    return lambda a, b: bool(a) if first_was_longer else not b


def taking_turns(first_begins):
    """Who loses a piece where both do so in turn."""
    turns = itertools.cycle([first_begins, not first_begins])
    return lambda a, b: (next(turns) and bool(a)) or not b


def share(one, other, room):
    """How many pieces the first text keeps where both are cut in proportion."""
    return one if one + other <= room else round(room * one / (one + other))


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


def pairs(documents, rng, others=None, share=0.5, step=1, coins=None):
    """The pairs, or wrong ones: `others(number, i)` are the sentences from which a false one is drawn.

    `share` of them are true, or those of which the iterator `coins` says so.
    """
    found = []
    for number, document in enumerate(documents):
        for i in range(0, len(document) - 1, step):
            if rng.random() < share if coins is None else next(coins):
                found.append((document[i], document[i + 1], 1))
            else:
                drawn = others(number, i) if others else elsewhere(documents, number)
                found.append((document[i], drawn[rng.integers(len(drawn))], 0))
    return found


def drawn_once(documents, rng):
    """The one false sentence of each document."""
    decks = [elsewhere(documents, number) for number in range(len(documents))]
    once = [[deck[rng.integers(len(deck))]] for deck in decks]
    return lambda number, i: once[number]


def from_a_deck(documents, rng):
    """False sentences as cards, that are laid aside until all have come."""
    decks = {}

    def others(number, i):
        decks[number] = decks.get(number) or rng.permutation(elsewhere(documents, number)).tolist()
        return [decks[number].pop()]

    return others


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


#: Our names of an encoder's parts, and the published ones.
LAYERS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"norm_1": "attention.output.LayerNorm", "norm_2": "output.LayerNorm"}
TABLES = {"word": "word", "place": "position", "segment": "token_type"}


def all_numbers(tensors, begin="encoder."):
    """The numbers of the blocks, as often as names have them, in the order of the names."""
    return [int(name.split(".")[2]) for name in tensors if name.startswith(begin)]


def numbers_of(tensors):
    """The numbers of the blocks, in their order."""
    return sorted(set(all_numbers(tensors)))


def read(tensors, turn=np.transpose, numbers=None):
    """What the exercise asks for, kernels turned by `turn`; `numbers`: of which blocks."""
    found = {name: tensors[f"embeddings.{path}_embeddings.weight"] for name, path in TABLES.items()}
    found["norm"] = tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]
    found["blocks"] = [
        {
            name: (turn(w) if w.ndim == 2 else w, tensors[f"encoder.layer.{n}.{path}.bias"])
            for name, path in (LAYERS | NORMS).items()
            for w in [tensors[f"encoder.layer.{n}.{path}.weight"]]
        }
        for n in (numbers_of(tensors) if numbers is None else numbers)
    ]
    return found


def norms(vectors):
    """The length of each."""
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def largest_or(states, mask, low):
    """The largest of each number, with `low` in the place of padding."""
    return np.where(mask[..., None], states, low).max(axis=1) * mask.any(axis=1, keepdims=True)


def by_size(states, mask, sizes):
    """Of each number the one, among the words, whose size is largest."""
    at = np.where(mask[..., None], sizes, -1).argmax(axis=1)
    return np.take_along_axis(states, at[:, None], axis=1)[:, 0] * mask.any(axis=1, keepdims=True)
