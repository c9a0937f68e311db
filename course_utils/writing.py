"""Ask a network that writes token by token what it writes: greedily, each token from those that it has written itself."""

from __future__ import annotations

from typing import Any

PAD, GO, END = 0, 1, 2  # ids: nothing, the first input, and the end; what can be read or written begins at 3


def writes(model: Any) -> Any:
    """`model`, which predicts (n, length, tokens) probabilities from [sequences, inputs], as one that writes by itself.

    What comes back has a `predict` of its own: it takes (n, length) sequences, begins with GO, puts the likeliest token into the
    next input, and so on. It gives the probabilities of all places, (n * length, tokens), each given what was written before.
    Where the model gives another shape, that is what comes back. What has no `predict`, such as a stub, is returned as it is.
    Its `predict` raises ValueError where a Keras model takes one input, or more than two.
    """
    return _Writes(model) if callable(getattr(model, "predict", None)) else model


class _Writes:
    """A model, and the loop around it."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict(self, sequences: Any, verbose: int = 0) -> Any:
        """Probabilities of shape (n * length, tokens)."""
        import numpy as np

        takes = len(getattr(self._model, "inputs", None) or (0, 0))
        if takes != 2:
            inputs_taken = "1 input" if takes == 1 else f"{takes} inputs"
            raise ValueError(
                f"this network takes {inputs_taken}; it is to take two: the sequences, and what it is given"
            )
        sequences = np.asarray(sequences)
        inputs, rows = np.full_like(sequences, PAD), []
        inputs[:, 0] = GO
        for place in range(sequences.shape[1]):
            found = np.asarray(self._model.predict([sequences.copy(), inputs.copy()], verbose=verbose))
            if found.ndim != 3 or found.shape[:2] != sequences.shape:
                return found
            rows.append(found[:, place])
            if place + 1 < sequences.shape[1]:
                inputs[:, place + 1] = found[:, place].argmax(axis=-1)
        return np.stack(rows, axis=1).reshape(-1, rows[0].shape[-1])
