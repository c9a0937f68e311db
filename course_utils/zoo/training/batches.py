"""Texts for training: encoded at once where that is little, a batch at a time where memory would go by the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from course_utils.limits import MAX_ENCODED
from course_utils.zoo.text.pieces import Pieces
from course_utils.zoo.text.pipeline import Pipeline


class Batches(keras.utils.PyDataset):
    """Texts that are encoded a batch at a time, again in each epoch; with a `seed` in another order each time."""

    def __init__(
        self, pipeline: Pipeline | Pieces, texts: Sequence[str], y: np.ndarray, batch: int, seed: int | None = None
    ) -> None:
        super().__init__()
        self.pipeline, self.texts, self.y, self.batch = pipeline, texts, y, batch
        self.random = None if seed is None else np.random.default_rng(seed)
        self.order = np.arange(len(texts))
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.texts) // self.batch)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        places = self.order[number * self.batch : (number + 1) * self.batch]
        return self.pipeline.encode([self.texts[place] for place in places]), self.y[places]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        if self.random is not None:
            self.random.shuffle(self.order)


def fed(
    pipeline: Pipeline | Pieces, texts: Sequence[str], y: np.ndarray, batch: int, seed: int | None = None
) -> dict[str, Any]:
    """What `fit`, `evaluate` and `predict` take: ids as one array, which is faster, or `Batches` where it would be large."""
    if 4 * len(texts) * pipeline.width > MAX_ENCODED:
        return {"x": Batches(pipeline, texts, y, batch, seed)}
    return {"x": pipeline.encode(texts), "y": y, "batch_size": batch}
