"""What several exercises of the unit use: their objectives, lots to draw, and the weights of a block."""

import numpy as np

PIECES = "cut words into pieces of a fixed vocabulary, and lay out a pair of texts"
TASKS = "make the two tasks of pre-training from plain text"
BLOCK = "compute a block of the encoder by hand, and pool what it gives"
WEIGHTS = "put published weights into a network of your own, and check them"
FEW = "put a head on frozen vectors when labels are few, and say what it beats"


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
