"""Right answers to `soft_vote`, each written in another way."""

import numpy as np


def with_average(logits, weights=None):
    if weights is not None and (min(weights) < 0 or sum(weights) == 0):
        raise ValueError("weights")
    return np.average(logits, axis=0, weights=weights)


def with_tensordot(logits, weights=None):
    weights = np.ones(len(logits)) if weights is None else np.asarray(weights, float)
    if np.any(weights < 0) or not np.any(weights):
        raise ValueError(f"cannot vote by {weights}")
    return np.tensordot(weights / weights.sum(), logits, axes=1)


def member_by_member(logits, weights=None):
    if weights is None:
        weights = [1] * len(logits)
    total = 0.0
    for weight in weights:
        if weight < 0:
            raise ValueError(f"a weight is {weight}")
        total += weight
    if total == 0:
        raise ValueError("nobody votes")
    voted = np.zeros(logits.shape[1:])
    for weight, member in zip(weights, logits):
        voted += weight / total * member
    return voted


def broadcast(logits, weights=None):
    if weights is None:
        return logits.mean(axis=0)
    weights = np.array(weights)
    if (weights < 0).any() or weights.sum() <= 0:
        raise ValueError("weights are not negative, and not all zero")
    return (logits * weights[:, None, None]).sum(axis=0) / weights.sum()


def as_lists(logits, weights=None):
    weights = [1.0 for _ in logits] if weights is None else [float(w) for w in weights]
    if any(w < 0 for w in weights) or not sum(weights):
        raise ValueError(weights)
    members = logits.tolist()
    return np.array(
        [[sum(w * c for w, c in zip(weights, said)) / sum(weights) for said in zip(*texts)] for texts in zip(*members)]
    )
