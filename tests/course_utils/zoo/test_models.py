"""Each model of the zoo is what its paper says, leaves padding alone, learns with every weight, and is saved whole."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from course_utils import zoo
from course_utils.zoo import puzzles
from course_utils.zoo.han import attention
from course_utils.zoo.many_classes import huffman
from course_utils.zoo.networks import log_odds
from tests.course_utils.zoo import by_hand

pytestmark = pytest.mark.tensorflow

SIZES = {"vocabulary": 30, "classes": 3, "length": 15, "dimension": 6}
SMALL = {
    "fasttext": {"buckets": 10},
    "textcnn": {"filters": 4},
    "textrnn": {"units": 4},
    "textrnn2": {"units": 4},
    "rcnn": {"units": 4, "channels": 5},
    "han": {"units": 4, "sentence_length": 5},
    "transformer": {"width": 6, "heads": 3, "hidden": 7, "blocks": 2},
    "seq2seq": {"units": 4},
    "entnet": {"blocks": 3, "sentence_length": 5},
    "dmn": {"passes": 2, "sentence_length": 5},
    "bert": {"weights": None, "heads": 3, "hidden": 7, "blocks": 2, "tune": "all"},
}


def small(name, **changed):
    """A model with few weights, all of them drawn: a bias of zeros would hide a bias that is forgotten."""
    keras.utils.set_random_seed(1)
    model = zoo.build(name, **{**SIZES, **SMALL[name], **changed})
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def some_ids(texts=6, length=15):
    """Texts of different lengths, the last one full."""
    rng = np.random.default_rng(3)
    ids = rng.integers(1, 30, (texts, length)).astype("int32")
    for row, most in enumerate(np.linspace(1, length, texts).astype(int)):
        ids[row, most:] = 0
    return ids


def named(model):
    """A built model's weights by their paths below the model."""
    return {one.path.removeprefix(f"{model.name}/"): one.numpy() for one in model.weights}


def test_every_model_is_tried():
    assert set(SMALL) == set(zoo.MODELS)


@pytest.mark.parametrize("name", SMALL)
def test_a_model_equals_its_formulas(name):
    model, ids = small(name), some_ids()
    expected = [getattr(by_hand, name)(named(model), row) for row in ids]
    np.testing.assert_allclose(model.predict(ids, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_padding_changes_nothing(name):
    model, longer = small(name), small(name, length=25)
    for mine, its in zip(longer.weights, model.weights, strict=True):
        weights = np.ones(mine.shape)  # those for places or ages that only a longer text has
        weights[: its.shape[0]] = its.numpy()
        mine.assign(weights)
    ids = some_ids()
    np.testing.assert_allclose(
        longer.predict(np.pad(ids, ((0, 0), (0, 10))), verbose=0), model.predict(ids, verbose=0), atol=1e-6
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_text_of_padding_alone_is_answered(name):
    assert np.isfinite(small(name).predict(np.zeros((2, 15), "int32"), verbose=0)).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in SMALL),
        ("fasttext", {"loss": "nce", "noise": 20}),
        ("fasttext", {"loss": "hierarchical"}),
    ],
)
def test_training_reaches_every_weight(name, options):
    model, ids = small(name, **options), some_ids(12)
    before = named(model)
    model.fit(ids, np.arange(12) % 3, epochs=2, verbose=0)
    after = named(model)
    # one number added to all keys of a head adds the same to all scores of a place, and so moves no weight
    still = ("seed", "key/bias")
    unmoved = [
        path for path in before if not any(one in path for one in still) and np.array_equal(before[path], after[path])
    ]
    assert not unmoved


def test_half_precision_and_several_labels():
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        for name in SMALL:
            model = zoo.build(name, **SIZES, **SMALL[name], multi_label=True)
            model.fit(some_ids(), np.ones((6, 3), "float32"), verbose=0)
            answers = model.predict(some_ids(), verbose=0)
            assert answers.dtype == np.float32
            assert np.isfinite(answers).all(), name
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


@pytest.mark.parametrize("name", ["fasttext", "textcnn", "rcnn", "entnet", "dmn"])
def test_compiled_by_xla_a_model_answers_the_same(name):
    plain, compiled = small(name), small(name, jit_compile=True)
    np.testing.assert_allclose(compiled.predict(some_ids(), verbose=0), plain.predict(some_ids(), verbose=0), atol=1e-5)
    assert np.isfinite(compiled.fit(some_ids(), np.arange(6) % 3, verbose=0).history["loss"][0])


