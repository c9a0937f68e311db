"""What hidden packs are made of, and when they are made anew."""

from dataclasses import replace

import pytest

from autograder.authoring import packing
from autograder.authoring.packing import hidden_packs_are_current, make_hidden_pack, patience, refresh_hidden_packs
from autograder.exercise import probe
from autograder.exercises import load_exercises
from autograder.limits import MISTAKE_SECONDS
from tests.autograder.conftest import Double


def test_a_drawn_probe_that_is_an_example_is_left_out():
    pack = make_hidden_pack(replace(Double, hidden=lambda rng: iter([probe(-1), probe(7), probe(3)])))
    assert (len(pack["probes"]), pack["shown"]) == (3, 2)
    assert [seen["value"]["value"] for seen in pack["expected"]] == [6, -2, 14]


@pytest.mark.parametrize(
    ("unit", "id", "seconds"),
    [("02_convolution_and_pooling", "corr2d", MISTAKE_SECONDS), ("05_keras_life_cycle", "mean_pred", 10.0)],
)
def test_a_mistake_that_traces_a_network_has_as_much_time_as_an_answer(unit, id, seconds):
    assert patience(make_hidden_pack(load_exercises(unit)[id])) == seconds


@pytest.mark.parametrize(
    "now", [{"files": ["the original's hash"]}, {"lacks": "no file"}], ids=["another file", "no file any more"]
)
def test_hidden_packs_are_made_anew_for_other_data(tmp_path, monkeypatch, now):
    unit = "07_reuters_dense"
    asked = []

    def files_of(name):
        asked.append(name)
        return {"files": ["a substitute's hash"]}

    monkeypatch.setattr(packing, "load_exercises", lambda unit: {"double": replace(Double, unit=unit)})
    monkeypatch.setattr("course_utils.data.on_disk.files_of", files_of)
    assert refresh_hidden_packs(unit, tmp_path)
    assert "reuters" in asked
    assert not refresh_hidden_packs(unit, tmp_path)
    monkeypatch.setattr("course_utils.data.on_disk.files_of", lambda name: now)
    assert not hidden_packs_are_current(unit, tmp_path)
