"""The zoo: models that read, a file each that reads like its paper, built, trained, saved and compared in one way.

    from course_utils import zoo
    model = zoo.build("textcnn", vocabulary=10_000, classes=4, length=100)   # a compiled keras.Model, from ids to probabilities
    zoo.build_pairs("two_cnn", vocabulary=10_000, classes=3, length=25)      # another, from ids of two texts
    zoo.load("news.keras").predict_labels(["Stocks fall as oil soars"])      # a saved one, from texts to names of labels
    zoo.encode(["Stocks fall as oil soars"])                                 # vectors of texts, by an encoder that has read much

On the command line: `python -m course_utils.zoo train textcnn my_texts.csv`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from course_utils.zoo import freed_memory
from course_utils.zoo.models import MODELS, PAIR_MODELS

if TYPE_CHECKING:
    from course_utils.zoo.classifier import TextClassifier, TextScorer, load
    from course_utils.zoo.minilm import encode
    from course_utils.zoo.networks import build
    from course_utils.zoo.pair_networks import build_pairs

__all__ = ["MODELS", "PAIR_MODELS", "TextClassifier", "TextScorer", "build", "build_pairs", "encode", "load"]

_AT = {
    "build": "networks",
    "build_pairs": "pair_networks",
    "TextClassifier": "classifier",
    "TextScorer": "classifier",
    "encode": "minilm",
    "load": "classifier",
}

freed_memory.keep()


def __getattr__(name: str) -> Any:
    """Import what needs Keras when it is first asked for."""
    if name in _AT:
        return getattr(importlib.import_module(f"course_utils.zoo.{_AT[name]}"), name)
    raise AttributeError(f"module 'course_utils.zoo' has no attribute {name!r}; it offers {', '.join(__all__)}")
