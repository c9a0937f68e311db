"""Models of pairs are trained, saved whole and used on tables with two columns of texts; what is wrong is said in a sentence."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import pearsonr

from course_utils import zoo
from course_utils.refused import Refused
from course_utils.zoo import overlap
from course_utils.zoo.text.pair_pipeline import PairPipeline
from course_utils.zoo.text.pipeline import Pipeline
from course_utils.zoo.text.read import Labelled, read, read_pairs
from course_utils.zoo.text.split import split
from course_utils.zoo.training import batches
from course_utils.zoo.training.pairs import beside, pearson, train_pairs
from course_utils.zoo.training.train import Plan
from tests.course_utils.zoo.test_command import ran
from tests.course_utils.zoo.test_pairs import SIZES, SMALL, small

pytestmark = pytest.mark.tensorflow

ANIMALS = ("cat", "dog", "cow", "hen")


def rows(count=240):
    """Whether both texts tell of the same animal, and how much they have to do with each other."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        one, other = rng.choice(ANIMALS, 2, replace=False)
        same = bool(rng.integers(2))
        number = rng.integers(1000)
        yield (
            f"a {one} {number}",
            f"the {one if same else other} {number}",
            "yes" if same else "no",
            4.5 if same else 1.5,
        )


def table(path, names=("a", "b", "label", "score"), mark=","):
    path.write_text("\n".join(mark.join(map(str, row)) for row in [names, *rows()]) + "\n", "utf-8")
    return path


def test_classes_of_pairs_are_trained_reported_and_told(tmp_path):
    saved = tmp_path / "same.keras"
    pairs = table(tmp_path / "pairs.tsv", ("id", "other", "label", "score"), "\t")
    columns = ("--text-column", "id", "--second-column", "other")
    code, said = ran("train", "two_cnn", pairs, "-o", saved, "--epochs", 12, *columns)
    assert code == 0, said
    page = (tmp_path / "same.md").read_text("utf-8")
    assert "pairs to check with: 24" in page
    assert "accuracy of a linear model on five counts of shared words: 1.000" in page
    code, said = ran("predict", saved, pairs, *columns)
    assert code == 0, said
    told = [line.split("  ")[1] for line in said.splitlines()]
    assert np.mean([mine == row[2] for mine, row in zip(told, rows(), strict=True)]) >= 0.95


def test_numbers_of_pairs_are_trained_and_told(tmp_path, monkeypatch):
    saved = tmp_path / "score.keras"
    code, said = ran(
        "train", "two_cnn", table(tmp_path / "pairs.csv"), "-o", saved, "--number", "--label-column", "score"
    )
    assert code == 0, said
    assert "Pearson's correlation" in said
    monkeypatch.setattr(sys, "stdin", io.StringIO("a cat 7\tthe cat 7\na hen 7\tthe cow 7\n"))
    code, said = ran("predict", saved)
    assert code == 0
    alike, other = map(float, said.split())
    assert 3.5 < alike < 5.5
    assert 0.5 < other < 2.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["two_cnn", "--second-column", "c"],
            "names no column 'c'; it has 'a', 'b', 'label', 'score'. Name the column",
        ),
        (["two_cnn", "--text-column", "b"], "both texts are to stand in column 'b'. Name another with --second-column"),
        (["two_cnn", "--number"], "line 2: its cell 'label' holds 'no', and a number such as 3.5 is needed"),
        (["two_cnn", "--separator", ";"], "--separator is for several labels a text; a pair has one"),
        (["two_cnn", "--tune", "all"], "--tune is for bert"),
        (["textcnn", "--number"], "--number is for models of pairs: joint_bilstm, two_cnn, two_bilstm"),
        (["textcnn", "--second-column", "b"], "--second-column is for models of pairs"),
        (["two_cnns"], "For pairs of texts: joint_bilstm, two_cnn, two_bilstm."),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(tmp_path, arguments, words):
    model, *options = arguments
    saved = tmp_path / "m.keras"
    code, said = ran("train", model, table(tmp_path / "pairs.csv"), "-o", saved, *options)
    assert code == 1
    assert words in said
    assert "Traceback" not in said
    assert not saved.exists()


