"""What lies in the course itself: GloVe's most frequent words, the thesaurus, bAbI and GoEmotions, with their notices."""

import gzip
import io
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from course_utils import data
from course_utils.data import DataUnavailable
from course_utils.data.archive import members
from course_utils.data.manifest import read_manifest
from course_utils.values import dataset

DATA = Path(__file__).parents[3] / "data"


def test_they_need_no_network_no_mirror_and_no_data_folder_of_ones_own(folder):
    assert not (folder / "manifest.toml").exists()
    words, vectors = data.glove()
    assert (len(words), vectors.shape, vectors.dtype) == (10_000, (10_000, 100), np.float32)
    assert data.thesaurus()
    assert not (folder / "cache").exists()


def test_vectors_are_those_of_glove():
    words, vectors = data.glove(words=5)
    assert words == ["the", ",", ".", "of", "to"]
    np.testing.assert_allclose(vectors[0, :3], [-0.0382, -0.2449, 0.7281], atol=2e-4)  # float16 in between
    by_word = data.load_vectors()
    np.testing.assert_array_equal(by_word["the"], vectors[0])
    assert len(by_word) == 10_000


def test_related_words_are_near_and_others_are_not():
    vectors = data.load_vectors()

    def cosine(a, b):
        return vectors[a] @ vectors[b] / np.linalg.norm(vectors[a]) / np.linalg.norm(vectors[b])

    assert cosine("king", "queen") > 0.7
    assert cosine("king", "internet") < 0.3


def test_embedded_vectors_equal_the_mirrors(tools, monkeypatch):
    if not tools.real_mirror:
        pytest.skip("COURSE_MIRROR is not set")
    monkeypatch.setenv("COURSE_MIRROR", tools.real_mirror)
    words, vectors = data.glove(words=20_000)
    assert vectors.shape == (20_000, 100)
    known, table = data.glove()
    assert words[:10_000] == known
    np.testing.assert_array_equal(vectors[:10_000], table)


def test_more_words_need_a_mirror_and_say_so():
    with pytest.raises(DataUnavailable, match=r"glove\.6B\.100d\.20k\.f16\.npz"):
        data.glove(words=10_001)
    for words in (0, 20_001):
        with pytest.raises(ValueError, match="from 1 to 20,000"):
            data.glove(words=words)


def test_rows_of_vectors_can_be_referred_to():
    words, vectors = data.glove()
    assert data.resolve(dataset("glove", "all", "words", 7, 9)) == words[7:9]
    np.testing.assert_array_equal(data.resolve(dataset("glove", "all", "vectors", 7, 9)), vectors[7:9])


def test_a_corrupt_embedded_file_is_refused(folder):
    (folder / "embedded").mkdir()
    own = (DATA / "embedded" / "glove.6B.100d.10k.f16.npz").read_bytes()
    (folder / "embedded" / "glove.6B.100d.10k.f16.npz").write_bytes(own[:-1] + b"!")
    with pytest.raises(DataUnavailable, match="sha256"):
        data.glove()


def test_the_thesaurus_gives_meanings_of_a_part_of_speech():
    senses = data.thesaurus()
    assert senses["happy"] == [("adj", ["felicitous"]), ("adj", ["glad"])]
    assert {part for meanings in senses.values() for part, _ in meanings} == {"noun", "verb", "adj", "adv"}
    for word, meanings in senses.items():
        assert word == word.lower()
        for _, group in meanings:
            assert group
            assert not any(" " in each or each.lower() == word for each in group)


def test_synonyms_are_the_same_words_in_their_order():
    senses, flat = data.thesaurus(), data.synonyms()
    assert flat["good"][:4] == ["full", "estimable", "honorable", "respectable"]
    assert flat.keys() == senses.keys()
    for word, words in flat.items():
        assert len(set(words)) == len(words)
        assert words == list(dict.fromkeys(each.lower() for _, group in senses[word] for each in group))


