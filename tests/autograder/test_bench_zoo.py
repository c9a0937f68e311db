"""`autograder bench --only zoo` sets the same beside the same, and says where a promise is broken or something is not there."""

import pytest

from autograder import bench
from autograder.bench import zoo
from course_utils.zoo import MODELS, build

pytestmark = pytest.mark.tensorflow

OURS = {"texts": 90, "seconds": 3.0, "accuracy": 0.88, "dimension": 16, "buckets": 7, "parts": {"words": 1.0}}


@pytest.fixture
def tiny(monkeypatch):
    for name, size in {"BATCH": 4, "STEPS": 2, "LENGTH": 50, "VOCABULARY": 60}.items():
        monkeypatch.setattr(zoo, name, size)


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ({"seconds": 1.0, "accuracy": 0.88}, "kept"),
        ({"seconds": 0.9, "accuracy": 0.88}, "BROKEN"),
        ({"seconds": 2.0, "accuracy": 0.90}, "BROKEN"),
    ],
)
def test_the_official_library_is_a_bound_at_equal_accuracy(monkeypatch, theirs, kept):
    asked = []

    def in_a_process(function, *arguments):
        asked.append(arguments)
        return OURS if function == "train_ours" else theirs

    monkeypatch.setattr(zoo, "_in_a_process", in_a_process)
    as_it_comes, same_sizes, _ = zoo.measure_fasttext(100)
    assert as_it_comes[-1] == f"3 {kept}"
    assert "90 texts" in as_it_comes[0]
    assert same_sizes[3] == f"{3 / theirs['seconds']:.1f} times"
    assert [*asked[1:]] == [(100, {}), (100, {"dim": 16, "bucket": 7})]


def test_without_the_official_library_a_line_says_so(monkeypatch):
    monkeypatch.setattr(zoo, "_in_a_process", lambda function, *arguments: OURS if function == "train_ours" else {})
    (row,) = zoo.measure_fasttext()
    assert "fasttext-wheel is not installed" in row[1]


def test_both_libraries_are_trained_on_the_same_texts():
    ours = zoo.train_ours(120)
    assert 0 < ours["accuracy"] <= 1
    assert ours["texts"] + len(zoo._news(120)[1]) == 120
    theirs = zoo.train_theirs(120, {"dim": 4, "bucket": 100})
    assert theirs == {} or 0 < theirs["accuracy"] <= 1


def test_reading_is_measured_in_seconds_and_megabytes(monkeypatch):
    facts = iter([{"seconds": 4.0, "megabytes": 300.0}, {"seconds": 4.0, "megabytes": 501.0}])
    monkeypatch.setattr(zoo, "_in_a_process", lambda *asked: next(facts))
    rows = list(zoo.measure_reading(1_000))
    assert rows[0][2:] == ["4.00 s", "300 MB", "5 s, 500 MB kept"]
    assert rows[1][-1].endswith("BROKEN")


@pytest.mark.parametrize(("rate", "most", "kept"), [(100.0, 1_500.0, "kept"), (29.0, 1_501.0, "BROKEN")])
def test_encoding_is_measured_at_once_and_one_by_one(monkeypatch, rate, most, kept):
    facts = {"at once": rate, "one by one": rate, "megabytes": most}
    monkeypatch.setattr(zoo, "_in_a_process", lambda *asked: facts)
    rows = list(zoo.measure_encoding())
    assert [row[-1].split()[-1] for row in rows] == [kept] * 3
    monkeypatch.setattr(zoo, "_in_a_process", lambda *asked: {"reason": "no network"})
    (row,) = zoo.measure_encoding()
    assert row[3] == "not measured: no network"


def test_encoding_measures_texts_of_64_pieces(monkeypatch):
    from course_utils import zoo as models

    asked = []
    monkeypatch.setattr(models, "encode", lambda texts, **options: asked.append(texts))
    facts = zoo.encode_texts(5, 2)
    assert min(facts["at once"], facts["one by one"], facts["megabytes"]) > 0
    assert [len(texts) for texts in asked] == [1, 5, 5, 1, 1, 1]
    assert {len(text.split()) for text in asked[1]} == {62}


def test_texts_are_written_as_the_zoo_reads_them(tmp_path):
    from course_utils.zoo.text.read import read

    zoo.write_texts(str(tmp_path / "a.txt"), 30)
    data = read([tmp_path / "a.txt"])
    assert {len(text.split()) for text in data.texts} == {40}
    assert data.names == ["0", "1", "2", "3"]


@pytest.mark.parametrize("name", MODELS)
def test_a_plain_model_has_the_same_weights(name, tiny):
    ours = build(name, vocabulary=60, classes=zoo.CLASSES, length=50, **zoo.BUILT.get(name, {}))
    assert zoo.plain(name).count_params() == ours.count_params()


def test_steps_are_taken_in_turn(tiny):
    found = zoo.step_both("fasttext", 3)
    assert [len(found[which]) for which in ("plain", "zoo")] == [3, 3]
    assert min(found["plain"] + found["zoo"]) > 0


def test_the_part_prints_its_table(monkeypatch, capsys):
    monkeypatch.setattr(zoo, "measure_zoo", lambda: iter([["a step", "1 ms", "2 ms", "2.00 times", "1.1 BROKEN"]]))
    bench.run(1, ("zoo",))
    out = capsys.readouterr().out
    assert "The zoo" in out
    assert "1.1 BROKEN" in out
