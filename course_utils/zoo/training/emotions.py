"""The table of the zoo on GoEmotions: which texts, which settings, and one member (a model with a seed) trained.

12,000 texts to train on, the published validation texts to stop by, to tune and to select on, the published test texts to measure on.
Signs are words here (`signs_as_words`): without "!", "?" and emoji a linear model on TF-IDF loses two points.
"""

from __future__ import annotations

import functools
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils import data
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.text.tokens import signs_as_words

TRAINING_TEXTS = 12_000
TFIDF, BOOSTED, CONTROL, SHORT_ONE = "tf-idf", "boosting", "as many seeds", "one short textcnn"
NINE = ("fasttext", "textcnn", "textrnn", "rcnn", "han", "seq2seq", "transformer", "entnet", "dmn")
SHORT = 1  # epochs of a member of boosting
ROUNDS = 3  # members of boosting, and of its control
LEAST_P = 1e-4  # probabilities nearer to 0 or 1 are kept as this

_PLAN = {"batch": 64, "learning_rate": 2e-3, "length": 30, "epochs": 10, "patience": 1}
_BY_SENTENCE = {"options": {"sentence_length": 12}}
#: Model -> how it is trained, a `Plan` as plain data; "glove": whether it begins with GloVe's vectors.
PLANS: dict[str, dict[str, Any]] = {
    "fasttext": {**_PLAN, "learning_rate": 3e-3, "options": {"optimizer": "adam", "buckets": 20_000}, "glove": True},
    **{name: {**_PLAN, "glove": True} for name in ("textcnn", "textrnn", "rcnn", "transformer")},
    **{name: {**_PLAN, **_BY_SENTENCE, "glove": True} for name in ("han", "entnet", "dmn")},
    "seq2seq": {**_PLAN, "options": {"most": 2, "width": 2}, "glove": True},
    "bert": {"batch": 64, "epochs": 30, "patience": 1, "tune": "head"},
    TFIDF: {"C": 2.0, "ngrams": 1, "least": 2},
    BOOSTED: {**_PLAN, "epochs": SHORT, "glove": True, "rounds": ROUNDS, "factor": 2.0},
    CONTROL: {**_PLAN, "epochs": SHORT, "glove": True, "rounds": ROUNDS, "factor": 0.0},
    SHORT_ONE: {**_PLAN, "epochs": SHORT, "glove": True, "rounds": 1, "factor": 0.0},
}
SHORT_ONES = (BOOSTED, CONTROL, SHORT_ONE)  # of TextCNNs that are not trained to the end: no members of an ensemble


@dataclass(frozen=True)
class Member:
    """A model trained with a seed: probabilities (texts, 28) float32, labels in GoEmotions' order, and what it took."""

    name: str
    seed: int
    validation: np.ndarray
    test: np.ndarray
    seconds: float  # of the processor; bert's are shared out over its seeds
    parameters: int
    epochs: int


@functools.cache
def texts() -> tuple[Labelled, Labelled, Labelled]:
    """Training, validation and test texts with their labels by name; signs are words."""
    parts = data.goemotions()
    names = np.array(parts.classes)
    found = []
    for (lines, y), count in zip(parts, (TRAINING_TEXTS, None, None), strict=True):
        rows = [tuple(map(str, names[row == 1])) for row in y[:count]]
        found.append(Labelled([signs_as_words(line) for line in lines[:count]], rows))
    return found[0], found[1], found[2]


@functools.cache
def answers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of training, validation and test texts: (texts, 28) uint8, in the order of `data.goemotions().classes`."""
    parts = data.goemotions()
    return parts.train[1][:TRAINING_TEXTS], parts.validation[1], parts.test[1]


def settings_digest(name: str) -> str:
    """What a member's file says that it was trained with: of the settings, 16 digits."""
    facts = {"plan": PLANS[name], "texts": TRAINING_TEXTS, "least": LEAST_P}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def train_member(name: str, seed: int) -> Member:
    """Train one. The same settings, seed and number of threads give the same member. Raises ValueError for an unknown name."""
    if name not in PLANS:
        raise ValueError(f"there is no member {name!r}; there are {', '.join(PLANS)}")
    if name == TFIDF:
        return _linear(seed)
    if name == "bert":
        return _head(seed)
    return _boosted(name, seed) if name in SHORT_ONES else _network(name, seed)


def _network(name: str, seed: int) -> Member:
    _, validation, test = texts()
    trained = _trained(name, PLANS[name], seed)
    validated, tested = (_in_order(trained.classifier, part.texts) for part in (validation, test))
    epochs = len(trained.history["loss"])
    parameters = trained.classifier.network.count_params()
    return Member(name, seed, validated, tested, trained.seconds, parameters, epochs)


