"""Watch a network that writes while it learns: how many sequences it writes rightly, and where it looks."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from course_utils.zoo import generation


class Watched(keras.callbacks.Callback):
    """After each epoch, lets a `sequences.Translator` write `ids` (texts, length), which is to give `targets` (texts, steps).

    `right` has the share of sequences that it wrote rightly, by epoch. `looks` has, for the epochs in `after` (the first is 1), its
    attention when it writes the first of the targets: (steps, length), or (heads, steps, length).
    """

    def __init__(self, ids: np.ndarray, targets: np.ndarray, after: Sequence[int] = ()) -> None:
        super().__init__()
        self.ids, self.targets, self.after = ids, targets, list(after)
        self.right: list[float] = []
        self.looks: dict[int, np.ndarray] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Let it write."""
        written = generation.greedy(self.model, self.ids, self.targets.shape[1])
        self.right.append(generation.right(written, self.targets))
        if epoch + 1 in self.after:
            self.looks[epoch + 1] = generation.attention(self.model, self.ids[:1], self.targets[:1])[0]
