"""The pipeline of a model that reads two texts: as `pipeline.Pipeline`, with one vocabulary for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.zoo.text import pipeline


@dataclass
class PairPipeline:
    """How pairs of texts become ids. `each`: the pipeline of either text."""

    each: pipeline.Pipeline

    @property
    def width(self) -> int:
        """Ids of a pair."""
        return 2 * self.each.width

    def encode(self, pairs: Sequence[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the first texts and of the second ones: (pairs, length) int32 each."""
        return self.each.encode([a for a, _ in pairs]), self.each.encode([b for _, b in pairs])

    def facts(self) -> dict[str, Any]:
        """It as plain data, for a model's configuration."""
        return {"each": self.each.facts()}


def made_for(
    pairs: Sequence[tuple[str, str]], length: int | None = None, *, least: int = pipeline.LEAST
) -> PairPipeline:
    """A pipeline from training pairs alone, long enough for 95% of their texts. Raises ValueError where there is none."""
    return PairPipeline(pipeline.made_for([text for pair in pairs for text in pair], length, least=least))
