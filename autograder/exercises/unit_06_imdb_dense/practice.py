"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe

WORDS = {"a": 1, "slow": 2, "start": 3, "fine": 4, "end": 5}


def decode_review(rng):
    for length in (1, 2, 2, 3, 3, 3, 4, 4):
        yield probe([1, *rng.integers(4, 9, size=length).tolist()], WORDS)
    for ids in ([1, 2, 5], [4, 4], [0, 0, 1, 8], [1, 9, 4], [1, 3, 7], [12, 1]):
        yield probe(ids, WORDS)


def best_epoch(rng):
    for _ in range(4):
        values = [float(v) for v in rng.integers(10, 60, size=5) / 100]  # hidden ones have more epochs
        yield probe({"val_loss": values})
        yield probe({"val_accuracy": values[::-1]}, "val_accuracy", "max")
        yield probe({"loss": sorted(values, reverse=True), "val_loss": values})
    yield probe({"val_loss": [0.6, 0.4, 0.4, 0.5]})
    yield probe({"accuracy": [0.6, 0.8, 0.8]}, "accuracy", "max")
    yield probe({"val_loss": [0.6, 0.4]}, "val_loss", "lowest")


def vectorize_sequences(rng):
    for size in (3, 4, 5):
        for _ in range(4):
            yield probe([rng.integers(0, size, size=3).tolist(), rng.integers(0, size, size=1).tolist()], size)
