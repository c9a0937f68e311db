"""Whatever a cell shows becomes JSON that the other side of the sandbox reads, and no more of it than there is room for."""

import datetime
import enum
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.engine.run import front_end, wire
from autograder.engine.run.front_end import FrontEnd, plain_data


class Colour(enum.IntEnum):
    RED = 1


ODD = [2**2000, Colour.RED, np.float32("nan"), np.int64(3), np.array([1.0]), datetime.date(2020, 1, 1), object, ..., 1j]
KEYS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.sampled_from([(1, 2)])
)
LEAVES = KEYS | st.sampled_from(ODD)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.tuples(inner), max_leaves=30
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_value_can_leave_the_sandbox(value):
    shown = FrontEnd()
    shown.begin("cell")
    shown.take("display_data", {"data": {"application/json": value, "text/plain": value}, "metadata": {"a": value}})
    frame = wire.pack_frame({"cell": 0, "outputs": shown.finish()})
    assert wire.parse_body(frame[4:])["outputs"][0]["output_type"] == "display_data"


def test_numbers_that_are_no_json_are_told_in_words():
    assert plain_data([float("nan"), float("-inf"), {None: b"x", True: {1}}]) == [
        "nan",
        "-inf",
        {"null": "eA==", "true": [1]},
    ]


def test_what_is_nested_too_deeply_is_left_out():
    deep = []
    for _ in range(500):
        deep = [deep]
    frame = wire.pack_frame({"value": plain_data(deep)})
    assert "nested too deeply" in str(wire.parse_body(frame[4:]))


def test_all_cells_together_stay_within_the_room():
    shown, size = FrontEnd(), 0
    shown.allow(10_000)
    for cell in range(30):
        shown.begin(str(cell))
        shown.stream("stdout", "\0" * 900)  # six bytes each, once they are JSON
        shown.take("display_data", {"data": {"text/plain": "x" * 900}})
        size += len(wire.pack_frame({"outputs": shown.finish()}))
    assert size < 10_000 + 30 * 300  # what is left out is told in a few words


WAYS = {
    "stream": lambda shown, text: shown.stream("stdout", text),
    "error": lambda shown, text: shown.take("error", {"ename": text, "evalue": text, "traceback": [text]}),
    "data": lambda shown, text: shown.take("display_data", {"data": {"text/plain": text}}),
}


@pytest.mark.parametrize("letter", ["x", '"', "\n", "\0", "é", "\N{GRINNING FACE}", "\ud800"])
@pytest.mark.parametrize("way", WAYS)
def test_a_cell_shows_so_many_bytes_whatever_its_letters_take(way, letter):
    shown = FrontEnd()
    shown.allow(20_000)
    shown.begin("cell")
    WAYS[way](shown, letter * 9_000)
    (output,) = shown._outputs
    text = output.get("text") or output.get("traceback") or [output["data"]["text/plain"]]
    size = len(json.dumps("".join(text), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert size <= 10_000 + len(front_end.CUT) + 10
    assert size >= 9_000 or way == "data", "less than there is room for"
    assert len(output.get("ename", "")) <= front_end.MAX_ERROR


def test_room_comes_back_when_a_cell_clears_what_it_showed():
    shown = FrontEnd()
    shown.begin("cell")
    for number in range(20):
        shown.take("clear_output", {"wait": True})
        shown.take(
            "display_data", {"data": {"text/plain": str(number), "image/png": "x" * (front_end.MAX_CELL_OUTPUT // 3)}}
        )
    assert [output["data"]["text/plain"] for output in shown.finish()] == ["19"]


def test_nothing_is_taken_after_the_seal():
    shown = FrontEnd()
    shown.begin("cell")
    shown.close()
    shown.stream("stdout", "seen a probe")
    shown.take("error", {"ename": "E", "evalue": "seen a probe", "traceback": []})
    assert shown.finish() == []
