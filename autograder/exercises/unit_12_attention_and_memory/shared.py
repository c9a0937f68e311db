"""What the exercises of the unit use: their objectives, what some are asked with, and functions that may go wrong in one way."""

import itertools

import numpy as np

from autograder.exercise import probe
from course_utils.values import steps

WRITE = "write labels as a sequence, and search for the likeliest one"
ATTEND = "compute attention by hand: scaled, masked, over the right axis"
PLACE = "tell a network that reads all words at once where each of them stands"
TRAIN = "train a network that writes, and catch one that looks ahead"
REMEMBER = "compute by hand how two memories choose what to keep, and read their gates"


def scores(q, k):
    """(queries, keys) products over sqrt(d)."""
    return np.asarray(q, float) @ np.asarray(k, float).T / np.sqrt(q.shape[1])


def raised(q, k, mask):
    """(queries, keys) exp of the scores, the largest of its row taken off each; 0 where the mask forbids."""
    kept = np.where(mask, scores(q, k), -np.inf)
    return np.exp(kept - kept.max(axis=1, keepdims=True))


def normal(z, mask, axis=1):
    """The softmax of scores where the mask is true, and 0 elsewhere."""
    kept = np.where(mask, z, -np.inf)
    largest = kept.max(axis=axis, keepdims=True)
    weights = np.exp(kept - np.where(np.isfinite(largest), largest, 0))
    total = weights.sum(axis=axis, keepdims=True)
    return weights / np.where(total == 0, 1, total)


def taken(weights, v):
    """The weighted sums of the values, and the weights."""
    return weights @ v, weights


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return np.exp(-np.logaddexp(0, -np.asarray(z, float)))


def unit_relu(z):
    """A ReLU whose rows have length 1, or 0."""
    kept = np.maximum(z, 0)
    return kept / np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-12)


def softmax(z, by_exp=False):
    """Along the last axis; `by_exp`: as it overflows where nothing is taken off."""
    with np.errstate(all="ignore"):
        raised = np.exp(z - (0 if by_exp else z.max(axis=-1, keepdims=True)))
        return raised / raised.sum(axis=-1, keepdims=True)


def after(
    h,
    keys,
    s,
    u,
    v,
    w,
    *,
    gate=None,
    phi=lambda z: np.maximum(z, 0),
    used=lambda g: g,
    keeps=lambda g: 1.0,
    last=lambda z: z,
    normal=True,
    least=1e-12,
):
    """An update that may go wrong in one way: see the mistakes of `entnet_update`."""
    gates = gate() if gate else sigmoid(h @ s + keys @ s)
    g = gates if gates.ndim == 2 else gates[:, None]
    new = last(keeps(g) * np.asarray(h, float) + used(g) * phi(h @ u + keys @ v + s @ w))
    if normal:
        new = new / np.maximum(np.linalg.norm(new, axis=1, keepdims=True), least)
    return new, gates


def gate_scores(
    c,
    m,
    q,
    weights,
    *,
    use=(1, 1, 1, 1),
    order=(0, 1, 2, 3),
    product=np.multiply,
    distance=np.abs,
    squash=np.tanh,
    join=np.hstack,
):
    """(sentences,) scores that may go wrong in one way: see the mistakes of `dmn_gate`."""
    w, b, u = weights
    c = np.asarray(c, float)
    near = [product(c, np.asarray(q)), product(c, np.asarray(m)), distance(c - q), distance(c - m)]
    return squash(join([use[i] * near[i] for i in order]) @ w + b) @ u


def looking(rng, queries, keys, d, of_values):
    """A probe of random vectors, whose mask leaves each query one key at least."""
    mask = rng.random((queries, keys)) < 0.6
    mask[np.arange(queries), rng.integers(0, keys, queries)] = True
    return probe(
        2 * rng.normal(size=(queries, d)), rng.normal(size=(keys, d)), rng.normal(size=(keys, of_values)), mask
    )


def a_pass(rng, sentences, d, k):
    """A probe of random sentences."""
    weights = rng.normal(size=(4 * d, k)), rng.normal(size=k), 2 * rng.normal(size=k)
    return probe(rng.normal(size=(sentences, d)), rng.normal(size=d), rng.normal(size=d), weights)


def table(rng, tokens, length, sharp=0.7):
    """A step in which every sequence that has not ended has chances of its own."""
    going = [so_far for n in range(length) for so_far in itertools.product(range(1, tokens), repeat=n)]
    return steps(
        {so_far: (0.97 * rng.dirichlet([sharp] * tokens) + 0.03 / tokens).round(4).tolist() for so_far in going}
    )


def pushed_out(rng, first_ends, then):
    """Chances where [0] is kept at first and pushed out by [1, 1] and [1, 2]; `then`: the chance that [1, 1] ends."""
    more, less = 0.02 * rng.random(2)
    going = (1 - then) / 2
    return {
        (): [first_ends, 0.66 + less, 0.34 - first_ends - less],
        (1,): [0.02, 0.47 - more, 0.51 + more],
        (1, 1): [then, going + less / 2, going - less / 2],
        (1, 2): [0.36 + more, 0.33, 0.31 - more],
    }


def per_token(one, score):
    """A score divided by how many tokens there are."""
    return score / max(len(one), 1)


def search(
    step,
    width,
    length,
    *,
    value=lambda row: row,
    ended="kept",
    each="",
    rank=lambda one, score: score,
    choose=None,
    carry=1.0,
    of_end=1.0,
    everything=False,
    end=0,
    begin=(),
    same=False,
):
    """A beam search that may go wrong in one way: see the mistakes of `beam`."""
    kept, aside = [(list(begin), 0.0)], []
    for _ in range(length):
        found = []
        for one, score in kept:
            if one[-1:] == [end] and ended != "continued" and not (ended == "first place" and one[1:]):
                if ended not in ("lost", "apart", "left", "places", "unless best"):
                    found.append(([*one, 0] if ended == "zeros" else one, score))
                continue
            longer = [
                (_behind(one, token, same), carry * score + (1.0 if token else of_end) * float(s))
                for token, s in enumerate(value(step(list(one))))
            ]
            most = {"": None, "width": width, "one": 1 if one else width}[each]
            found += _best_of(longer, rank, most)
        kept = _best_of(found, rank, None if each else width)
        over, going = ([pair for pair in kept if (end in pair[0]) is whether] for whether in (True, False))
        if ended == "apart":
            aside += [pair for pair in _best_of(found, rank) if end in pair[0]][:width]
            kept = _best_of([pair for pair in found if end not in pair[0]], rank, width)
        elif ended in ("left", "places"):
            aside, kept, width = aside + over, going, width - len(over) * (ended == "places")
        elif ended in ("first", "unless best") and over and (ended == "first" or over[0] is kept[0]):
            return over[0]
        elif ended == "unless best":
            kept = going
        if not kept or (ended == "any" and over):
            break
    if everything:
        return _best_of(kept, rank)
    over = [pair for pair in kept if end in pair[0]]
    last = over if ended == "alone" and over else [*kept, *aside] or [([], 0.0)]
    return _best_of(last, choose or rank)[0]


def _best_of(some, rank, most=None):
    """The `most` of largest rank, the largest first."""
    return sorted(some, key=lambda pair: rank(*pair), reverse=True)[:most]


def _behind(one, token, same):
    """The tokens with one more: a new list, or the same one, which grows."""
    if not same:
        return [*one, token]
    one.append(token)
    return one
