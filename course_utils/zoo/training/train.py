"""Train one model on labelled texts: pipeline, network, early stopping, threshold. Ctrl-C keeps the best so far."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import keras
import numpy as np

from course_utils.refused import Refused
from course_utils.zoo import minilm
from course_utils.zoo.classifier import TextClassifier, TextModel
from course_utils.zoo.models import entry
from course_utils.zoo.networks import build
from course_utils.zoo.text import pieces, pipeline
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.training.batches import fed
from course_utils.zoo.training.scores import accuracy, best_threshold, decide, micro_f1, targets

SENTENCE_LENGTH = 25  # places of a sentence, for a model that reads sentences
AT_A_TIME = 128  # texts that are answered together
FASTTEXT = {"ngrams": 2, "buckets": 200_000}
#: Texts from which on fastText is trained by plain gradient descent, at a rate that falls to 0 as in its paper. Fewer give too few
#: steps for that: there Adam, which updates every row of the matrix in every step, is worth its time.
MANY, MANY_RATE, MANY_BATCH = 10_000, 20.0, 64


@dataclass(frozen=True)
class Plan:
    """How to train. `epochs` at most; `patience`: epochs without a better validation loss until it is enough."""

    epochs: int = 20
    patience: int = 2
    batch: int | None = None  # texts at a time; 32, if nothing else is asked for
    seed: int = 0
    length: int | None = None
    learning_rate: Any = None  # a number, or one of Keras's schedules
    least: int = pipeline.LEAST
    options: Mapping[str, Any] = field(default_factory=dict)  # of the model


Model = TypeVar("Model", bound=TextModel)


@dataclass
class Trained(Generic[Model]):
    """A model with its pipeline and how it came about."""

    classifier: Model
    history: dict[str, list[float]]
    seconds: float  # of the processor
    stopped: bool  # by Ctrl-C
    score: (
        float  # accuracy on the validation texts; micro-F1 with several labels a text, Pearson's correlation of numbers
    )
    remarks: list[str]


def train(
    name: str,
    training: Labelled,
    validation: Labelled,
    plan: Plan | None = None,
    *,
    vectors: Any = None,
    say: Any = None,
    weights: np.ndarray | None = None,
) -> Trained[TextClassifier]:
    """Train the model called `name`. `vectors`: word -> vector to begin with. `say`: a callable for progress, see `Bar`.

    `weights` (texts,): how much each training text counts in the loss; equally if left out.
    Raises Refused for data from which nothing can be learned.
    """
    plan = _completed(name, plan or Plan(), len(training))
    names, several = training.names, training.several or validation.several
    if len(names) < 2:
        raise Refused(f"All texts have the label {names[0]!r}; at least two different labels are needed.")
    keras.utils.set_random_seed(plan.seed)
    began = time.process_time()
    texts = _pipeline_for(name, training, plan)
    network = _network_for(name, texts, training, names, several, plan, vectors)
    y, y_val = (targets(one.labels, names) for one in (training, validation))
    answers, answers_val = (one.astype("float32") if several else one.argmax(axis=1) for one in (y, y_val))
    to_learn = fed(texts, training.texts, answers, plan.batch or 1, plan.seed, weights)
    to_check = fed(texts, validation.texts, answers_val, AT_A_TIME)
    history, stopped = fitted(
        network, to_learn, to_check, plan, say and say(plan.epochs, -(-len(training) // (plan.batch or 1)))
    )
    probabilities = network.predict(to_check["x"], batch_size=to_check.get("batch_size"), verbose=0)
    threshold = best_threshold(y_val, probabilities) if several else None
    score = (micro_f1 if several else accuracy)(y_val, decide(probabilities, threshold))
    classifier = TextClassifier(network, texts, names, threshold, name)
    remarks = remarks_on(training, validation)
    return Trained(classifier, history, time.process_time() - began, stopped, score, remarks)


def fitted(
    network: keras.Model, to_learn: dict[str, Any], to_check: dict[str, Any], plan: Plan, bar: Any = None
) -> tuple[dict[str, list[float]], bool]:
    """Train `network` on what `fed` gave, and leave it with its best weights. Returns its losses and whether Ctrl-C ended it."""
    keeper, stopped = KeepBest(plan.patience), False
    try:
        network.fit(
            **to_learn,
            validation_data=(to_check["x"], to_check["y"]) if "y" in to_check else to_check["x"],
            validation_batch_size=to_check.get("batch_size"),
            epochs=plan.epochs,
            callbacks=[keeper, *([bar] if bar else [])],
            verbose=0,
        )
    except KeyboardInterrupt:
        stopped = True
    keeper.put_back(network)
    return keeper.history, stopped


class KeepBest(keras.callbacks.Callback):
    """Keeps the weights of the best epoch by validation loss, and ends training after `patience` epochs without a better one."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience, self.since, self.best = patience, 0, float("inf")
        self.weights: list[np.ndarray] | None = None
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the losses; keep the weights where they are the best so far."""
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        loss = float((logs or {}).get("val_loss", float("nan")))
        if loss < self.best:
            self.best, self.since, self.weights = loss, 0, self.model.get_weights()
        else:
            self.since += 1
            self.model.stop_training = self.since >= self.patience

    def put_back(self, network: keras.Model) -> None:
        """Give the network its best weights; those that it has where no epoch came to its end."""
        if self.weights is not None:
            network.set_weights(self.weights)


class Bar(keras.callbacks.Callback):
    """A progress bar over all epochs, with the loss and the time left."""

    def __init__(self, epochs: int, steps: int) -> None:
        super().__init__()
        from tqdm import tqdm

        self.bar = tqdm(total=epochs * steps, unit=" batches", leave=False)
        self.steps, self.before, self.validation = steps, 0, ""  # before: batches of the epochs that are over

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Batch number `batch` of this epoch is done; it may be some batches after the last that was told of."""
        self.bar.set_postfix_str(f"loss {(logs or {}).get('loss', float('nan')):.3f}{self.validation}", refresh=False)
        self.bar.update(self.before + min(batch + 1, self.steps) - self.bar.n)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """The validation loss is known."""
        self.before += self.steps
        self.validation = f", validation {(logs or {}).get('val_loss', float('nan')):.3f} after epoch {epoch + 1}"

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Take it off the screen."""
        self.bar.close()


def _completed(name: str, plan: Plan, texts: int) -> Plan:
    """The plan with what was left open."""
    if name != "fasttext":
        return replace(plan, batch=plan.batch or 32)
    many = texts >= MANY
    options = {"optimizer": "sgd" if many else "adam", **plan.options}
    batch = plan.batch or (MANY_BATCH if many else 32)
    rate = plan.learning_rate
    if options["optimizer"] == "sgd":
        epochs = min(
            plan.epochs, 5
        )  # a rate that falls is a plan to its end: nothing is gained by waiting for a better epoch
        plan = replace(plan, epochs=epochs)
        rate = keras.optimizers.schedules.PolynomialDecay(rate or MANY_RATE, epochs * -(-texts // batch), 0.0)
    return replace(plan, batch=batch, learning_rate=rate, options=options)


def _pipeline_for(name: str, training: Labelled, plan: Plan) -> pipeline.Pipeline | pieces.Pieces:
    known = entry(name)
    if known.pieces:
        return pieces.made_for(training.texts, minilm.tokenizer(), plan.length, most_length=minilm.LONGEST)
    sizes: dict[str, int] = {}
    if known.sentences:
        sizes["sentence_length"] = int(plan.options.get("sentence_length", SENTENCE_LENGTH))
    if name == "fasttext":
        sizes = {key: int(plan.options.get(key, value)) for key, value in FASTTEXT.items()}
    return pipeline.made_for(training.texts, plan.length, least=plan.least, **sizes)


def _network_for(
    name: str,
    texts: pipeline.Pipeline | pieces.Pieces,
    training: Labelled,
    names: Sequence[str],
    several: bool,
    plan: Plan,
    vectors: Any,
) -> keras.Model:
    options = dict(plan.options)
    matrix = None
    if isinstance(texts, pipeline.Pipeline):
        if name == "fasttext":
            options.pop("ngrams", None)
            options["buckets"] = texts.buckets
        if texts.sentence_length:
            options["sentence_length"] = texts.sentence_length
        matrix = texts.vectors(vectors, plan.seed)[0] if vectors else None
    share = targets(training.labels, names).mean(axis=0)
    return build(
        name,
        vocabulary=texts.vocabulary,
        classes=len(names),
        length=texts.width,
        multi_label=several,
        vectors=matrix,
        share=share.tolist(),
        learning_rate=plan.learning_rate,
        **options,
    )


def remarks_on(training: Labelled, validation: Labelled) -> list[str]:
    """What a user should know of their data."""
    known, unseen = set(training.names), [name for name in validation.names if name not in set(training.names)]
    unchecked = sorted(known - set(validation.names))
    remarks = []
    if unchecked:
        shown = ", ".join(unchecked[:5]) + (f" and {len(unchecked) - 5} more" if len(unchecked) > 5 else "")
        remarks.append(f"No text was left to check these labels with: {shown}.")
    if unseen:
        remarks.append(f"Labels of validation texts that no training text has: {', '.join(unseen[:5])}.")
    return remarks
