"""BERT's two tasks, which need no labels: Devlin, Chang, Lee and Toutanova (2019), section 3.1. https://arxiv.org/abs/1810.04805

masked words    15% of a text's places are chosen; what stood there is to be guessed from all other places, on both sides
next sentence   of two texts, does the second belong to the first, or was it drawn from somewhere else?

pieces = whole_words(first + second)
model = Pretraining(bert.encoder(len(pieces.vocabulary)))
pretrain(model, Batches(pieces, first, second, length=40), epochs=10)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.zoo.bert import EPSILON
from course_utils.zoo.layers import register
from course_utils.zoo.text import wordpiece
from course_utils.zoo.text.wordpiece import CLASSIFY, MASK, PADDING, SEPARATOR, UNKNOWN, WordPiece

SPECIAL = (PADDING, UNKNOWN, CLASSIFY, SEPARATOR, MASK)  # never chosen, never put in a word's place
SHARE = 0.15  # of a text's words that are chosen
AS_MASK, AS_ANY = 0.8, 0.1  # of these: shown as [MASK], as any word; the rest is shown as it is
RATE = 1e-3  # of Adam, after its warm-up
WARM_UP = 0.1  # of all steps: the rate rises to RATE in these, and falls to 0 in the rest


def whole_words(texts: Iterable[str], least: int = 2) -> WordPiece:
    """The words that occur `least` times, the most frequent first, as the pieces of a small corpus; other words are unknown."""
    counts = Counter(word for text in texts for word in wordpiece.words(text))
    kept = sorted((word for word, times in counts.items() if times >= least), key=lambda word: (-counts[word], word))
    return WordPiece([*SPECIAL, *kept])


def mask_words(
    ids: np.ndarray, pieces: WordPiece, rng: np.random.Generator, share: float = SHARE
) -> tuple[np.ndarray, np.ndarray]:
    """What is shown (batch, length) of ids (batch, length), and which places were chosen (batch, length) bool.

    Of each text `share` of the words is chosen, at least one where it has any. Of the chosen, 80% become [MASK], 10% any
    word, 10% stay: a network that met [MASK] alone would learn nothing about words that it sees.
    """
    special = [pieces.id_of[name] for name in SPECIAL]
    words = ~np.isin(ids, special)
    how_many = np.where(words.any(axis=1), np.maximum(1, np.rint(share * words.sum(axis=1))), 0)
    order = np.argsort(np.argsort(np.where(words, rng.random(ids.shape), 2.0), axis=1), axis=1)  # words first, shuffled
    chosen = order < how_many[:, None]
    ordinary = np.setdiff1d(np.arange(len(pieces.vocabulary)), special)
    chance = rng.random(ids.shape)
    shown = np.where(chosen & (chance < AS_MASK), pieces.id_of[MASK], ids)
    any_word = chosen & (chance >= AS_MASK) & (chance < AS_MASK + AS_ANY)
    shown = np.where(any_word, rng.choice(ordinary, ids.shape), shown)
    return shown.astype(ids.dtype), chosen


def draw_seconds(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """For each of `count` first texts the number of its second, and whether that is its own, 0 or 1: both (count,) int32.

    Half get their own, half that of another, never their own by chance. Raises ValueError for fewer than two texts.
    """
    if count < 2:
        raise ValueError(f"count={count}: a second text from elsewhere needs at least two pairs")
    is_next = rng.permutation(np.arange(count) % 2).astype("int32")
    elsewhere = (np.arange(count) + rng.integers(1, count, count)) % count
    return np.where(is_next == 1, np.arange(count), elsewhere).astype("int32"), is_next


class Batches(keras.utils.PyDataset):
    """Pairs of texts, drawn anew each epoch, their words masked anew each time that a batch is asked for.

    A batch is inputs, targets and weights, dictionaries each:
    inputs "ids" and "segments" (batch, length) and "places" (batch, chosen), those to be guessed, all int32;
    targets "words" (batch, chosen) and "next" (batch,), int32; weights of the same shapes, float32, 0 where a text has fewer
    chosen places than another.
    """

    def __init__(
        self,
        pieces: WordPiece,
        firsts: Sequence[str],
        seconds: Sequence[str],
        length: int = 64,
        batch: int = 32,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.pieces, self.length, self.batch = pieces, length, batch
        self.firsts, self.seconds = ([pieces.ids(text) for text in texts] for texts in (firsts, seconds))
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.firsts) // self.batch)

    def on_epoch_end(self) -> None:
        """Other pairs, in another order."""
        self.order = self.rng.permutation(len(self.firsts))
        self.which, self.is_next = draw_seconds(len(self.firsts), self.rng)

    def __getitem__(self, number: int) -> tuple[dict, dict, dict]:
        rows = self.order[number * self.batch : (number + 1) * self.batch]
        seconds = [self.seconds[place] for place in self.which[rows]]
        ids, segments = self.pieces.lay_out([self.firsts[row] for row in rows], self.length, seconds)
        ids, segments = (np.pad(one, [(0, 0), (0, self.length - one.shape[1])]) for one in (ids, segments))
        shown, chosen = mask_words(ids, self.pieces, self.rng)
        places, there = _by_row(chosen, round(SHARE * self.length) + 1)
        words = np.take_along_axis(ids, places, axis=1)
        inputs = {"ids": shown, "segments": segments, "places": places}
        weights = {"words": there.astype("float32"), "next": np.ones(len(rows), "float32")}
        return inputs, {"words": words, "next": self.is_next[rows]}, weights


def _by_row(chosen: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each row of (batch, length) is True, at most `most` places: (batch, most) int32; and which of them count."""
    places = np.argsort(~chosen, axis=1, kind="stable")[:, :most].astype("int32")
    there = np.take_along_axis(chosen, places, axis=1)
    return np.where(there, places, 0).astype("int32"), there


