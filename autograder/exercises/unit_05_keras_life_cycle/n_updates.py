from functools import cache

import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import COUNT


@exercise("n_updates", points=1, objective=COUNT, all_or_nothing=True)
class NUpdates:
    """How often `fit` changes the weights: n examples, batches of at most `batch`, so many epochs."""

    def oracle(n, batch, epochs):
        network, counter = counting()
        counted = counter()
        network.fit(np.zeros((n, 1)), np.zeros((n, 1)), batch_size=batch, epochs=epochs, verbose=0, callbacks=[counted])
        return counted.updates

    examples = [
        probe(4, 2, 1),
        probe(5, 2, 3),
        probe(3, 8, 2),
        probe(12, 4, 2),
        probe(10, 3, 2),
        probe(4, 4, 3),
        probe(7, 1, 2),
        probe(11, 4, 2),
    ]

    def hidden(rng):
        for batch in (7, 16, 32):
            yield probe(int(batch * rng.integers(2, 5) + rng.integers(1, batch - 1)), batch, int(rng.integers(2, 6)))
        yield probe(int(rng.integers(3, 6)), 64, 4)
        yield probe(32, 8, 3)

    floor = mistake(
        "You round down, as if `fit` threw the last, smaller batch away. It does not: 5 examples in batches of 2 are 3 steps.",
        lambda n, batch, epochs: n // batch * epochs,
    )
    nearest = mistake(
        "You round to the nearest. The last batch of an epoch is one step however small it is, so the number is always rounded *up*.",
        lambda n, batch, epochs: round(n / batch) * epochs,
    )
    floor_at_the_end = mistake(
        "You round once, at the end, and down. The last batch of *every* epoch is a small one, and it is a step: round up first, then "
        "multiply by the epochs.",
        lambda n, batch, epochs: n * epochs // batch,
    )
    ceil_as_float = mistake(
        "The number is right, and it is a float: np.ceil gives one. math.ceil gives an int, and so does -(-n // batch).",
        lambda n, batch, epochs: np.ceil(n / batch) * epochs,
    )
    one_long_epoch = mistake(
        "The last batch of an epoch is a small one, in *every* epoch: the next epoch does not fill it up. Round up first, then "
        "multiply by the epochs.",
        lambda n, batch, epochs: -(-n * epochs // batch),
    )
    one_epoch = mistake(
        "Those are the updates of one epoch. `fit` goes through the data `epochs` times.",
        lambda n, batch, epochs: -(-n // batch),
    )
    one_epoch_too_few = mistake(
        "That is one epoch too few. `range(1, epochs)` has epochs - 1 numbers: it stops before its end.",
        lambda n, batch, epochs: -(-n // batch) * (epochs - 1),
    )
    one_more = mistake(
        "Always one more than n // batch: where the batches come out even there is no small one at the end.",
        lambda n, batch, epochs: (n // batch + 1) * epochs,
    )
    examples_seen = mistake(
        "You count examples. The weights change once for each *batch*, after all of its examples were seen.",
        lambda n, batch, epochs: n * epochs,
    )
    fraction = mistake(
        "That is a fraction: there are no half updates. Round the batches of an epoch up to a whole number.",
        lambda n, batch, epochs: n / batch * epochs,
    )

    epochs_added = mistake(
        "You add the epochs. `fit` goes through all the batches in each of them: multiply.",
        lambda n, batch, epochs: -(-n // batch) + epochs,
    )


@cache
def counting():
    """A model of one weight, and a callback that counts what `fit` does with it."""
    import keras

    class Counter(keras.callbacks.Callback):
        updates = 0

        def on_train_batch_end(self, batch, logs=None):
            self.updates += 1

    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse", run_eagerly=True)
    return network, Counter
