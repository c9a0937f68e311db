"""Output layers for very many classes, where the full softmax is what takes the time of a training step.

- Noise-contrastive estimation: tell the true class from a few drawn at random. Gutmann and Hyvarinen (2010),
  https://proceedings.mlr.press/v9/gutmann10a.html; as Mnih and Teh (2012) use it, https://arxiv.org/abs/1206.6426
- Hierarchical softmax: a class is a leaf of a binary tree, and a text turns left or right at each node on the way, log2(classes)
  times. Morin and Bengio (2005), https://proceedings.mlr.press/r5/morin05a.html; the tree is Huffman's (1952).
"""

from __future__ import annotations

import heapq
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.layers import register


@register
class Linear(keras.layers.Layer):
    """Scores text . w + b: probabilities of all classes, or the loss against a few classes of noise."""

    def __init__(self, classes: int, activation: str, share: Any, noise: int, seed: int, **options: Any) -> None:
        super().__init__(**{"dtype": "float32", **options})
        self.settings = {
            "classes": classes,
            "activation": activation,
            "share": list(map(float, share)),
            "noise": noise,
            "seed": seed,
        }
        self.classes, self.activation, self.noise = classes, keras.activations.get(activation), noise
        self.log_share = np.log(np.maximum(share, 1e-12)).astype("float32")
        self.until = np.cumsum(share).astype("float32")  # of the noise's distribution, by which it is drawn
        self.random = keras.random.SeedGenerator(seed)

    def build(self, shape: tuple) -> None:
        """The matrix (classes, dimension), a row for each class, and a bias for each."""
        self.matrix = self.add_weight((self.classes, shape[-1]), name="matrix", initializer="zeros")
        self.bias = self.add_weight((self.classes,), name="bias", initializer="zeros")

    def call(self, text: Any) -> Any:
        """(batch, dimension) -> (batch, classes)."""
        return self.activation(ops.matmul(text, ops.transpose(self.matrix)) + self.bias)

    def losses_of(self, text: Any, y: Any) -> Any:
        """Noise-contrastive estimation with k classes of noise, drawn once for the batch: (batch,).

        A class with score s is taken for the true one with probability sigmoid(s - log(k q)), q its share of the noise.
        """
        draws = keras.random.uniform((self.noise,), seed=self.random)
        drawn = ops.minimum(ops.searchsorted(ops.convert_to_tensor(self.until), draws), self.classes - 1)
        offset = ops.convert_to_tensor(self.log_share) + float(np.log(self.noise))
        text = ops.cast(text, "float32")
        true = ops.sum(text * ops.take(self.matrix, y, axis=0), axis=1) + ops.take(self.bias - offset, y)  # (batch,)
        false = ops.matmul(text, ops.transpose(ops.take(self.matrix, drawn, axis=0))) + ops.take(
            self.bias - offset, drawn
        )
        return ops.softplus(-true) + ops.sum(ops.softplus(false), axis=1)

    def get_config(self) -> dict:
        """Its sizes and the noise, by which it is made again."""
        return {**super().get_config(), **self.settings}


@register
class Tree(keras.layers.Layer):
    """Hierarchical softmax: a node turns left (+1) or right (-1); a class's probability is the product along its path.

    `nodes` and `signs` are (classes, depth): the inner nodes on a class's path, and the turns taken there; 0 is no turn.
    """

    def __init__(self, nodes: Any, signs: Any, **options: Any) -> None:
        super().__init__(**{"dtype": "float32", **options})
        self.nodes, self.signs = np.asarray(nodes, "int32"), np.asarray(signs, "float32")

    def build(self, shape: tuple) -> None:
        """A row of the matrix for each inner node, one fewer than there are classes."""
        self.matrix = self.add_weight((max(len(self.nodes) - 1, 1), shape[-1]), name="matrix", initializer="zeros")

    def call(self, text: Any) -> Any:
        """(batch, dimension) -> (batch, classes); each row adds up to 1."""
        scores = ops.matmul(text, ops.transpose(self.matrix))  # (batch, nodes)
        turns = ops.take(scores, self.nodes, axis=1) * self.signs  # (batch, classes, depth)
        return ops.exp(ops.sum(ops.where(self.signs != 0, -ops.softplus(-turns), 0.0), axis=2))

    def losses_of(self, text: Any, y: Any) -> Any:
        """-log p of the classes y, from the nodes on their paths alone: (batch,)."""
        nodes, signs = (ops.take(ops.convert_to_tensor(one), y, axis=0) for one in (self.nodes, self.signs))
        rows = ops.take(self.matrix, nodes, axis=0)  # (batch, depth, dimension)
        turns = ops.sum(rows * ops.cast(text, "float32")[:, None], axis=2) * signs
        return ops.sum(ops.where(signs != 0, ops.softplus(-turns), 0.0), axis=1)

    def get_config(self) -> dict:
        """The tree, by which it is made again."""
        return {**super().get_config(), "nodes": self.nodes.tolist(), "signs": self.signs.tolist()}


def huffman(share: Any) -> tuple[np.ndarray, np.ndarray]:
    """The paths of Huffman's tree, in which a frequent class has a short one: nodes and signs, each (classes, depth)."""
    heap = [(float(each), label, label) for label, each in enumerate(share)]  # share, order of making, node
    heapq.heapify(heap)
    parent: dict[int, tuple[int, int]] = {}
    for made in range(len(share), 2 * len(share) - 1):
        (a, _, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        parent[left], parent[right] = (made, 1), (made, -1)
        heapq.heappush(heap, (a + b, made, made))
    paths = [_to_the_root(label, parent, len(share)) for label in range(len(share))]
    depth = max(1, *map(len, paths))
    nodes, signs = np.zeros((len(share), depth), "int32"), np.zeros((len(share), depth), "float32")
    for label, path in enumerate(paths):
        for place, (node, sign) in enumerate(path):
            nodes[label, place], signs[label, place] = node, sign
    return nodes, signs


def _to_the_root(node: int, parent: dict[int, tuple[int, int]], leaves: int) -> list[tuple[int, int]]:
    path = []
    while node in parent:
        node, sign = parent[node]
        path.append((node - leaves, sign))
    return path