def test_files_without_two_columns_are_refused(tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("__label__yes a b\n", "utf-8")
    with pytest.raises(Refused, match=r"Pairs of texts are read from a \.csv or \.tsv with a header"):
        read([lines], pairs=True)
    with pytest.raises(Refused, match=r"lines.txt, line 1: '__label__yes a b' is no pair. Put one tab between"):
        read_pairs(lines)
    short = tmp_path / "short.csv"
    short.write_text("a,b\none,two\nthree\n", "utf-8")
    with pytest.raises(Refused, match=r"short.csv, line 3: it has 1 cell, and the header has 2"):
        read_pairs(short)
    code, said = ran("compare", "two_cnn", "--data", lines)
    assert (code, "reads pairs of texts" in said) == (1, True)


def test_a_model_of_single_texts_takes_no_columns(tmp_path):
    from tests.course_utils.zoo.test_models import small as small_text

    saved = tmp_path / "one.keras"
    pipeline = Pipeline(list("abcdefghijklmnopqrstuvwxyzäö"), 15)
    zoo.TextClassifier(small_text("textcnn"), pipeline, ["x", "y", "z"]).save(saved)
    code, said = ran("predict", saved, tmp_path / "any.csv", "--second-column", "b")
    assert (code, "columns are for models of pairs" in said) == (1, True)


def test_numbers_that_are_all_the_same_teach_nothing():
    same = Labelled(["a", "b"], [("1.0",), ("1",)], seconds=["c", "d"])
    with pytest.raises(Refused, match="All pairs have the label '1'"):
        train_pairs("two_cnn", same, same, number=True)


def test_a_label_that_nobody_teaches_is_named_and_not_checked():
    data = Labelled(["a cat", "a dog"] * 4, [("yes",), ("no",)] * 4, seconds=["the cat"] * 8)
    odd = Labelled(["a cat", "a cow"], [("yes",), ("perhaps",)], seconds=["the cat", "hm"])
    trained = train_pairs("two_cnn", data, odd, Plan(epochs=2, options={"filters": 2}))
    assert trained.remarks[-1] == "Labels of validation texts that no training text has: perhaps."
    assert np.isfinite(trained.history["val_loss"]).all()


def test_a_pair_and_the_same_pair_turned_round_are_never_set_apart():
    texts = [f"text {n}" for n in range(40)]
    data = Labelled(texts * 2, [(str(n / 7),) for n in range(80)], seconds=[*texts[::-1], *texts[::-1]])
    training, validation = split(data, by_label=False)
    assert len(validation) > 0
    assert not {frozenset(pair) for pair in training.pairs} & {frozenset(pair) for pair in validation.pairs}
    assert sorted(training.pairs + validation.pairs) == sorted(data.pairs)


def test_pairs_encoded_a_batch_at_a_time_teach_as_well(monkeypatch):
    monkeypatch.setattr(batches, "MAX_ENCODED", 0)
    data = Labelled(*map(list, zip(*((a, (label,)) for a, _, label, _ in rows()))), seconds=[b for _, b, *_ in rows()])
    trained = train_pairs("two_cnn", data, data, Plan(epochs=8, options={"filters": 20}))
    assert trained.score >= 0.95


def test_five_counts_are_what_they_say_and_a_linear_model_reads_them():
    found = overlap.counts([("A dog runs.", "The dog is not running"), ("", ""), ("No no", "no")])
    np.testing.assert_allclose(found, [[1 / 7, 1 / 3, 1 / 5, 2, 1], [0, 0, 0, 0, 0], [1, 1, 1, -1, 0]])
    data = Labelled(*map(list, zip(*((a, (str(score),)) for a, _, _, score in rows()))), seconds=[r[1] for r in rows()])
    assert beside(data, data, number=True) >= 0.99


def test_correlation_is_pearsons_and_none_where_nothing_varies():
    y, predicted = np.random.default_rng(0).normal(size=(2, 50)).astype("float32")
    assert pearson(y, predicted) == pytest.approx(pearsonr(y, predicted)[0], abs=1e-6)
    assert pearson(y, np.ones(50, "float32")) == 0.0


FRESH = """
import json, sys
from course_utils import zoo
pairs = [("a b c", "c b a"), ("", "x"), ("x " * 50, "y")]
for path in sys.argv[1:]:
    model = zoo.load(path)
    print(json.dumps((model.predict_numbers if "number" in path else model.predict_probabilities)(pairs).tolist()))
"""


def test_saved_models_answer_the_same_in_a_fresh_process(tmp_path):
    pipeline = PairPipeline(Pipeline(list("abcdefghijklmnopqrstuvwxyzäö"), SIZES["length"]))
    pairs = [("a b c", "c b a"), ("", "x"), ("x " * 50, "y")]
    scorer = zoo.TextScorer(small("two_cnn", classes=None, number=(3.0, 2.0)), pipeline, "two_cnn")
    models = [(scorer, scorer.predict_numbers(pairs), "number")]
    for name in SMALL:
        one = zoo.TextClassifier(small(name), pipeline, ["x", "y", "z"], model=name)
        models.append((one, one.predict_probabilities(pairs), name))
    for one, _, name in models:
        one.save(tmp_path / f"{name}.keras")
    paths = [str(tmp_path / f"{name}.keras") for *_, name in models]
    done = subprocess.run([sys.executable, "-c", FRESH, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    for line, (_, expected, name) in zip(done.stdout.splitlines(), models, strict=True):
        np.testing.assert_allclose(json.loads(line), expected, atol=1e-5, err_msg=name)
