"""fastText: Joulin, Grave, Bojanowski and Mikolov (2017), Bag of Tricks for Efficient Text Classification.
https://aclanthology.org/E17-2068/

A text is the mean of the vectors of its words and of its n-grams, which share `buckets` rows by a hash; a linear layer does the rest.
Where there are very many classes, that layer is what takes the time. Two ways around it, for training only:
"nce", noise-contrastive estimation, and "hierarchical" softmax: see `many_classes`.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.layers import MaskedMean, register
from course_utils.zoo.many_classes import Linear, Tree, huffman

LOSSES = ("softmax", "nce", "hierarchical")


@register
class FastText(keras.Model):
    """Ids (batch, any length), words and n-grams, 0 is padding -> probabilities (batch, classes).

    While it is trained with "nce" or "hierarchical" it gives the texts' vectors instead, for the loss that then counts.
    `counts`: how often each class occurs, for the noise and for the tree; equally often if left out.
    """

    def __init__(
        self,
        rows: int,
        classes: int,
        dimension: int = 100,
        loss_by: str = "softmax",
        multi_label: bool = False,
        counts: list[float] | None = None,
        noise: int = 10,
        seed: int = 0,
        **options: Any,
    ) -> None:
        if loss_by not in LOSSES:
            raise ValueError(f"loss={loss_by!r}: choose one of {', '.join(LOSSES)}")
        if multi_label and loss_by != "softmax":
            raise ValueError(f"loss={loss_by!r} learns one class a text; for texts with several leave it out")
        super().__init__(**options)
        self.settings = {"rows": rows, "classes": classes, "dimension": dimension, "loss_by": loss_by}
        self.settings |= {"multi_label": multi_label, "counts": counts, "noise": noise, "seed": seed}
        self.embedding = Rows(rows, dimension, mask_zero=True, name="words")
        self.average = MaskedMean()
        share = np.asarray(counts if counts else [1.0] * classes, "float64")
        if loss_by == "hierarchical":
            self.out: Any = Tree(*huffman(share), name="tree")
        else:
            self.out = Linear(
                classes, "sigmoid" if multi_label else "softmax", share / share.sum(), noise, seed, name="classes"
            )
        self.embedding.build((None, None))
        self.out.build((None, dimension))
        self.built = True

    def call(self, ids: Any, training: bool = False) -> Any:
        """Probabilities; while a loss of samples or of a tree is learned, {"text": (batch, dimension)}."""
        text = self.average(self.embedding(ids), mask=self.embedding.compute_mask(ids))
        return {"text": text} if training and self.settings["loss_by"] != "softmax" else self.out(text)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore[no-untyped-def]  # Keras's
        """The loss that was chosen while it is trained, the full cross-entropy otherwise."""
        if not isinstance(y_pred, dict):
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        losses = self.out.losses_of(y_pred["text"], ops.reshape(ops.cast(y, "int32"), (-1,)))  # (batch,)
        return ops.mean(losses if sample_weight is None else losses * ops.reshape(sample_weight, (-1,)))

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.settings}


@register
class Rows(keras.layers.Embedding):
    """An embedding that reads only the rows asked for. Under TensorFlow, Keras's own reads the whole matrix, so that each update
    of a few rows copies all of it: with 200,000 buckets most of a step's time.
    """

    def call(self, ids: Any) -> Any:
        """Ids (batch, length) -> (batch, length, dimension)."""
        if keras.backend.backend() != "tensorflow":
            return super().call(ids)
        return ops.cast(self.embeddings.value.sparse_read(ids), self.compute_dtype)
