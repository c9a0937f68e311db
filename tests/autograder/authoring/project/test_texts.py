"""What becomes of an instructor's file: cleaned, split by a secret, or refused with the remedy."""

import pytest

from autograder.authoring.project import texts
from autograder.authoring.project.texts import cleaned, key_of, prepare, reads_characters
from course_utils.refused import Refused

from .made import rows, write

DIRT = [
    ("", "sport"),
    (" ?!", "money"),
    ("Tea for two", "sport"),
    ("tea, for two!", "money"),
    ("TEA FOR TWO", "sport"),
]


@pytest.fixture
def made(tmp_path):
    table = rows()
    copies = [(table[5][0].upper(), table[5][1]), (f" {table[8][0]} !", table[8][1])]
    return write(tmp_path / "my.csv", [*table, *copies, *DIRT])


def keys(some):
    return {key_of(text) for text in some}


def test_no_held_out_text_nor_a_copy_of_it_is_given_out(made):
    for secret in ("one", "two", "three", "four"):
        found = prepare(made, secret)
        held_out = keys(found.held_out.texts)
        assert len(held_out) == len(found.held_out) == 42
        assert not held_out & keys(found.shown.texts)
        assert not held_out & keys(found.training.texts)


def test_the_secret_decides_what_is_held_out(made):
    one, again, two = (keys(prepare(made, secret).held_out.texts) for secret in ("one", "one", "two"))
    assert one == again
    assert one != two


def test_what_was_found_is_counted_and_left_for_learners_to_find(made):
    found = prepare(made, "one")
    facts = ("rows", "empty", "copies", "with_two_labels", "different", "training", "held_out")
    assert [found.counts[fact] for fact in facts] == [217, 2, 2, 3, 210, 168, 42]
    assert {text for text, _ in DIRT} <= set(found.shown.texts)
    once, labels = cleaned(found.shown.texts, [label for (label,) in found.shown.labels])
    assert sorted(once) == sorted(found.training.texts)
    assert [found.names.index(label) for label in labels].count(0) == (found.training.y == 0).sum()
    assert any("two labels" in line for line in texts.report(found))


def test_each_class_gives_its_share(tmp_path):
    table = rows(200, ("money",)) + rows(50, ("sport",)) + rows(10, ("food",))
    found = prepare(write(tmp_path / "my.tsv", table), "one")
    assert found.names == ["food", "money", "sport"]
    assert [(found.held_out.y == label).sum() for label in range(3)] == [2, 40, 10]


def test_of_a_large_file_some_are_drawn_and_long_texts_are_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "MAX_PROJECT_TEXTS", 100)
    monkeypatch.setattr(texts, "MAX_PROJECT_TEXT", 400)
    table = rows(300)
    path = write(tmp_path / "my.csv", [(table[0][0] * 20, table[0][1]), *table[1:]])
    found = prepare(path, "one")
    assert len(found.training) + len(found.held_out) == 100
    assert max(map(len, found.shown.texts + found.held_out.texts)) <= 400
    said = " ".join(texts.report(found))
    assert "drawn: 100 of" in said
    assert "cut: 1 texts" in said


def test_scripts_without_spaces_are_read_by_characters():
    assert reads_characters(["今天天氣很好", "明天下雨 ok"])
    assert reads_characters(["오늘은 날씨가 좋다"])
    assert not reads_characters(["It is raining", "今天"])
    assert not reads_characters(["Il pleut à Nîmes", "идёт дождь"])


def refused(path, **options):
    with pytest.raises(Refused) as caught:
        prepare(path, "one", **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (rows(210, ("sport",)), "one class, 'sport' (210); two are the least"),
        (rows(60), "60 different texts with one label; 200 are the least"),
        ([*rows(210), ("soup is hot", "food")], "too few different texts of 'food' (1); 10 of each class"),
        ([*rows(100), *rows(100), *rows(100)], "100 different texts with one label"),
        ([(text, f"{label} {i // 4}") for i, (text, label) in enumerate(rows(400))], "classes; 46 are the most"),
    ],
    ids=["one class", "too few", "a small class", "copies do not count", "too many classes"],
)
def test_what_no_project_can_be_made_of_is_refused_with_the_value_and_the_remedy(table, words, tmp_path):
    said = refused(write(tmp_path / "my.csv", table))
    assert words in said
    assert "my.csv" in said
    assert any(remedy in said for remedy in ("add texts", "--label-column"))


def test_texts_that_all_contradict_each_other_are_too_few(tmp_path):
    table = [(text, label) for text, _ in rows(210) for label in ("money", "sport")]
    assert "0 different texts with one label" in refused(write(tmp_path / "my.csv", table))


def test_columns_are_found_or_asked_for(tmp_path):
    path = write(tmp_path / "my.csv", rows(210), ("says", "kind"))
    assert "--text-column" in refused(path)
    assert len(prepare(path, "one", text_column="says", label_column="kind").training) == 168
    assert "no .csv and no .tsv" in refused(write(tmp_path / "my.txt", rows(10)))