@register
class WordHead(keras.layers.Layer):
    """Vectors (batch, chosen, width) and the word table (vocabulary, width) -> logits (batch, chosen, vocabulary).

    logits = norm(gelu(W x + b)) . table + bias: the table that words go in by is also the one that they are guessed by.
    """

    def __init__(self, vocabulary: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.sizes = {"vocabulary": vocabulary, "width": width}
        self.turn = keras.layers.Dense(width, name="turn")
        self.norm = keras.layers.LayerNormalization(epsilon=EPSILON, name="norm")

    def build(self, x_shape: tuple | None = None, table_shape: tuple | None = None) -> None:
        """W (width, width) and b, the norm, and a bias for each word."""
        shape = (None, None, self.sizes["width"])
        self.turn.build(shape)
        self.norm.build(shape)
        self.bias = self.add_weight((self.sizes["vocabulary"],), name="bias", initializer="zeros")

    def call(self, x: Any, table: Any) -> Any:
        """How well each word fits each place."""
        x = self.norm(ops.gelu(self.turn(x), approximate=False))
        return ops.cast(ops.matmul(x, ops.transpose(ops.cast(table, x.dtype))) + self.bias, "float32")

    def get_config(self) -> dict:
        """Its sizes, by which it is made again."""
        return {**super().get_config(), **self.sizes}


@register
class Pretraining(keras.Model):
    """An encoder with both heads: a batch's inputs, as in `Batches`, -> logits "words" (batch, chosen, vocabulary) and
    "next" (batch, 2). It trains the encoder that it is given.
    """

    def __init__(self, encoder: keras.Model, **options: Any) -> None:
        super().__init__(**options)
        self.encoder = encoder
        sizes = encoder.get_layer("places").sizes
        self.words = WordHead(sizes["vocabulary"], sizes["width"], name="words")
        self.pool = keras.layers.Dense(sizes["width"], "tanh", name="pool")
        self.next = keras.layers.Dense(2, dtype="float32", name="next")
        for layer in (self.words, self.pool, self.next):
            layer.build((None, sizes["width"]))
        self.built = True

    def call(self, inputs: dict[str, Any], training: bool = False) -> dict[str, Any]:
        """Words are guessed at the chosen places alone; the pair is judged by the first place, [CLS]."""
        states = self.encoder([inputs["ids"], inputs["segments"]], training=training)  # (batch, length, width)
        chosen = ops.take_along_axis(states, inputs["places"][..., None], axis=1)  # (batch, chosen, width)
        words = self.words(chosen, self.encoder.get_layer("places").word.embeddings)
        return {"words": words, "next": self.next(self.pool(states[:, 0]))}

    def get_config(self) -> dict:
        """The encoder's configuration, by which it is made again."""
        return {"encoder": keras.saving.serialize_keras_object(self.encoder), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict | None = None) -> Pretraining:
        """Make it again."""
        encoder = keras.saving.deserialize_keras_object(config["encoder"], custom_objects=custom_objects)
        return cls(encoder, name=config["name"])


def pretrain(
    model: Pretraining, batches: Batches, epochs: int, learning_rate: float = RATE, verbose: int | str = 0
) -> dict[str, list[float]]:
    """Train on both tasks together; the losses and accuracies by epoch. The rate rises for a tenth of the steps, then falls."""
    compile_for(model, epochs * len(batches), learning_rate)
    return model.fit(batches, epochs=epochs, verbose=verbose).history


def compile_for(model: Pretraining, steps: int, learning_rate: float = RATE) -> None:
    """Make it ready for so many steps of training, each with a batch as `Batches` gives them."""
    model.compile(
        keras.optimizers.Adam(WarmUp(learning_rate, max(1, round(WARM_UP * steps)), steps)),
        loss={name: _cross_entropy() for name in ("words", "next")},
        weighted_metrics={name: ["accuracy"] for name in ("words", "next")},
    )


def _cross_entropy() -> keras.losses.Loss:
    """A mean over the places that count, however many others stand beside them."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")


@register
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises in a straight line to `rate` in `warm` steps, and falls in another to 0 at step number `steps`."""

    def __init__(self, rate: float, warm: int, steps: int) -> None:
        self.rate, self.warm, self.steps = rate, warm, steps

    def __call__(self, step: Any) -> Any:
        """The rate of a step."""
        step = ops.cast(step, "float32")
        rising, falling = (step + 1) / self.warm, (self.steps - step) / max(self.steps - self.warm, 1)
        return self.rate * ops.clip(ops.minimum(rising, falling), 0, 1)

    def get_config(self) -> dict:
        """Its three numbers."""
        return {"rate": self.rate, "warm": self.warm, "steps": self.steps}


def scores(model: Pretraining, batches: Batches) -> dict[str, float]:
    """On all batches, once: the share of chosen "words" guessed right, that of the "commonest" word among them, which a guess
    without reading gets, and of the pairs judged right, "next".
    """
    guessed, words, pairs = [], [], []
    for number in range(len(batches)):
        inputs, targets, weights = batches[number]
        found = {name: ops.convert_to_numpy(each) for name, each in model.predict_on_batch(inputs).items()}
        there = weights["words"] > 0
        guessed.append(found["words"].argmax(axis=-1)[there])
        words.append(targets["words"][there])
        pairs.append(found["next"].argmax(axis=-1) == targets["next"])
    true = np.concatenate(words)
    return {
        "words": float((np.concatenate(guessed) == true).mean()),
        "commonest": float(np.bincount(true).max() / len(true)),
        "next": float(np.concatenate(pairs).mean()),
    }


def guesses(
    model: Pretraining, pieces: WordPiece, text: str, second: str | None = None, most: int = 5
) -> list[list[tuple[str, float]]]:
    """What may stand at each "[MASK]" of a text, or of a text and a second: pieces with their probabilities, the likeliest first.

    Raises ValueError for a text without "[MASK]".
    """
    ids, segments = pieces.lay_out(
        [_with_masks(pieces, text)], 10**6, None if second is None else [_with_masks(pieces, second)]
    )
    places = np.flatnonzero(ids[0] == pieces.id_of[MASK])
    if not len(places):
        raise ValueError(f"no {MASK} in {text!r}: put it where a word is to be guessed")
    logits = model({"ids": ids, "segments": segments, "places": places[None].astype("int32")})["words"]
    found = ops.convert_to_numpy(ops.softmax(logits))[0]  # (masks, vocabulary)
    best = np.argsort(-found, axis=1, kind="stable")[:, :most]
    return [[(pieces.vocabulary[at], float(row[at])) for at in order] for row, order in zip(found, best, strict=True)]


def _with_masks(pieces: WordPiece, text: str) -> list[int]:
    """The ids of a text in which "[MASK]" may stand."""
    parts = [pieces.ids(part) for part in text.split(MASK)]
    return parts[0] + [one for part in parts[1:] for one in (pieces.id_of[MASK], *part)]
