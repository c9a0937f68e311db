"""Labelled texts are read or refused with a sentence, split without copies across, and encoded alike every time."""

from collections import Counter

import numpy as np
import pytest

from course_utils.refused import Refused
from course_utils.zoo.text import tokens
from course_utils.zoo.text.pipeline import FIRST, UNKNOWN, Pipeline, made_for
from course_utils.zoo.text.read import Labelled, read, read_texts
from course_utils.zoo.text.split import split


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_lines_with_labels(tmp_path):
    path = written(tmp_path, "a.txt", "\ufeff__label__x Hello there\r\n\n__label__y __label__z not __label__x here\n")
    data = read([path])
    assert data.texts == ["Hello there", "not __label__x here"]
    assert data.labels == [("x",), ("y", "z")]
    assert data.several
    assert read_texts(path) == ["Hello there", "", "not __label__x here"]


def test_signs_become_words_and_sentences_still_end_with_them():
    said = tokens.signs_as_words("Great! Really? 😂😂 [NAME], don't…")
    assert tokens.words(said) == [
        *("great", "exclamation_mark", "really", "question_mark"),
        *("face_with_tears_of_joy", "face_with_tears_of_joy", "name", "don't"),
    ]
    assert [tokens.words(each)[0] for each in tokens.sentences(said)] == ["great", "really", "face_with_tears_of_joy"]


@pytest.mark.parametrize(("name", "cut"), [("a.csv", ","), ("a.tsv", "\t")])
def test_a_table_with_a_header(tmp_path, name, cut):
    rows = [["Category", "Text"], ["new york", '"one,\ttwo ""three"""'], ["서울", "둘"]]
    data = read([written(tmp_path, name, "\n".join(cut.join(row) for row in rows))])
    assert data.texts == ['one,\ttwo "three"', "둘"]
    assert data.labels == [("new york",), ("서울",)]


def test_several_labels_in_a_cell_are_separated_only_where_asked(tmp_path):
    path = written(tmp_path, "a.csv", 'text,labels\nhello,"a, b"\n')
    assert read([path]).labels == [("a, b",)]
    assert read([path], separator=",").labels == [("a", "b")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", "__label__x fine\nno label here\n", "line 2: 'no label here' begins with no label"),
        ("a.txt", "__label__x good\n__label__y caf\xe9\n".encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
        ("a.txt", "__label__x hello\n".encode("utf-16"), "UTF-16, and UTF-8 is needed"),
        ("a.txt", "__label__x hello\n".encode("utf-16-le"), "UTF-16 or no text at all"),
        ("a.txt", "\n\n", "holds no labelled text"),
        ("a.csv", "text,label\nhello\nx,y\n", "line 2: it has 1 cell, and the header has 2"),
        ("a.csv", 'text,label\n"two\nlines",a\nhello,\n', "line 4: its cell 'label' is empty"),
        (
            "a.csv",
            "words,kind\nhello,x\n",
            "names no column called 'text' or 'texts'.*it has 'words', 'kind'.*--text-column",
        ),
        ("a.csv", "text;label\nhello;x\n", "separated by ';': a .csv needs commas, a .tsv tabs"),
        ("a.csv", 'text,label\n"hello,x\nhello,y\n', "line 2: it has 1 cell, .* close the quote"),
        ("a.csv", "", "it has nothing"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, name, content, words):
    with pytest.raises(Refused, match=words):
        read([written(tmp_path, name, content)])


def test_a_label_ends_at_any_blank(tmp_path):
    data = read([written(tmp_path, "a.txt", "__label__x\thello you\n__label__y  __label__z\t there \n")])
    assert data.texts == ["hello you", "there"]
    assert data.labels == [("x",), ("y", "z")]


def test_bad_lines_are_left_out_where_asked_and_named(tmp_path):
    path = written(tmp_path, "a.txt", "__label__x fine\n" + "bad\n" * 9)
    data = read([path], skip_bad=True)
    assert data.texts == ["fine"]
    assert "9 lines were left out: line 2: 'bad'" in data.remarks[0]
    assert "and 4 more" in data.remarks[0]


def test_nothing_of_a_file_reaches_a_terminal_raw(tmp_path):
    with pytest.raises(Refused) as refused:
        read([written(tmp_path, "a.txt", "\x1b]0;owned\x07 text\n")])
    assert "\x1b" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Refused, match=r"nothing\.txt cannot be read: No such file"):
        read([tmp_path / "nothing.txt"])


def test_copies_never_lie_on_both_sides_and_every_label_has_its_share():
    texts = [f"text {i % 70} of all" for i in range(200)] + ["TEXT 3, of all!", "alone"]
    labels = [("a",) if i % 70 < 50 else ("b",) for i in range(200)] + [("a",), ("c",)]
    training, validation = split(Labelled(texts, labels), 0.2, seed=5)
    assert len(training) + len(validation) == 202

    def keys(side):
        return {" ".join(tokens.words(text)) for text in side.texts}

    assert not keys(training) & keys(validation)
    different = Counter(label for _, (label,) in {*zip(map(str.lower, validation.texts), validation.labels)})
    assert different["b"] == 4
    assert 10 <= different["a"] <= 11
    assert "c" in training.names
    assert "c" not in validation.names
    assert split(Labelled(texts, labels), 0.2, seed=5)[1].texts == validation.texts
    assert split(Labelled(texts, labels), 0.2, seed=6)[1].texts != validation.texts


@pytest.mark.parametrize("share", [0, 1, -0.1])
def test_a_share_outside_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        split(Labelled(["a"], [("x",)]), share)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop, NLP-fans!", ["don't", "stop", "nlp", "fans"]),
        ("我愛 NLP", ["我", "愛", "nlp"]),
        ("한국어를 읽는다", ["한국어를", "읽는다"]),
        ("naïve café 3.5", ["naïve", "café", "3", "5"]),
        ("", []),
        ("?!", []),
    ],
)
def test_words_of_any_script(text, words):
    assert tokens.words(text) == words


