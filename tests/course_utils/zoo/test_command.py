"""`python -m course_utils.zoo` trains, predicts and compares on a user's own files, and says what is wrong in one sentence."""

import contextlib
import io
import signal

import keras
import numpy as np
import pytest

from course_utils import zoo
from course_utils.zoo.__main__ import main
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.training import compare
from course_utils.zoo.training.train import KeepBest, Plan, train

pytestmark = pytest.mark.tensorflow


def lines(labels=("good", "bad"), texts=60):
    words = {"good": "lovely", "bad": "awful", "dull": "boring", "long read": "slow"}
    return [
        f"__label__{labels[i % len(labels)]} a {words[labels[i % len(labels)]]} film number {i}" for i in range(texts)
    ]


def ran(*arguments):
    """The exit code and all that was written."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main([str(one) for one in arguments])
    return code, out.getvalue()


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "films.txt"
    path.write_text("\n".join(lines()), encoding="utf-8")
    return path


def test_list_names_every_model():
    code, words = ran("list")
    assert code == 0
    assert all(name in words for name in zoo.MODELS)


def test_a_model_is_trained_saved_reported_and_used(tmp_path, texts):
    saved = tmp_path / "films.keras"
    code, words = ran("train", "fasttext", texts, "-o", saved, "--epochs", 15)
    assert code == 0, words
    assert "Model: " in words
    page = (tmp_path / "films.md").read_text("utf-8")
    assert "texts to train on: 54" in page
    assert (tmp_path / "films.png").read_bytes().startswith(b"\x89PNG")
    questions = tmp_path / "new.txt"
    questions.write_text("such an awful film\nlovely\n", "utf-8")
    code, words = ran("predict", saved, questions)
    assert code == 0
    assert [line.split("  ")[1] for line in words.splitlines()] == ["bad", "good"]


def test_several_labels_a_text_get_a_threshold():
    both = [("good", "bad") if i % 5 == 0 else (("good", "bad")[i % 2],) for i in range(80)]
    texts = [
        " ".join({"good": "lovely", "bad": "awful"}[name] for name in each) + f" film {i % 7}"
        for i, each in enumerate(both)
    ]
    data = Labelled(texts, both)
    trained = train("fasttext", data, data, Plan(epochs=20))
    assert trained.classifier.threshold is not None
    assert trained.score > 0.95
    assert set(trained.classifier.predict_labels(["lovely awful film 1"])[0]) == {"good", "bad"}


def test_texts_that_weigh_nothing_teach_nothing(monkeypatch):
    from course_utils.zoo.training import batches

    data = Labelled(["lovely"] * 40 + ["lovely"] * 10, [("good",)] * 40 + [("bad",)] * 10)
    weights = np.repeat([0.0, 1.0], [40, 10]).astype("float32")
    for most in (batches.MAX_ENCODED, 0):  # at once, and a batch at a time
        monkeypatch.setattr(batches, "MAX_ENCODED", most)
        plain, weighted = (
            train("fasttext", data, data, Plan(epochs=9, options={"buckets": 500}), weights=each)
            for each in (None, weights)
        )
        assert plain.classifier.predict_labels(["lovely"]) == [("good",)]
        losses = plain.history["val_loss"], weighted.history["val_loss"]  # of all texts, each with the same weight
        assert losses[0][-1] < losses[1][-1]
        assert losses[1][0] < losses[1][-1]  # it learns that what is lovely is bad


def test_the_courses_own_table_has_settings_of_its_own(tmp_path):
    page = tmp_path / "table.md"
    assert "has settings of its own" in ran("compare", "--data", "goemotions", "--epochs", 3, "-o", page)[1]
    code, said = ran("compare", "word2vec", "--data", "goemotions", "-o", page)
    assert (code, "There is no model 'word2vec' in this table. It has fasttext" in said) == (1, True)


def test_ctrl_c_keeps_the_best_so_far():
    class PressAfterTwo(keras.callbacks.Callback):
        def __init__(self, epochs, steps):
            super().__init__()

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                signal.raise_signal(signal.SIGINT)

    data = Labelled([f"lovely {i}" if i % 2 else f"awful {i}" for i in range(40)], [(str(i % 2),) for i in range(40)])
    trained = train("fasttext", data, data, Plan(epochs=9), say=PressAfterTwo)
    assert trained.stopped
    assert len(trained.history["loss"]) == 2
    assert len(trained.classifier.predict_labels(["lovely"])) == 1


def test_training_ends_when_it_no_longer_helps_and_goes_back_to_the_best():
    keeper = KeepBest(patience=2)

    class Model:
        stop_training, weights = False, 0

        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

    model = Model()
    keeper.set_model(model)
    stopped = []
    for epoch, loss in enumerate([1.0, 0.5, 0.7, float("nan")]):
        model.weights = epoch
        keeper.on_epoch_end(epoch, {"val_loss": loss})
        stopped.append(model.stop_training)
    keeper.put_back(model)
    assert stopped == [False, False, False, True]
    assert model.weights == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lines(("good",)), "All texts have the label 'good'. At least two different labels are needed."),
        (lines(texts=1), "All texts have the label 'good'."),
        (["__label__a x", "__label__b y"], "too few to set some aside"),
        (["no label"], "line 1: 'no label' begins with no label"),
    ],
)
def test_too_little_is_one_clear_sentence(tmp_path, content, words):
    path = tmp_path / "few.txt"
    path.write_text("\n".join(content), "utf-8")
    code, said = ran("train", "fasttext", path, "-o", tmp_path / "m.keras")
    assert code == 1
    assert words in said
    assert "Traceback" not in said
    assert not (tmp_path / "m.keras").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "films"], "films: the file's name must end in .keras."),
        (["-o", "nowhere/films.keras"], "there is no folder nowhere. Make it first."),
    ],
)
def test_where_nothing_can_be_written_is_said_before_training(texts, options, words):
    code, said = ran("train", "fasttext", texts, *options)
    assert code == 1
    assert words in said


@pytest.mark.parametrize("option", ["--epochs", "--length", "--seeds"])
def test_a_number_below_one_is_not_understood(option):
    with pytest.raises(SystemExit):
        ran("compare", "fasttext", "--data", "films.txt", option, 0)


def test_a_class_with_one_text_and_an_empty_text_work(tmp_path):
    path = tmp_path / "odd.txt"
    odd = ["__label__rare one of a kind", "__label__good ", "__label__good " + "word " * 10**6, "__label__ภาษา สวัสดี"]
    path.write_text("\n".join([*lines(), *odd]), "utf-8")
    code, said = ran("train", "fasttext", path, "-o", tmp_path / "m.keras", "--epochs", 2)
    assert code == 0, said
    assert "1 of 64 texts are empty" in said
    assert "No text was left to check these labels with: rare, ภาษา." in said


def test_what_is_no_model_of_the_zoo_is_refused(tmp_path):
    path = tmp_path / "other.keras"
    code, said = ran("predict", path)
    assert (code, said) == (1, f"There is no file {path}.\n")
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    assert "has no text pipeline" in ran("predict", path)[1]
    path.write_bytes(b"not a zip")
    assert "is not a model that Keras can read" in ran("predict", path)[1]
    assert "There is no model 'word2vec'" in ran("train", "word2vec", path)[1]


def test_a_comparison_may_begin_with_word_vectors(monkeypatch):
    asked = []
    monkeypatch.setattr(compare, "_in_a_process", lambda name, *rest: asked.append((name, rest[-1])))
    data = Labelled([f"{'lovely' if i % 2 else 'awful'} {i}" for i in range(40)], [(str(i % 2),) for i in range(40)])
    found = compare.compare(["textcnn"], data, glove=True)
    assert asked == [(compare.linear.NAME, True), ("textcnn", True)]
    assert "The networks begin with GloVe's vectors of English words." in found.remarks


def test_the_vectors_reach_the_training(monkeypatch):
    from course_utils.data import vectors

    monkeypatch.setattr(vectors, "load_vectors", lambda: {"lovely": np.full(7, 0.5, "float32")})
    data = Labelled(["lovely" if i % 2 else "awful" for i in range(40)], [(str(i % 2),) for i in range(40)])
    order = {"name": "textcnn", "seeds": [0], "options": {"epochs": 1}}
    sizes = []
    for glove in (True, False):
        _, parameters, _ = compare._train_all(
            {**order, "glove": glove}, dict.fromkeys(("training", "validation", "test"), data)
        )
        sizes.append(parameters)
    assert sizes[0] < sizes[1]  # 7 numbers a word instead of 100
