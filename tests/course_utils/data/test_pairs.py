"""SICK's pairs, and those that are made in their place."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import pairs
from course_utils.values import dataset

DATA = Path(__file__).parents[3] / "data"


def test_the_pairs_of_a_mirror_are_sicks(tools, monkeypatch):
    if not tools.real_mirror or not Path(tools.real_mirror).is_dir():
        pytest.skip("COURSE_MIRROR is not a folder")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    sick = data.sick()
    assert sick.canonical
    assert [len(part.a) for part in sick] == [4_500, 500, 4_927]
    assert np.bincount(sick.train.entailment).tolist() == [665, 2_536, 1_299]
    assert (sick.train.relatedness.min(), sick.train.relatedness.max()) == (1, 5)
    assert sick.train.a[0].startswith("A group of kids is playing in a yard")
    assert (sick.train.relatedness[0], sick.classes[sick.train.entailment[0]]) == (4.5, "neutral")


@pytest.fixture
def made(folder):
    """The pairs where neither a mirror nor a source has SICK."""
    own = (DATA / "manifest.toml").read_text(encoding="utf-8")
    (folder / "manifest.toml").write_text(own.replace("https://raw.githubusercontent.com", "http://127.0.0.1:9"))
    (folder / "embedded").mkdir()
    shutil.copy(DATA / "embedded" / "babi_qa1_qa2.tar.xz", folder / "embedded")
    return data.sick()


def test_without_a_source_as_many_pairs_are_made_and_that_is_said(made):
    assert not made.canonical
    assert made.source.startswith("sick: a substitute, no pairs of SICK: as many, made by its recipe")
    assert [len(part.a) for part in made] == [4_500, 500, 4_927]
    every = [pair for part in made for pair in zip(part.a, part.b, strict=True)]
    assert len(set(every)) == len(every)
    shares = np.bincount(made.train.entailment) / 4_500
    np.testing.assert_allclose(shares, [0.15, 0.56, 0.29], atol=0.03)  # SICK's own, to two digits
    assert all(part.relatedness.min() >= 1 and part.relatedness.max() <= 5 for part in made)


def test_each_judgment_is_what_the_sentences_say(made):
    """Read back: what follows from two facts is each of them; its denial contradicts them; the rest is neutral."""
    past = {words: act for act, ways in pairs.WORDS.items() for words, _ in ways}
    plain = {words: act for act, ways in pairs.WORDS.items() for _, words in ways}

    def facts(sentence):
        found = set()
        for clause in sentence.split(" and "):
            who, denial, words, what = re.fullmatch(r"(\w+) (did not )?([a-z ]+) the (\w+)", clause).groups()
            found.add((who, (plain if denial else past)[words], what, not denial))
        return found

    for a, b, judgment in zip(made.test.a, made.test.b, made.test.entailment, strict=True):
        first, second = facts(a), facts(b)
        denied = {(*fact[:3], not fact[3]) for fact in second}
        expected = "contradiction" if denied & first else "entailment" if second <= first else "neutral"
        assert pairs.CLASSES[judgment] == expected, (a, b)


def test_what_a_learner_changes_does_not_reach_the_next_load(made):
    made.train.a.clear()
    made.train.relatedness[:] = 0
    again = data.sick()
    assert again.train.a
    assert again.train.relatedness.all()
    assert data.resolve(dataset("sick", "test", "b", 2, 4)) == again.test.b[2:4]
