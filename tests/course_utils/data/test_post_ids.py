"""20 Newsgroups as word ids: what is taken out, how words are numbered, the order, and the real posts."""

import numpy as np
import pandas as pd
import pytest

from course_utils import data
from course_utils.data import post_ids
from course_utils.values import dataset

POSTS = [
    ("sci.space", "Subject: orbit\n\n>Is it full?\nThe Moon, the moon is 384 km!\n\n--\nAnn", "train"),
    ("sci.space", "Subject: a\n\nThe rocket flew.", "train"),
    ("rec.autos", "Subject: b\n\nThe car, the Car.", "train"),
    ("rec.autos", "Subject: nothing is left\n\n> all of it is quoted", "test"),
    ("sci.space", "Subject: c\n\nThe moon car and orbit.", "test"),
]


@pytest.fixture
def few(monkeypatch):
    """Five posts in place of the real ones; `canonical` may be changed before they are read."""
    frame = pd.DataFrame(POSTS, columns=["group", "text", "split"])
    frame.attrs |= {"source": "newsgroups: five posts.", "canonical": True}
    monkeypatch.setattr(post_ids, "newsgroups", lambda: frame.copy())
    monkeypatch.setattr(post_ids, "LENGTH", 6)
    post_ids.forget()
    yield frame
    post_ids.forget()


def texts(posts, part):
    return sorted(" ".join(posts.words[i] for i in row if i) for row in part[0])


def test_headers_signatures_and_quotes_are_taken_out_and_words_are_numbered_by_how_often_they_occur(few):
    posts = data.newsgroup_ids()
    assert posts.words[:3] == ("", "[unknown]", "the")
    assert texts(posts, posts.train) == ["the car the car", "the moon the moon is 384", "the rocket flew"]
    assert posts.groups == ("rec.autos", "sci.space")


def test_only_posts_to_train_on_give_words_and_a_post_without_a_word_is_one_unknown_word(few):
    posts = data.newsgroup_ids()
    assert texts(posts, posts.test) == ["[unknown]", "the moon car [unknown] [unknown]"]


def test_a_row_is_cut_at_its_length_and_padded_behind(few):
    (x, y), (x_test, _) = posts = data.newsgroup_ids()
    assert x.shape == (3, 6)
    assert x.dtype == np.int32
    assert (x[:, 0] > 0).all()
    assert (x_test[:, 0] > 0).all()
    row = x[[posts.groups[label] for label in y].index("rec.autos")]
    assert (row > 0).tolist() == [True] * 4 + [False] * 2


def test_the_order_is_drawn_once_and_labels_go_with_their_posts(few, monkeypatch):
    first, again = data.newsgroup_ids(), data.newsgroup_ids()
    assert (first.train[0] == again.train[0]).all()
    assert first.train[0] is not again.train[0]
    about_cars = [("car" in " ".join(first.words[i] for i in row)) for row in first.train[0]]
    assert [first.groups[label] == "rec.autos" for label in first.train[1]] == about_cars


def test_the_substitute_has_nothing_that_could_be_taken_out(few):
    few.attrs["canonical"] = False
    few["text"] = [text.replace("\n", " ") for text in few["text"]]
    posts = data.newsgroup_ids()
    assert not posts.canonical
    assert "subject" in posts.words


def test_a_reference_gives_the_same_rows(few):
    (x, _), (_, y_test) = data.newsgroup_ids()
    assert (data.resolve(dataset("newsgroup_ids", "train", "x", 1, 3)) == x[1:3]).all()
    assert (data.resolve(dataset("newsgroup_ids", "test", "y")) == y_test).all()
    with pytest.raises(ValueError, match="no column 'text'"):
        data.resolve(dataset("newsgroup_ids", "test", "text"))


def test_real_mirror_gives_the_posts_of_twenty_groups(tools, monkeypatch):
    if not tools.real_mirror:
        pytest.skip("COURSE_MIRROR is not set")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    (x, y), (x_test, y_test) = posts = data.newsgroup_ids()
    assert (x.shape, x_test.shape) == ((11_314, 300), (7_532, 300))
    assert len(posts.words) == post_ids.NUM_WORDS
    assert (np.bincount(y) > 300).all()
    assert len(set(y_test[:200])) == 20  # in no order of groups
    assert x.max() == post_ids.NUM_WORDS - 1
