"""Right answers to `reverse_model`, each made in another way."""

import numpy as np

from course_utils.writing import GO, PAD, writes

from ..reverse_model import FIRST, LENGTH, TOKENS, ByRule, backwards


def what_is_asked():
    return writes(ByRule(backwards))


def next_after_what_was_written():
    """Counts what it has written, and looks up what comes next."""

    def rule(sequences, inputs):
        written = (inputs != PAD).sum(axis=1) - 1  # without GO
        ahead = np.minimum(
            np.maximum.accumulate(np.eye(LENGTH, dtype=int)[written] * written[:, None], axis=1), LENGTH - 1
        )
        places = np.where(np.arange(LENGTH) == written[:, None], ahead, np.arange(LENGTH))
        return np.take_along_axis(sequences, LENGTH - 1 - places, axis=1)

    return writes(ByRule(rule))


def wrong_now_and_then():
    rng = np.random.default_rng(0)

    def rule(sequences, inputs):
        slips = rng.random(sequences.shape) < 0.01
        return np.where(slips, rng.integers(FIRST, TOKENS, sequences.shape), sequences[:, ::-1])

    return writes(ByRule(rule))


def in_half_precision():
    return writes(ByRule(backwards, last=lambda p: p.astype("float16")))


def reader_and_writer():
    """A recurrent network, whose decoder begins where the encoder ended and looks back."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(12)
    x = np.random.default_rng(1).integers(FIRST, TOKENS, (8_000, LENGTH))
    given = np.hstack([np.full((len(x), 1), GO), x[:, :0:-1]])
    sequences, inputs = (keras.Input((LENGTH,), dtype="int32") for _ in range(2))
    table = layers.Embedding(TOKENS, 32)
    states, last = layers.GRU(64, return_sequences=True, return_state=True)(table(sequences))
    written = layers.GRU(64, return_sequences=True)(table(inputs), initial_state=last)
    seen = layers.Attention(use_scale=True)([written, states])
    network = keras.Model([sequences, inputs], layers.Dense(TOKENS, "softmax")(layers.Concatenate()([written, seen])))
    network.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    network.fit([x, given], x[:, ::-1], epochs=6, batch_size=100, verbose=0)
    return writes(network)
