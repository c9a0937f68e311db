"""Real weights: MiniLM, an encoder of BERT's kind that a billion pairs of sentences have taught what goes together.

Wang et al. (2020), https://arxiv.org/abs/2002.10957, made it small; Reimers and Gurevych (2019), https://arxiv.org/abs/1908.10084,
are how it came to give a vector for a text: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 is its card (Apache-2.0).

    zoo.encode(["A man plays the guitar.", "Stocks fell sharply."])     # (2, 384) float32, each of length 1

The weights (90 MB) are fetched when they are first asked for, checked by their hash, and read without a pickle.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import keras
import numpy as np

from course_utils import data
from course_utils.zoo.bert import encoder
from course_utils.zoo.by_length import in_batches
from course_utils.zoo.layers import MaskedMean
from course_utils.zoo.text.wordpiece import WordPiece

PIECES, WIDTH, BLOCKS, HEADS, PLACES = 30_522, 384, 6, 12, 512
LONGEST = 256  # places of a text that are read, as it was trained
BATCH = 32


def encode(texts: Sequence[str], batch_size: int = BATCH, progress: bool | None = None) -> np.ndarray:
    """Vectors of texts: (len(texts), 384) float32, of length 1, so that a product of two is their cosine.

    The mean over a text's places, [CLS] and [SEP] among them; what is beyond 256 pieces is not read. Texts are sorted by
    length, so that a batch is no longer than it has to be. `progress`: a bar; if not said, where it takes long.
    Raises DataUnavailable where the weights cannot be had, TypeError for a text in place of a list of texts.
    """
    if isinstance(texts, str):
        raise TypeError("encode takes a list of texts; put the one text in brackets: [text]")
    ids, segments = tokenizer().encode(texts, LONGEST)
    vectors = in_batches(_pooled().predict_on_batch, ids, segments, batch_size, progress)
    return vectors.reshape(len(ids), WIDTH)


def minilm() -> keras.Model:
    """The encoder with its published weights: [ids, segments] -> states (batch, length, 384). One model a process."""
    return _minilm()


def tokenizer() -> WordPiece:
    """Its 30,522 pieces."""
    return _tokenizer()


@functools.cache
def _tokenizer() -> WordPiece:
    return WordPiece(data.locate("minilm")["vocab.txt"].read().decode("utf-8").splitlines())


def fresh() -> keras.Model:
    """Another `minilm`, for whoever means to change its weights."""
    from safetensors.numpy import load

    tensors = load(data.locate("minilm")["model.safetensors"].read())
    model = encoder(PIECES, width=WIDTH, blocks=BLOCKS, heads=HEADS, places=PLACES, dropout=0.1)
    fill(model, tensors)
    return model


@functools.cache
def _minilm() -> keras.Model:
    return fresh()


@functools.cache
def _pooled() -> keras.Model:
    """From [ids, segments] to vectors of length 1: (batch, length) -> (batch, 384)."""
    model = minilm()
    return keras.Model(model.inputs, keras.layers.UnitNormalization()(MaskedMean()(model.output)), name="minilm")


def fill(model: keras.Model, tensors: dict[str, np.ndarray]) -> None:
    """Put weights as they are published, by their names there, into an `encoder` of the same sizes.

    Published kernels are (out, in), Keras's (in, out). Raises KeyError for a name that is not there, ValueError for a shape.
    """
    model.get_layer("places").set_weights([
        *(tensors[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")),
        *_norm(tensors, "embeddings.LayerNorm"),
    ])  # fmt: skip
    for layer in model.layers:
        if not layer.name.startswith("block_"):
            continue
        at = f"encoder.layer.{layer.name.removeprefix('block_')}."
        for part, name in {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "out": "attention.output.dense",
            "up": "intermediate.dense",
            "down": "output.dense",
        }.items():
            getattr(layer, part).set_weights([tensors[f"{at}{name}.weight"].T, tensors[f"{at}{name}.bias"]])
        layer.norms[0].set_weights(_norm(tensors, f"{at}attention.output.LayerNorm"))
        layer.norms[1].set_weights(_norm(tensors, f"{at}output.LayerNorm"))


def _norm(tensors: dict[str, np.ndarray], name: str) -> list[np.ndarray]:
    return [tensors[f"{name}.weight"], tensors[f"{name}.bias"]]