def test_what_a_learner_changes_does_not_reach_the_next_load():
    data.thesaurus()["happy"][0][1].append("blue")
    data.synonyms()["happy"].append("blue")
    words, vectors = data.glove(3)
    words.clear()
    vectors[:] = 0
    assert "blue" not in data.thesaurus()["happy"][0][1] + data.synonyms()["happy"]
    assert data.glove(3)[0]
    assert data.glove(3)[1].any()


def test_the_thesaurus_is_the_mirrors_without_what_has_no_synonym(tools):
    if not tools.real_mirror or not Path(tools.real_mirror).is_dir():
        pytest.skip("COURSE_MIRROR is not a folder")
    whole = json.loads(Path(tools.real_mirror, "thesaurus_en.json").read_bytes())
    senses = data.thesaurus()
    for word, meanings in whole.items():
        others = {each for _, group in meanings for each in group if each.lower() != word}
        assert others == {each for _, group in senses.get(word, []) for each in group}


def test_notices_lie_beside_the_files_and_nothing_is_large():
    notice = (DATA / "embedded" / "NOTICE.md").read_text()
    assert "WordNet 2.1 Copyright 2005 by Princeton University" in notice
    assert "Title to copyright in this software" in notice
    assert "Public Domain Dedication" in notice
    assert "Copyright (c) 2015-present, Facebook, Inc." in notice
    assert "Creative Commons Attribution 3.0" in notice
    assert "Copyright 2020 Google LLC" in notice
    assert "Licensed under the Apache License, Version 2.0" in notice
    embedded = [
        source.path
        for one in read_manifest(DATA / "manifest.toml").values()
        for file in one.files
        for source in file.sources
        if hasattr(source, "path")
    ]
    assert len(embedded) == 6
    for path in embedded:
        assert Path(path).name in notice
        assert (DATA / path).stat().st_size < 4_000_000


def test_none_holds_a_pickle():
    with np.load(DATA / "embedded" / "glove.6B.100d.10k.f16.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype.kind for name in arrays} == {"words": "u", "vectors": "f"}
    json.loads(gzip.decompress((DATA / "embedded" / "thesaurus_en.json.gz").read_bytes()))
    for name in ("babi", "goemotions"):
        (found,) = data.locate(name).values()
        assert all(file.endswith((".txt", ".tsv")) for file in members(found))


def test_bits_of_comments_are_packed_half_of_them_are_ones_and_one_number_alone_has_always_the_same_sign():
    (found,) = data.locate("comment_bits").values()
    packed = np.load(io.BytesIO(found.read()), allow_pickle=False)
    assert (packed.shape, packed.dtype) == ((20_000, 48), np.uint8)
    shares = np.unpackbits(packed, axis=1).mean(axis=0)
    assert np.count_nonzero((shares < 0.02) | (shares > 0.98)) == 1
    assert abs(shares.mean() - 0.5) < 0.05


def test_the_command_that_makes_them_gives_the_same_contents(tools, tmp_path):
    if not tools.real_mirror or not Path(tools.real_mirror).is_dir():
        pytest.skip("COURSE_MIRROR is not a folder")
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_embedded", DATA / "embedded" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    thesaurus = make.thesaurus(Path(tools.real_mirror, "thesaurus_en.json"))
    assert gzip.decompress(thesaurus) == gzip.decompress((DATA / "embedded" / "thesaurus_en.json.gz").read_bytes())
    for name, files in (("babi_qa1_qa2", "qa[12]_*.txt"), ("goemotions", "goemotions_*")):
        archive = make.archive(sorted(Path(tools.real_mirror).glob(files)))
        assert lzma.decompress(archive) == lzma.decompress((DATA / "embedded" / f"{name}.tar.xz").read_bytes())
    (tmp_path / "new.npz").write_bytes(make.vectors(Path(tools.real_mirror, "glove.6B.100d.20k.f16.npz")))
    with np.load(tmp_path / "new.npz") as new, np.load(DATA / "embedded" / "glove.6B.100d.10k.f16.npz") as own:
        for name in own:
            np.testing.assert_array_equal(new[name], own[name])
