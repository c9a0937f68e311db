"""What several exercises of the unit use: their objectives, the split of the articles, and models that read texts."""

import random
from functools import cache

import numpy as np

from autograder.exercise import probe
from course_utils.expect import accuracy, model
from course_utils.values import ask, temporary

LOOK = "find what a data set hides, its order and its duplicates, and split it so that neither misleads"
WEIGH = "turn articles into words and weights that are fitted on training articles only"
TRAIN = "train two networks that read raw articles, and save one with its text pipeline in a single file"
COMPARE = "say whether one classifier is better than another or only luckier"

CLASSES = 5
#: The hint for a model that takes ids.
IDS = "It does not take texts. Put the pipeline into the model: keras.Sequential([keras.Input((), dtype='string'), words, network])."


def taken(y, order, share):
    """The rows for testing: of each class the first in `order`."""
    test = []
    for label in sorted(set(y.tolist())):
        rows = [i for i in order.tolist() if y[i] == label]
        test += rows[: round(share * len(rows))]
    return test


def both(rows, count):
    """(the other rows, these rows), ascending."""
    return np.array(sorted(set(range(count)) - set(rows)), dtype=int), np.array(sorted(rows), dtype=int)


THEMES = [
    "bank shares profit market oil sales growth firm investors trade",
    "film actor music album award singer festival director band star",
    "minister election labour government vote party parliament tax policy secretary",
    "match team coach goal season striker injury cup champion league",
    "software computer internet users mobile games digital phone online data",
]
COMMON = "the of and a new said will after last year people more would first time could two made over with"


def made_up(count, seed):
    """(texts, labels): thirty words each, nine of them about the label's theme; written for this course, by dice."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % CLASSES)
    texts = []
    for label in labels:
        words = [*rng.choice(THEMES[label].split(), size=9), *rng.choice(COMMON.split(), size=21)]
        sentences = [" ".join(part).capitalize() for part in np.array_split(rng.permutation(words), 3)]
        texts.append(". ".join(sentences) + ".")
    return texts, labels


LONGEST = 5_000  # characters of a held-out article that are shown; an array of text is as wide as its longest item


@cache
def secret_split():
    """(texts, labels, held-out texts, their labels, whether they are the real articles), one fifth held out by the secret.

    Each text once, both parts in random order. Raises DataUnavailable where no articles can be had.
    """
    from autograder.course import course_secret
    from course_utils import data

    frame = data.bbc().drop_duplicates("text")
    names = sorted(set(frame["category"]))
    labels = np.array([names.index(name) for name in frame["category"]])
    rng = np.random.default_rng(random.Random(f"{course_secret()}/09/articles").getrandbits(64))
    train, test = both(taken(labels, rng.permutation(len(labels)), 0.2), len(labels))
    train, test = rng.permutation(train), rng.permutation(test)
    texts = frame["text"].tolist()
    shown = np.array([texts[i][:LONGEST] for i in test])
    return [texts[i] for i in train], labels[train], shown, labels[test], frame.attrs["canonical"]


def examined(at_least, path=False, articles=None, **of_model):
    """A probe that trains on some texts and asks about others, whose labels stay behind; `path`: also about the saved file."""
    texts, labels, shown, truth = articles or (*made_up(300, 1), *made_up(100, 2))
    shown = np.array(shown)
    facts = {"predicted": [(len(shown), CLASSES)], "outputs": "distribution", **of_model}
    facts["accuracy"] = accuracy(np.asarray(truth), at_least)
    where = [temporary("articles.keras")] if path else []
    asked = ask(shown, saved="path" if path else "")
    return probe(texts, labels, *where, ask=asked, expect=model(**facts, saved=model(**facts) if path else None))


def text_model(
    texts, labels, layers=None, epochs=8, loss="sparse_categorical_crossentropy", units=CLASSES, last="softmax"
):
    """(string model, its core, its pipeline): a bag of words and one layer; quick, and good enough to be right."""
    import keras

    words = keras.layers.TextVectorization(max_tokens=4_000, output_mode="multi_hot")
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    inputs = keras.Input((words.vocabulary_size(),))
    hidden = inputs
    for layer in layers if layers is not None else [keras.layers.Dropout(0.3)]:
        hidden = layer(hidden)
    core = keras.Model(inputs, keras.layers.Dense(units, activation=last)(hidden))
    core.compile(keras.optimizers.Adam(0.01), loss)
    if epochs:
        core.fit(words(np.array(texts, dtype=object)), labels, epochs=epochs, batch_size=64, verbose=0)
    return keras.Sequential([keras.Input((), dtype="string"), words, core]), core, words
