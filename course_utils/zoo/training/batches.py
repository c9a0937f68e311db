"""Texts for training: encoded at once where that is little, a batch at a time where memory would go by the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import keras
import numpy as np

from course_utils.limits import MAX_ENCODED


class Encodes(Protocol):
    """A pipeline of texts, of their pieces, or of pairs of them: what a text is, is its business."""

    @property
    def width(self) -> int:
        """How many ids a text has."""
        ...

    def encode(self, texts: Any, /) -> Any:
        """(texts, width) int32, or what a model takes in its place."""
        ...


class Batches(keras.utils.PyDataset):
    """Texts that are encoded a batch at a time, again in each epoch; with a `seed` in another order each time."""

    def __init__(
        self,
        pipeline: Encodes,
        texts: Sequence[Any],
        y: np.ndarray,
        batch: int,
        seed: int | None = None,
        weights: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.pipeline, self.texts, self.y, self.batch, self.weights = pipeline, texts, y, batch, weights
        self.random = None if seed is None else np.random.default_rng(seed)
        self.order = np.arange(len(texts))
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.texts) // self.batch)

    def __getitem__(self, number: int) -> tuple[np.ndarray, ...]:
        places = self.order[number * self.batch : (number + 1) * self.batch]
        found = self.pipeline.encode([self.texts[place] for place in places]), self.y[places]
        return found if self.weights is None else (*found, self.weights[places])

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        if self.random is not None:
            self.random.shuffle(self.order)


def fed(
    pipeline: Encodes,
    texts: Sequence[Any],
    y: np.ndarray,
    batch: int,
    seed: int | None = None,
    weights: np.ndarray | None = None,
) -> dict[str, Any]:
    """What `fit`, `evaluate` and `predict` take: ids as one array, which is faster, or `Batches` where it would be large.

    `weights` (texts,): how much each text counts in the loss.
    """
    if 4 * len(texts) * pipeline.width > MAX_ENCODED:
        return {"x": Batches(pipeline, texts, y, batch, seed, weights)}
    found = {"x": pipeline.encode(texts), "y": y, "batch_size": batch}
    return found if weights is None else {**found, "sample_weight": weights}