def test_sentences_end_where_they_end():
    assert [one.strip() for one in tokens.sentences("A 3.5 b. C!  D?\n\ne。f")] == ["A 3.5 b.", "C!", "D?", "e。", "f"]


def test_the_hash_is_fnv1a():
    """Values of the reference implementation, http://www.isthe.com/chongo/src/fnv/test_fnv.c"""
    known = {b"": 0xCBF29CE484222325, b"a": 0xAF63DC4C8601EC8C, b"foobar": 0x85944171F73967E8}
    assert {key: tokens.fnv1a(key) for key in known} == known
    keys = [b"zz", *known, "ö".encode(), b"zz"]
    assert tokens.fnv1a_of_all(keys).tolist() == [tokens.fnv1a(key) for key in keys]
    assert tokens.fnv1a_of_all([]).tolist() == []


def test_ids_of_words_begin_with_the_most_frequent():
    pipeline = made_for(["b a a", "a b c", "d"], least=1)
    assert pipeline.words == ["a", "b", "c", "d"]
    assert pipeline.encode(["a unknown b", "", "a " * 10**6]).tolist() == [
        [FIRST, UNKNOWN, FIRST + 1],
        [UNKNOWN, 0, 0],
        [FIRST] * 3,
    ]
    assert made_for(["a b c", "d", "b a a"], least=1) == pipeline  # in another order


def test_sentences_are_laid_out_in_rows():
    pipeline = Pipeline(["a", "b", "c"], 6, sentence_length=3)
    assert pipeline.encode(["A. B c a b! C. a"]).tolist() == [[2, 0, 0, 3, 4, 2]]


def test_ngrams_follow_the_words_and_no_words_run_together():
    pipeline = Pipeline(["new", "york", "newyork"], 3, ngrams=3, buckets=1_000)
    ids = pipeline.encode(["new york", "newyork", "new york new"])
    assert pipeline.width == 6
    bigram = pipeline.vocabulary + tokens.fnv1a(b"new\x1fyork") % 1_000
    trigram = pipeline.vocabulary + tokens.fnv1a(b"new\x1fyork\x1fnew") % 1_000
    assert ids[0].tolist() == [2, 3, 0, bigram, 0, 0]
    assert ids[1].tolist() == [4, 0, 0, 0, 0, 0]
    assert ids[2, 3] == bigram
    assert ids[2, 5] == trigram


def test_a_word_without_end_is_hashed_by_its_beginning():
    pipeline = Pipeline(["a"], 2, ngrams=2, buckets=10**6)
    first, other = (pipeline.encode([f"a {'x' * 1_000}{end}"])[0, 2] for end in ("", "y" * 10**6))
    assert first == other > pipeline.vocabulary


def test_known_vectors_stand_at_their_words():
    matrix, found = Pipeline(["a", "b"], 3).vectors({"b": np.array([1.0, 2.0]), "z": np.array([3.0, 4.0])})
    assert found == 1
    assert matrix[0].tolist() == [0, 0]
    assert matrix[FIRST + 1].tolist() == [1, 2]


@pytest.mark.parametrize("wrong", [{"ngrams": 2}, {"sentence_length": 4}])
def test_sizes_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Pipeline(["a"], 10, **wrong)