def _trained(name: str, settings: dict[str, Any], seed: int, weights: np.ndarray | None = None) -> Any:
    from course_utils.zoo.training.train import Plan, train

    known = {key: settings[key] for key in ("batch", "learning_rate", "length", "epochs", "patience")}
    plan = Plan(seed=seed, options=settings.get("options", {}), **known)
    training, validation, _ = texts()
    return train(name, training, validation, plan, vectors=_glove() if settings["glove"] else None, weights=weights)


@functools.cache
def _glove() -> Any:
    from course_utils.data.vectors import load_vectors

    return load_vectors()


def _in_order(classifier: Any, lines: list[str]) -> np.ndarray:
    """Probabilities with the columns in GoEmotions' order; the zoo's own is that of the alphabet."""
    places = [classifier.labels.index(name) for name in data.goemotions().classes]
    return classifier.predict_probabilities(lines)[:, places]


def _linear(seed: int) -> Member:
    """One logistic regression a label on TF-IDF of words. The seed changes nothing."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    from course_utils.zoo.text.tokens import words

    settings, (training, validation, test) = PLANS[TFIDF], texts()
    began = time.process_time()
    counts = TfidfVectorizer(
        tokenizer=words,
        token_pattern=None,
        ngram_range=(1, settings["ngrams"]),
        sublinear_tf=True,
        min_df=settings["least"],
    )
    x = counts.fit_transform(training.texts)
    fitted = OneVsRestClassifier(LogisticRegression(C=settings["C"], max_iter=1_000)).fit(x, answers()[0])
    validated, tested = (fitted.predict_proba(counts.transform(part.texts)) for part in (validation, test))
    parameters = (x.shape[1] + 1) * answers()[0].shape[1]
    seconds = time.process_time() - began
    return Member(TFIDF, seed, validated.astype("float32"), tested.astype("float32"), seconds, parameters, 1)


@functools.cache
def _vectors_by_bert() -> tuple[list[np.ndarray], float]:
    """MiniLM's vector of each text, a mean over its places, of the comments as they were written; and the seconds that it took."""
    from course_utils import zoo

    parts = data.goemotions()
    began = time.process_time()
    found = [zoo.encode(lines[:count]) for (lines, _), count in zip(parts, (TRAINING_TEXTS, None, None), strict=True)]
    return found, time.process_time() - began


def _head(seed: int) -> Member:
    """One layer on MiniLM's vectors, which are computed once for all seeds of a process."""
    import keras

    from course_utils.zoo.minilm import minilm
    from course_utils.zoo.networks import log_odds
    from course_utils.zoo.training.train import KeepBest

    (x, x_val, x_test), encoding = _vectors_by_bert()
    y, y_val, _ = answers()
    settings = PLANS["bert"]
    keras.utils.set_random_seed(seed)
    began = time.process_time()
    head = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(y.shape[1], "sigmoid")])
    head.layers[0].bias.assign(log_odds(y.mean(axis=0).tolist(), multi_label=True))
    head.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy")
    keeper = KeepBest(settings["patience"])
    how = {"batch_size": settings["batch"], "epochs": settings["epochs"], "verbose": 0}
    head.fit(x, y, validation_data=(x_val, y_val), callbacks=[keeper], **how)
    keeper.put_back(head)
    validated, tested = (head.predict(each, batch_size=1_000, verbose=0) for each in (x_val, x_test))
    seconds = encoding + time.process_time() - began
    parameters = minilm().count_params() + head.count_params()
    return Member("bert", seed, validated, tested, seconds, parameters, len(keeper.history["loss"]))


def _boosted(name: str, seed: int) -> Member:
    """Short TextCNNs, one after another; with a factor of 0 every label weighs the same: as many members with other seeds."""
    from course_utils.zoo import boosting

    settings, (_, validation, test) = PLANS[name], texts()
    y, y_val, _ = answers()
    took = [0.0, 0.0]

    def fit(weights: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
        trained = _trained("textcnn", settings, 1_000 * (seed + 1) + number, weights)
        took[0] += trained.seconds
        took[1] = trained.classifier.network.count_params()
        return _in_order(trained.classifier, validation.texts), _in_order(trained.classifier, test.texts)

    boosted = boosting.boost(fit, y, y_val, settings["rounds"], settings["factor"])
    return Member(
        name, seed, boosted.validation, boosted.others, took[0], int(settings["rounds"] * took[1]), settings["epochs"]
    )
