"""The table on GoEmotions: what is embedded is what training gives, members are kept and gone on with, the page holds what it says."""

import numpy as np
import pytest

from course_utils import data
from course_utils.refused import Refused
from course_utils.zoo import ensemble, table
from course_utils.zoo.training import emotions, table_page, table_runs
from course_utils.zoo.training.emotions import Member
from course_utils.zoo.training.ranking import top5, top5_difference


@pytest.fixture
def small(monkeypatch):
    """300 texts in place of thousands, and members that know something of their labels."""
    rng = np.random.default_rng(0)
    y = [np.eye(8, dtype="uint8")[rng.integers(0, 8, 300)] for _ in range(3)]
    monkeypatch.setattr(emotions, "answers", lambda: tuple(y))

    def member(name, seed, strength=2.0):
        validation, test = (1 / (1 + np.exp(3 - strength * each - rng.normal(size=each.shape))) for each in y[1:])
        return Member(name, seed, validation.astype("float32"), test.astype("float32"), 1.5, 100, 2)

    return member


def test_a_member_is_kept_and_found_until_its_settings_change(small, tmp_path, monkeypatch):
    one = small("textcnn", 3)
    assert table_runs.kept(tmp_path, "textcnn", 3) is None
    table_runs.keep(one, tmp_path)
    found = table_runs.kept(tmp_path, "textcnn", 3)
    np.testing.assert_allclose(found.test, one.test, rtol=1e-3)
    assert (found.seconds, found.parameters, found.epochs) == (1.5, 100, 2)
    monkeypatch.setitem(emotions.PLANS, "textcnn", {**emotions.PLANS["textcnn"], "epochs": 99})
    assert table_runs.kept(tmp_path, "textcnn", 3) is None
    table_runs.path_of(tmp_path, "rcnn", 0).write_bytes(b"half a file")
    assert table_runs.kept(tmp_path, "rcnn", 0) is None


def test_only_what_is_missing_is_trained(small, tmp_path, monkeypatch):
    asked = []

    def train(name, seeds, folder):
        asked.append((name, list(seeds)))
        for seed in seeds:
            table_runs.keep(small(name, seed), folder)
            yield name, seed

    monkeypatch.setattr(table_runs, "_in_a_process", train)
    table_runs.keep(small("rcnn", 1), tmp_path)
    done = list(table_runs.train_missing(["rcnn", "tf-idf"], range(3), tmp_path))
    assert sorted(done) == [("rcnn", 0), ("rcnn", 1), ("rcnn", 2), ("tf-idf", 0)]
    assert asked == [("rcnn", [0, 2]), ("tf-idf", [0])]
    assert [each.seed for each in table_runs.all_kept(tmp_path, ["rcnn"], range(3))["rcnn"]] == [0, 1, 2]
    with pytest.raises(Refused, match="is not there"):
        table_runs.all_kept(tmp_path, ["han"], range(1))


def test_a_process_that_fails_says_why_and_where(tmp_path):
    with pytest.raises(Refused, match="there is no member 'nonsense'; there are fasttext"):
        list(table_runs.train_missing(["nonsense"], [0], tmp_path))


def test_the_page_holds_every_model_every_ensemble_and_what_is_between_them(small, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "VALIDATION_TEXTS", 100)
    seeds = {name: (0,) if name == "tf-idf" else (0, 1) for name in emotions.PLANS}
    members = {name: [small(name, seed, 3 if name == "han" else 2) for seed in of] for name, of in seeds.items()}
    predictions = table_page.write(members, tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    rows = {line.split(" | ")[0].strip("| "): line for line in page.splitlines() if line.startswith("| ")}
    assert set(members) < set(rows)
    assert {"trio: textcnn, entnet, dmn", "the nine networks", "all eleven", "textcnn, 2 seeds"} < set(rows)
    y = emotions.answers()[2]
    scores = [top5(y, each.test) for each in members["han"]]
    assert f"| {np.mean(scores):.4f} |" in rows["han"]
    assert "The best single model on the validation texts: han." in page
    a, b = (np.stack([each.test for each in members[name]]) for name in ("rcnn", "han"))
    parts = [table_page.Row("", each, each, 0, 0).parts for each in (a, b)]
    assert f"{top5_difference(*parts)[0]:+.4f} [" in rows["rcnn"]
    assert "From one short textcnn: " in page
    assert "seed 0 takes" in page
    assert predictions.read_bytes()[:6] == b"\xfd7zXZ\x00"


def test_what_is_packed_is_near_what_it_was():
    p = np.random.default_rng(0).beta(0.3, 2, (2, 50, 5)).astype("float32")
    found = table.unpack(table.pack(p))
    assert (found.shape, found.dtype) == ((2, 50, 5), np.float16)
    kept = np.clip(p, 1 / (1 + np.exp(6)), None)
    np.testing.assert_allclose(found, kept, rtol=0.055)  # half a step of log-odds, and what float16 leaves of it
    np.testing.assert_array_equal(table.pack(found), table.pack(p))


def test_the_embedded_members_reach_what_the_course_says_of_them():
    members = table.load()
    assert set(members.names) == set(emotions.PLANS)
    assert members.classes == data.goemotions().classes
    scores = {}
    for name in members.names:
        answers = members.test[name]
        assert answers.shape[1:] == members.y_test.shape
        scores[name] = [top5(members.y_test, each) for each in answers]
    assert min(scores["textcnn"]) >= 0.470
    for name in set(scores) - set(emotions.SHORT_ONES):
        assert min(scores[name]) >= 0.44, name
        assert members.validation[name].shape[1:] == (table.VALIDATION_TEXTS, 28)
        assert top5(members.y_validation, members.validation[name][0]) > 0.43
    for boosted, one in zip(scores[emotions.BOOSTED], scores[emotions.SHORT_ONE], strict=True):
        assert boosted > one
    for seed, best in enumerate(scores["textcnn"]):
        logits = [ensemble.log_odds(members.test[name][seed]) for name in table_page.TRIO]
        assert top5(members.y_test, ensemble.soft_vote(np.stack(logits))) > best


@pytest.mark.tensorflow
def test_a_model_that_is_trained_again_gives_what_is_embedded():
    """Another number of threads, or another machine, adds numbers in another order: nearly the same, not to the last digit."""
    members = table.load()
    again = emotions.train_member("fasttext", 0).test
    kept = members.test["fasttext"][0].astype("float32")
    assert abs(top5(members.y_test, again) - top5(members.y_test, kept)) < 0.01
    a, b = (table.pack(each[None]).astype("float32") for each in (again, kept))
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.99
    assert np.median(np.abs(a - b)) <= 2  # steps of a tenth
