"""Training takes memory by the batch, not by the file, where a file's ids would be large."""

import tracemalloc

import numpy as np
import pytest

from course_utils.zoo.text.pipeline import made_for
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.training import batches
from course_utils.zoo.training.batches import Batches, fed
from course_utils.zoo.training.train import Plan, train

pytestmark = pytest.mark.tensorflow

WORDS = 300  # of a long text


def long_texts(count):
    rng = np.random.default_rng(0)
    return [" ".join(row) for row in np.char.mod("word%d", rng.integers(0, 500, (count, WORDS)))]


def most_held(texts):
    """Bytes held at most while an epoch's batches are made, beside the texts themselves; and those of one batch."""
    pipeline = made_for(texts, ngrams=2, buckets=100)
    y = np.zeros(len(texts), "int64")
    tracemalloc.start()
    try:
        data = fed(pipeline, texts, y, 16, seed=0)["x"]
        for number in range(len(data)):
            ids, _ = data[number]
        return tracemalloc.get_traced_memory()[1], ids.nbytes
    finally:
        tracemalloc.stop()


def test_ten_times_the_texts_take_no_more_memory(monkeypatch):
    monkeypatch.setattr(batches, "MAX_ENCODED", 64 * WORDS)  # bytes: less than either file
    few, batch = most_held(long_texts(64))
    many, _ = most_held(long_texts(640))
    assert many < 1.3 * few
    assert many < 640 / 16 * batch  # what all ids take


def test_a_small_file_is_encoded_once():
    texts = long_texts(8)
    given = fed(made_for(texts), texts, np.zeros(8), 4)
    assert given["x"].shape == (8, WORDS)
    assert given["batch_size"] == 4


def test_each_epoch_has_every_text_once_and_in_another_order():
    texts = [f"word{i}" for i in range(10)]
    data = Batches(made_for(texts, least=1), texts, np.arange(10), 4, seed=1)
    orders = []
    for _ in range(2):
        pairs = [data[number] for number in range(len(data))]
        assert [len(ids) for ids, _ in pairs] == [4, 4, 2]
        orders.append(np.concatenate([y for _, y in pairs]))
        np.testing.assert_array_equal(np.concatenate([ids for ids, _ in pairs])[:, 0], orders[-1] + 2)
        data.on_epoch_end()
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    assert (orders[0] != orders[1]).any()


@pytest.mark.parametrize("several", [False, True])
def test_a_model_learns_from_batches_as_from_all_at_once(monkeypatch, several):
    monkeypatch.setattr(batches, "MAX_ENCODED", 0)
    labels = [(f"{i % 2}", "even") if several and i % 4 == 0 else (f"{i % 2}",) for i in range(80)]
    data = Labelled([f"{'lovely' if i % 2 else 'awful'} film {i % 4 == 0}" for i in range(80)], labels)
    assert train("fasttext", data, data, Plan(epochs=15)).score >= 0.95