OTHER_BACKEND = """
import numpy as np
from course_utils import zoo
from tests.course_utils.zoo.test_models import SIZES, SMALL, some_ids
for name in SMALL:
    model = zoo.build(name, **SIZES, **SMALL[name])
    assert np.isfinite(model.fit(some_ids(), np.arange(6) % 3, verbose=0).history["loss"][0]), name
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_runs_all_of_them(backend):
    pytest.importorskip(backend)
    done = subprocess.run(
        [sys.executable, "-c", OTHER_BACKEND],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_vectors_are_where_training_begins_and_may_stay():
    vectors = np.random.default_rng(0).normal(size=(30, 6)).astype("float32")
    for name in SMALL:
        model = zoo.build(name, **{**SIZES, **SMALL[name], "vectors": vectors, "tune_vectors": False})
        model.fit(some_ids(), np.arange(6) % 3, verbose=0)
        words = "places/word/embeddings" if name == "bert" else "words/embeddings"
        np.testing.assert_array_equal(named(model)[words][:30], vectors)


def test_the_output_begins_at_what_is_known_without_reading():
    model = zoo.build("textcnn", **SIZES, share=[0.7, 0.2, 0.1])
    model.get_layer("classes").kernel.assign(np.zeros((300, 3)))
    np.testing.assert_allclose(model.predict(some_ids(), verbose=0), [[0.7, 0.2, 0.1]] * 6, atol=1e-6)
    np.testing.assert_allclose(1 / (1 + np.exp(-log_odds([0.7, 0.2], multi_label=True))), [0.7, 0.2], atol=1e-6)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "word2vec"}, "no model 'word2vec'; the zoo has fasttext"),
        ({"depth": 3}, "no option 'depth'; it has widths"),
        ({"vectors": np.zeros((3, 2))}, r"shape \(3, 2\); \(30, dimension\) is needed"),
        ({"classes": 1}, "classes=1"),
        *(({"name": name, "sentence_length": 4}, "length=15 is no multiple") for name in ("han", "entnet", "dmn")),
        ({"name": "entnet", "sentence_length": 5, "blocks": 0}, "blocks=0: at least one"),
        ({"name": "dmn", "sentence_length": 5, "passes": 0}, "passes=0: at least one"),
        ({"name": "dmn", "hops": 3}, "no option 'hops'; it has sentence_length, passes"),
        ({"name": "fasttext", "loss": "hinge"}, "choose one of softmax, nce, hierarchical"),
        ({"name": "fasttext", "loss": "nce", "multi_label": True}, "one class a text"),
        ({"name": "fasttext", "optimizer": "rmsprop"}, "choose one of sgd, adam"),
        ({"name": "seq2seq", "most": 0}, "most=0, width=4: at least 1"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changed, words):
    with pytest.raises(ValueError, match=words):
        zoo.build(**{"name": "textcnn", **SIZES, **changed})


def test_the_leaves_of_the_tree_add_up_to_one():
    model = small("fasttext", loss="hierarchical", classes=11, share=np.arange(1, 12).tolist())
    np.testing.assert_allclose(model.predict(some_ids(), verbose=0).sum(axis=1), 1, atol=1e-5)


def test_a_frequent_class_has_a_short_path():
    _, signs = huffman([50, 20, 10, 5, 5])
    assert (signs != 0).sum(axis=1).tolist() == [1, 2, 3, 4, 4]


def test_noise_contrastive_estimation_finds_the_distribution():
    """With nothing to read, the answers must come near the shares: they do not where log(k q) is forgotten."""
    model = zoo.build("fasttext", **SIZES, loss="nce", noise=20, learning_rate=1.0)
    y = np.repeat([0, 1, 2], [600, 300, 100])
    model.fit(np.zeros((1_000, 1), "int32"), y, epochs=5, batch_size=20, verbose=0)
    model.compile(keras.optimizers.SGD(0.1))  # and closer: each step draws its noise anew
    model.fit(np.zeros((1_000, 1), "int32"), y, epochs=3, batch_size=50, verbose=0)
    np.testing.assert_allclose(model.predict(np.zeros((1, 1), "int32"), verbose=0)[0], [0.6, 0.3, 0.1], atol=0.05)


def test_attention_says_where_a_model_looks():
    model, ids = small("han"), some_ids()
    words, sentences = attention(model, ids)
    assert words.shape == (6, 3, 5)
    np.testing.assert_allclose(sentences.sum(axis=1), 1, atol=1e-5)
    assert (words[ids.reshape(6, 3, 5) == 0] == 0).all()


def test_where_it_looks_is_asked_again_without_a_new_graph(monkeypatch):
    model, ids = small("han"), some_ids()
    before, _ = attention(model, ids)
    model.set_weights([2 * each for each in model.get_weights()])
    monkeypatch.delattr(keras, "Model")  # of which a new graph would be made
    after, _ = attention(model, ids)
    assert np.abs(after - before).max() > 0.01  # it looks by the weights of now


class Enough(keras.callbacks.Callback):
    """Ends training when what was to be shown has been shown."""

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["val_accuracy"] >= 0.97


def learned(name, puzzle, epochs, **options):
    """Accuracy on texts that the model has not seen."""
    rng = np.random.default_rng(0)
    trained_on, seen, test = (puzzle(rng, count) for count in (2_000, 300, 500))
    keras.utils.set_random_seed(0)
    options = {"learning_rate": 0.01, **options}
    model = zoo.build(name, vocabulary=puzzles.WORDS, classes=2, length=puzzles.LENGTH, dimension=16, **options)
    model.fit(*trained_on, validation_data=seen, epochs=epochs, batch_size=50, callbacks=[Enough()], verbose=0)
    return float((model.predict(test[0], verbose=0).argmax(axis=1) == test[1]).mean())


BAG = {"optimizer": "adam", "learning_rate": 0.02}
CHANCE = 0.6  # three standard errors and more above a half


def test_a_bag_of_words_sees_a_word_and_no_phrase():
    assert learned("fasttext", puzzles.word_present, 10, **BAG) >= 0.95
    assert learned("fasttext", puzzles.phrase, 10, **BAG) <= CHANCE


def test_a_filter_sees_a_phrase_and_no_order_over_a_distance():
    assert learned("textcnn", puzzles.phrase, 8, filters=16, dropout=0.1) >= 0.95
    assert learned("textcnn", puzzles.order, 8, filters=16, dropout=0.1) <= CHANCE


@pytest.mark.parametrize("name", ["textrnn", "textrnn2"])
def test_a_reader_sees_order_over_a_distance(name):
    assert learned(name, puzzles.order, 15, units=16, dropout=0.0) >= 0.95


def test_two_readers_see_both_sides_of_a_word():
    assert learned("rcnn", puzzles.two_sides, 15, units=16, channels=32, dropout=0.0) >= 0.95
    assert learned("textcnn", puzzles.two_sides, 8, filters=16, dropout=0.1) <= CHANCE


def test_attention_over_sentences_finds_the_one_that_matters():
    assert learned("han", puzzles.one_sentence, 15, sentence_length=5, units=12, dropout=0.0) >= 0.95
    assert learned("fasttext", puzzles.one_sentence, 10, **BAG) <= CHANCE


def test_attention_sees_order_over_a_distance_only_with_places():
    options = {"width": 16, "hidden": 32, "dropout": 0.0, "learning_rate": 0.003}
    assert learned("transformer", puzzles.order, 30, **options) >= 0.95
    assert learned("transformer", puzzles.order, 8, places=False, **options) <= CHANCE


FRESH = """
import json, sys, numpy as np
from course_utils import zoo
for path in sys.argv[1:]:
    print(json.dumps(zoo.load(path).predict_probabilities(["a b c. d", "", "x " * 50]).tolist()))
"""


def test_a_saved_classifier_answers_the_same_in_a_fresh_process(tmp_path):
    from course_utils.zoo.text.pieces import Pieces
    from course_utils.zoo.text.pipeline import Pipeline

    paths, expected = [], []
    for name in SMALL:
        sentences, ngrams = 5 * zoo.MODELS[name].sentences, 1 + (name == "fasttext")
        letters = "abcdefghijklmnopqrstuvwxyzäö"
        pipeline = Pipeline(list(letters), 15, sentences, ngrams, 10 * (ngrams > 1))
        if name == "bert":
            pipeline = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters[:25]], 15)
        assert pipeline.vocabulary == SIZES["vocabulary"]
        one = zoo.TextClassifier(small(name, length=pipeline.width), pipeline, ["x", "y", "z"], model=name)
        paths.append(tmp_path / f"{name}.keras")
        one.save(paths[-1])
        expected.append(one.predict_probabilities(["a b c. d", "", "x " * 50]))
    done = subprocess.run([sys.executable, "-c", FRESH, *map(str, paths)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    for line, answers in zip(done.stdout.splitlines(), expected, strict=True):
        np.testing.assert_allclose(json.loads(line), answers, atol=1e-6)
