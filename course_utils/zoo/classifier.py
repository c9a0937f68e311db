"""A trained model with all that it needs to answer for texts: pipeline, names of labels, threshold. One `.keras` file."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np

from course_utils.refused import Refused
from course_utils.zoo.layers import register
from course_utils.zoo.models import MODELS, PAIR_MODELS
from course_utils.zoo.text.pair_pipeline import PairPipeline
from course_utils.zoo.text.pieces import Pieces
from course_utils.zoo.text.pipeline import Pipeline

for _each in (*MODELS.values(), *PAIR_MODELS.values()):  # a saved model's parts are registered when they are imported
    importlib.import_module(f"course_utils.zoo.{_each.module}")

AT_A_TIME = 1_000  # texts that are encoded together: memory goes by this, not by the file


class TextModel(keras.Model):
    """A model of the zoo, `network`, with its `pipeline`. Texts are strings; of a network that reads pairs, pairs of strings."""

    def __init__(
        self, network: keras.Model, pipeline: Pipeline | Pieces | PairPipeline, model: str = "", **options: Any
    ) -> None:
        super().__init__(**options)
        self.network, self.pipeline, self.model = network, pipeline, model
        self.built = True

    @property
    def reads_pairs(self) -> bool:
        """Whether a text is a pair of texts."""
        return isinstance(self.pipeline, PairPipeline)

    def call(self, ids: Any, training: bool = False) -> Any:
        """What the network makes of ids (batch, width), of pairs two of these."""
        return self.network(ids, training=training)

    def outputs_for(self, texts: Sequence[Any], batch_size: int = 128) -> np.ndarray:
        """What the network gives for texts: (len(texts), outputs) float32."""
        parts = [
            self.network.predict(self.pipeline.encode(texts[at : at + AT_A_TIME]), batch_size=batch_size, verbose=0)
            for at in range(0, len(texts), AT_A_TIME)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, *self.network.output_shape[1:]), "float32")

    def get_config(self) -> dict[str, Any]:
        """Everything but the weights, by which it is made again."""
        return {
            "network": keras.saving.serialize_keras_object(self.network),
            "pipeline": self.pipeline.facts(),
            "model": self.model,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict | None = None) -> Self:
        """Make it again."""
        config = dict(config)
        network = keras.saving.deserialize_keras_object(config.pop("network"), custom_objects=custom_objects)
        return cls(network, _made_again(config.pop("pipeline")), **config)


def _made_again(facts: dict[str, Any]) -> Pipeline | Pieces | PairPipeline:
    """The pipeline of these facts."""
    if "each" in facts:
        return PairPipeline(Pipeline(**facts["each"]))
    return Pieces(**facts) if "pieces" in facts else Pipeline(**facts)


@register
class TextClassifier(TextModel):
    """A model of the zoo, `network`, with its `pipeline` and `labels`.

    `threshold`: with several labels a text, the probability from which on a label is given; None: one label a text.
    """

    def __init__(
        self,
        network: keras.Model,
        pipeline: Pipeline | Pieces | PairPipeline,
        labels: Sequence[str],
        threshold: float | None = None,
        model: str = "",
        **options: Any,
    ) -> None:
        super().__init__(network, pipeline, model, **options)
        self.labels, self.threshold = list(labels), threshold

    def predict_probabilities(self, texts: Sequence[Any], batch_size: int = 128) -> np.ndarray:
        """(len(texts), labels) float32."""
        return self.outputs_for(texts, batch_size)

    def predict_labels(self, texts: Sequence[Any], batch_size: int = 128) -> list[tuple[str, ...]]:
        """The labels of each text: one, or with a threshold all that reach it, the likeliest where none does."""
        return list(self.chosen(self.predict_probabilities(texts, batch_size)))

    def chosen(self, probabilities: np.ndarray) -> Iterator[tuple[str, ...]]:
        """The labels that probabilities (texts, labels) mean, the likeliest first."""
        for row in probabilities:
            order = np.argsort(-row, kind="stable")
            most = 1 if self.threshold is None else max(1, int((row >= self.threshold).sum()))
            yield tuple(self.labels[place] for place in order[:most])

    def get_config(self) -> dict[str, Any]:
        """Everything but the weights, by which it is made again."""
        return {**super().get_config(), "labels": self.labels, "threshold": self.threshold}


@register
class TextScorer(TextModel):
    """A model of the zoo whose `network` gives a number for each text, with its `pipeline`."""

    def predict_numbers(self, texts: Sequence[Any], batch_size: int = 128) -> np.ndarray:
        """(len(texts),) float32."""
        return self.outputs_for(texts, batch_size)[:, 0]


def load(path: str | Path) -> TextModel:
    """The model, a `TextClassifier` or a `TextScorer`, in a `.keras` file. Raises Refused for any other file."""
    if not Path(path).is_file():
        raise Refused(f"There is no file {path}.")
    try:
        found = keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras raises nearly anything for a file that is none of its own
        raise Refused(f"{path} is not a model that Keras can read: {type(error).__name__}.") from error
    if not isinstance(found, TextModel):
        raise Refused(f"{path} holds a model, but not one of the zoo: it has no text pipeline.")
    return found
